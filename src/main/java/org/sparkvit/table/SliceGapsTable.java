package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code slice_gaps}: how the model does on the images of one value of a column, beside all others
 * and beside the best value of the column; one row for each class and measure with enough images.
 */
public final class SliceGapsTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String SLICE = MetricsTable.SLICE;
  public static final String SLICE_VALUE = MetricsTable.SLICE_VALUE;
  public static final String CLASS = MetricsTable.CLASS;

  /** {@link #RECALL}, {@link #FALSE_POSITIVE_RATE} or {@link #PRECISION}. */
  public static final String MEASURE = "measure";

  /** Images that the share is of. */
  public static final String IMAGES = "images";

  /** The share, 0 to 1, with Wilson's interval at the 95 % level. */
  public static final String RATE = "rate";

  public static final String LOW = "low";
  public static final String HIGH = "high";

  /** The share among the images of all other values; null where there are none. */
  public static final String ELSEWHERE = "elsewhere";

  /** Distance from the best value of the column; 0 for the best one. */
  public static final String GAP = "gap";

  /**
   * The share over that of the best value, or for false positives the best over this: 0 to 1, of
   * which less than 0.8 is commonly looked at; null where the divisor is 0.
   */
  public static final String RATIO = "ratio";

  /** Of rows below a limit about that share is chance (Benjamini and Hochberg 1995). */
  public static final String Q = "q";

  public static final String RECALL = "recall";
  public static final String FALSE_POSITIVE_RATE = "false_positive_rate";
  public static final String PRECISION = "precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "slice_gaps",
          "evaluate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(SPLIT, DataTypes.StringType, false)
              .add(SLICE, DataTypes.StringType, false)
              .add(SLICE_VALUE, DataTypes.StringType, false)
              .add(CLASS, DataTypes.StringType, false)
              .add(MEASURE, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(RATE, DataTypes.DoubleType, false)
              .add(LOW, DataTypes.DoubleType, false)
              .add(HIGH, DataTypes.DoubleType, false)
              .add(ELSEWHERE, DataTypes.DoubleType)
              .add(GAP, DataTypes.DoubleType, false)
              .add(RATIO, DataTypes.DoubleType)
              .add(Q, DataTypes.DoubleType, false),
          false);

  private SliceGapsTable() {}
}
