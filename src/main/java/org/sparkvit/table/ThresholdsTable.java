package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code thresholds}: from which calibrated probability on an image counts as a class, chosen on
 * the validation split, and what that comes to on each split.
 */
public final class ThresholdsTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String CLASS = MetricsTable.CLASS;

  /** What the threshold is best at, or {@link #REVIEW_BAND}. */
  public static final String OBJECTIVE = "objective";

  /** People look at what lies between {@link #LOWER} and {@link #THRESHOLD}. */
  public static final String REVIEW_BAND = "review_band";

  /** +infinity where nothing should be flagged. */
  public static final String THRESHOLD = "threshold";

  /** Where people begin to look; null but for a review band. */
  public static final String LOWER = "lower";

  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String IMAGES = "images";

  /** Images at the threshold or above. */
  public static final String FLAGGED = "flagged";

  /** Images between the two thresholds of a review band, else 0. */
  public static final String REVIEWED = "reviewed";

  /** Of the flagged images those that are of the class. */
  public static final String TRUE_POSITIVES = "true_positives";

  /** Images of the class. */
  public static final String POSITIVES = "positives";

  /** Share of the flagged images that are of the class, with Wilson's interval; null if none is. */
  public static final String PRECISION = "precision";

  public static final String PRECISION_LOW = "precision_low";
  public static final String PRECISION_HIGH = "precision_high";

  /** Share of the images of the class that are flagged; null where there are none. */
  public static final String RECALL = "recall";

  public static final String RECALL_LOW = "recall_low";
  public static final String RECALL_HIGH = "recall_high";

  /** How much more often flagged images are of the class than all are; null if none is flagged. */
  public static final String LIFT = "lift";

  /**
   * Share of the images of the future to be flagged, at the prevalence that was asked for, or else
   * that of the split; null where it cannot be known.
   */
  public static final String EXPECTED_FLAGGED = "expected_flagged";

  /** Share of those that are of the class. */
  public static final String EXPECTED_PRECISION = "expected_precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "thresholds",
          "calibrate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(CLASS, DataTypes.StringType, false)
              .add(OBJECTIVE, DataTypes.StringType, false)
              .add(THRESHOLD, DataTypes.DoubleType, false)
              .add(LOWER, DataTypes.DoubleType)
              .add(SPLIT, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(FLAGGED, DataTypes.LongType, false)
              .add(REVIEWED, DataTypes.LongType, false)
              .add(TRUE_POSITIVES, DataTypes.LongType, false)
              .add(POSITIVES, DataTypes.LongType, false)
              .add(PRECISION, DataTypes.DoubleType)
              .add(PRECISION_LOW, DataTypes.DoubleType)
              .add(PRECISION_HIGH, DataTypes.DoubleType)
              .add(RECALL, DataTypes.DoubleType)
              .add(RECALL_LOW, DataTypes.DoubleType)
              .add(RECALL_HIGH, DataTypes.DoubleType)
              .add(LIFT, DataTypes.DoubleType)
              .add(EXPECTED_FLAGGED, DataTypes.DoubleType)
              .add(EXPECTED_PRECISION, DataTypes.DoubleType),
          false);

  private ThresholdsTable() {}
}
