package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code associations}: what goes together with the label, and might be learnt in its place. One
 * row for each column of the user's and each measure of the pixels.
 */
public final class AssociationsTable {
  /** A column of {@code images}, or a measure of the pixels, such as {@code brightness}. */
  public static final String ATTRIBUTE = "attribute";

  /** Cramér's V: 0, not at all, to 1, it tells the label. */
  public static final String CRAMERS_V = "cramers_v";

  /** How often independent columns would seem to go together as much, 0 to 1. */
  public static final String P = "p";

  /**
   * The value and label that are together the most often beyond what chance gives; of a measure a
   * fifth of the images, such as {@code the brightest fifth}.
   */
  public static final String VALUE = "value";

  public static final String LABEL = "label";

  /** Share of the value's images with the label, over the label's share of all. */
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
