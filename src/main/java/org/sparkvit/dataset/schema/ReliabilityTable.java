package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code reliability}: how often predictions are right by their confidence, before and after
 * calibration.
 */
public final class ReliabilityTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;

  /** Whether the probabilities are the calibrated ones. */
  public static final String CALIBRATED = "calibrated";

  /** {@link #EQUAL_WIDTH} or {@link #EQUAL_MASS}: bins of about as many images each. */
  public static final String BINNING = "binning";

  public static final String EQUAL_WIDTH = "equal_width";
  public static final String EQUAL_MASS = "equal_mass";

  /** The confidence at which the bin begins, 0 to 1. */
  public static final String FROM = "from";

  public static final String TO = "to";
  public static final String IMAGES = "images";

  /** The mean of the highest probability. */
  public static final String CONFIDENCE = "confidence";

  /** The share of the images that are predicted correctly. */
  public static final String ACCURACY = "accuracy";

  public static final TableSpec SPEC =
      new TableSpec(
          "reliability",
          "calibrate",
          "How often predictions of a confidence are right, as scored and calibrated: one row for"
              + " each model, split and bin.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(
                  SPLIT,
                  DataTypes.StringType,
                  false,
                  "Split whose images count: train, validation or test.")
              .add(
                  CALIBRATED,
                  DataTypes.BooleanType,
                  false,
                  "Whether the probabilities are the calibrated ones.")
              .add(
                  BINNING,
                  DataTypes.StringType,
                  false,
                  "equal_width, or equal_mass: bins of about as many images each.")
              .add(
                  FROM,
                  DataTypes.DoubleType,
                  false,
                  "The confidence at which the bin begins, 0 to 1.")
              .add(TO, DataTypes.DoubleType, false, "The confidence at which the bin ends, 0 to 1.")
              .add(IMAGES, DataTypes.LongType, false, "Images in the bin.")
              .add(
                  CONFIDENCE,
                  DataTypes.DoubleType,
                  true,
                  "Mean of their highest probability, 0 to 1; null in an empty bin.")
              .add(
                  ACCURACY,
                  DataTypes.DoubleType,
                  true,
                  "Share of them that are predicted rightly, 0 to 1; null in an empty bin."),
          false);

  private ReliabilityTable() {}
}
