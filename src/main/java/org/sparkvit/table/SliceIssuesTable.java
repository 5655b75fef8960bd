package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code slice_issues}: how many images of a kind have something, one row for each kind and
 * measure.
 */
public final class SliceIssuesTable {
  /** A column of {@code images}, or two with {@code " & "} between. */
  public static final String SLICE = "slice";

  /** Its value, or both. */
  public static final String VALUE = "value";

  /** {@link #FINDINGS}, {@link #DUPLICATES}, or {@link #CLASS} and a label. */
  public static final String MEASURE = "measure";

  public static final String IMAGES = "images";

  /** Of them those that the measure is about. */
  public static final String HITS = "hits";

  /** Their share, 0 to 1, with the ends of its interval at the 95 % level. */
  public static final String RATE = "rate";

  public static final String LOW = "low";
  public static final String HIGH = "high";

  /** The share among all other images, 0 to 1; null where there are none. */
  public static final String ELSEWHERE = "elsewhere";

  /**
   * How surprising the difference is among all that were looked at: of the rows with less than q, a
   * share of q is expected to be there by chance.
   */
  public static final String Q = "q";

  /** A finding that is not about another image. */
  public static final String FINDINGS = "findings";

  /** Repeats another image. */
  public static final String DUPLICATES = "duplicates";

  public static final String CLASS = "class: ";

  public static final TableSpec SPEC =
      new TableSpec(
          "slice_issues",
          "audit",
          new StructType()
              .add(SLICE, DataTypes.StringType, false)
              .add(VALUE, DataTypes.StringType, false)
              .add(MEASURE, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(HITS, DataTypes.LongType, false)
              .add(RATE, DataTypes.DoubleType, false)
              .add(LOW, DataTypes.DoubleType, false)
              .add(HIGH, DataTypes.DoubleType, false)
              .add(ELSEWHERE, DataTypes.DoubleType)
              .add(Q, DataTypes.DoubleType, false),
          false);

  private SliceIssuesTable() {}
}
