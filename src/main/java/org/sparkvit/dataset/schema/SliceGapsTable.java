package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code slice_gaps}: the model's performance on the images of one value of a column, compared with
 * all other values and with the best one. There is one row for each class and measure with enough
 * images.
 */
public final class SliceGapsTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String SLICE = MetricsTable.SLICE;
  public static final String SLICE_VALUE = MetricsTable.SLICE_VALUE;
  public static final String CLASS = MetricsTable.CLASS;

  /** {@link #RECALL}, {@link #FALSE_POSITIVE_RATE} or {@link #PRECISION}. */
  public static final String MEASURE = "measure";

  /** The number of images that the share is of. */
  public static final String IMAGES = "images";

  /** The share, 0 to 1, with Wilson's interval at the 95 % level. */
  public static final String RATE = "rate";

  public static final String LOW = "low";
  public static final String HIGH = "high";

  /** The share among the images of all other values, or null where there are none. */
  public static final String ELSEWHERE = "elsewhere";

  /** The distance from the best value of the column; 0 for the best one. */
  public static final String GAP = "gap";

  /**
   * The share over that of the best value, or for false positives the best over this one, 0 to 1. A
   * ratio below 0.8 commonly calls for a closer look. It is null where the divisor is 0.
   */
  public static final String RATIO = "ratio";

  /**
   * The q-value: of the rows below a limit, about that share differs by chance (Benjamini and
   * Hochberg 1995).
   */
  public static final String Q = "q";

  public static final String RECALL = "recall";
  public static final String FALSE_POSITIVE_RATE = "false_positive_rate";
  public static final String PRECISION = "precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "slice_gaps",
          "evaluate",
          "How a model does on the images with one value of a column, beside all others and beside"
              + " the best value of the column; one row for each class and measure with enough"
              + " images.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SPLIT, DataTypes.StringType, false, ColumnComments.SPLIT)
              .add(
                  SLICE,
                  DataTypes.StringType,
                  false,
                  "Column of table images by whose values images are told apart.")
              .add(
                  SLICE_VALUE,
                  DataTypes.StringType,
                  false,
                  "Value of that column that the images have.")
              .add(
                  CLASS,
                  DataTypes.StringType,
                  false,
                  "The class that the measure is of, against the rest.")
              .add(
                  MEASURE, DataTypes.StringType, false, "recall, false_positive_rate or precision.")
              .add(IMAGES, DataTypes.LongType, false, "Images that the share is of.")
              .add(RATE, DataTypes.DoubleType, false, "The measure, a share from 0 to 1.")
              .add(
                  LOW,
                  DataTypes.DoubleType,
                  false,
                  "Lower end of its interval at the 95 % level (Wilson), 0 to 1.")
              .add(
                  HIGH,
                  DataTypes.DoubleType,
                  false,
                  "Upper end of its interval at the 95 % level (Wilson), 0 to 1.")
              .add(
                  ELSEWHERE,
                  DataTypes.DoubleType,
                  true,
                  "The measure among the images of all other values, 0 to 1; null where there are"
                      + " none.")
              .add(
                  GAP,
                  DataTypes.DoubleType,
                  false,
                  "Distance of the measure from that of the best value of the column, 0 to 1; 0 for"
                      + " the best one.")
              .add(
                  RATIO,
                  DataTypes.DoubleType,
                  true,
                  "The measure over that of the best value, or for false positives the best over"
                      + " this, 0 to 1; less than 0.8 is commonly looked at; null where the divisor"
                      + " is 0.")
              .add(
                  Q,
                  DataTypes.DoubleType,
                  false,
                  "Of the rows with at most this value about that share is chance, 0 to 1"
                      + " (Benjamini and Hochberg 1995)."),
          false);

  private SliceGapsTable() {}
}
