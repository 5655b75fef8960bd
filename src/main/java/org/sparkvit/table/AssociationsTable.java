package org.sparkvit.table;

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
          new StructType()
              .add(ATTRIBUTE, DataTypes.StringType, false)
              .add(CRAMERS_V, DataTypes.DoubleType, false)
              .add(P, DataTypes.DoubleType, false)
              .add(VALUE, DataTypes.StringType, false)
              .add(LABEL, DataTypes.StringType, false)
              .add(LIFT, DataTypes.DoubleType, false),
          false);

  private AssociationsTable() {}
}
