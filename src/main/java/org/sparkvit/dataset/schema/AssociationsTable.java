package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code associations}: attributes that depend on the label, so that a model may learn them in its
 * place. There is one row for each of the user's columns and each measure of the pixels.
 */
public final class AssociationsTable {
  /** A column of {@code images}, or a measure of the pixels, such as {@code brightness}. */
  public static final String ATTRIBUTE = "attribute";

  /** Cramér's V, from 0 (independent of the label) to 1 (determines the label). */
  public static final String CRAMERS_V = "cramers_v";

  /**
   * The p-value: the probability that an independent column would seem to depend on the label as
   * much, 0 to 1.
   */
  public static final String P = "p";

  /**
   * The value that occurs with its label most often beyond chance. For a measure it is a fifth of
   * the images, such as {@code the brightest fifth}.
   */
  public static final String VALUE = "value";

  public static final String LABEL = "label";

  /** The share of the label among the value's images, over its share among all images. */
  public static final String LIFT = "lift";

  public static final TableSpec SPEC =
      new TableSpec(
          "associations",
          "audit",
          "What goes together with the label and might be learnt in its place: one row for each"
              + " further column of the images and each measure of their pixels.",
          new StructType()
              .add(
                  ATTRIBUTE,
                  DataTypes.StringType,
                  false,
                  "A column of table images, or a measure of the pixels, such as brightness.")
              .add(
                  CRAMERS_V,
                  DataTypes.DoubleType,
                  false,
                  "Cramér's V: 0, it does not go with the label at all, to 1, it tells the label.")
              .add(
                  P,
                  DataTypes.DoubleType,
                  false,
                  "How often independent columns would seem to go together as much, 0 to 1.")
              .add(
                  VALUE,
                  DataTypes.StringType,
                  false,
                  "The value that is together with a label the most often beyond chance; of a"
                      + " measure a fifth of the images, such as the brightest fifth.")
              .add(LABEL, DataTypes.StringType, false, "The label that the value goes with.")
              .add(
                  LIFT,
                  DataTypes.DoubleType,
                  false,
                  "Share of the value's images with the label over the label's share of all; 1 is"
                      + " chance."),
          false);

  private AssociationsTable() {}
}
