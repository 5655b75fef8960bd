package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code thresholds}: the least calibrated probability at which an image counts as a class, chosen
 * on the validation split, and its results on each split.
 */
public final class ThresholdsTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String CLASS = MetricsTable.CLASS;

  /** The objective that the threshold is the best for, or {@link #REVIEW_BAND}. */
  public static final String OBJECTIVE = "objective";

  /**
   * The objective of a band: people review the images between {@link #LOWER} and {@link
   * #THRESHOLD}.
   */
  public static final String REVIEW_BAND = "review_band";

  /** The threshold; +infinity where nothing should be flagged. */
  public static final String THRESHOLD = "threshold";

  /** The lower threshold of a review band, else null. */
  public static final String LOWER = "lower";

  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String IMAGES = "images";

  /** The number of images at the threshold or above. */
  public static final String FLAGGED = "flagged";

  /** The number of images between the two thresholds of a review band, else 0. */
  public static final String REVIEWED = "reviewed";

  /** The number of flagged images that are of the class. */
  public static final String TRUE_POSITIVES = "true_positives";

  /** The number of images of the class. */
  public static final String POSITIVES = "positives";

  /**
   * The share of the flagged images that are of the class, or null if none is flagged. The next two
   * columns are Wilson's interval.
   */
  public static final String PRECISION = "precision";

  public static final String PRECISION_LOW = "precision_low";
  public static final String PRECISION_HIGH = "precision_high";

  /**
   * The share of the images of the class that are flagged, or null where there are none. The next
   * two columns are Wilson's interval.
   */
  public static final String RECALL = "recall";

  public static final String RECALL_LOW = "recall_low";
  public static final String RECALL_HIGH = "recall_high";

  /**
   * The share of the class among flagged images over its share among all images, or null if none is
   * flagged.
   */
  public static final String LIFT = "lift";

  /**
   * The expected share of flagged images in future data. It assumes the given prevalence, or else
   * that of the split, and is null where it cannot be known.
   */
  public static final String EXPECTED_FLAGGED = "expected_flagged";

  /** The expected share of the class among those images. */
  public static final String EXPECTED_PRECISION = "expected_precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "thresholds",
          "calibrate",
          "From which calibrated probability on an image counts as a class, chosen on the"
              + " validation split, and what that comes to on each split.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(CLASS, DataTypes.StringType, false, "The class that images are flagged as.")
              .add(
                  OBJECTIVE,
                  DataTypes.StringType,
                  false,
                  "What the threshold is best at: f_beta, youden, precision_at_recall,"
                      + " recall_at_precision or cost; or review_band, between whose ends people"
                      + " look.")
              .add(
                  THRESHOLD,
                  DataTypes.DoubleType,
                  false,
                  "Calibrated probability from which on an image is flagged; infinity where nothing"
                      + " should be.")
              .add(
                  LOWER,
                  DataTypes.DoubleType,
                  true,
                  "Calibrated probability from which on people look at an image; null for other"
                      + " objectives than review_band.")
              .add(
                  SPLIT,
                  DataTypes.StringType,
                  false,
                  "Split that the figures are of: validation or test.")
              .add(IMAGES, DataTypes.LongType, false, "Images that the figures rest on.")
              .add(FLAGGED, DataTypes.LongType, false, "Images at the threshold or above.")
              .add(
                  REVIEWED,
                  DataTypes.LongType,
                  false,
                  "Images between the ends of a review band; 0 for other objectives.")
              .add(
                  TRUE_POSITIVES,
                  DataTypes.LongType,
                  false,
                  "Of the flagged images those that are of the class.")
              .add(POSITIVES, DataTypes.LongType, false, "Images of the class.")
              .add(
                  PRECISION,
                  DataTypes.DoubleType,
                  true,
                  "Share of the flagged images that are of the class, 0 to 1; null where none is"
                      + " flagged.")
              .add(
                  PRECISION_LOW,
                  DataTypes.DoubleType,
                  true,
                  "Lower end of the precision's interval at the 95 % level (Wilson); null where"
                      + " none is flagged.")
              .add(
                  PRECISION_HIGH,
                  DataTypes.DoubleType,
                  true,
                  "Upper end of the precision's interval at the 95 % level (Wilson); null where"
                      + " none is flagged.")
              .add(
                  RECALL,
                  DataTypes.DoubleType,
                  true,
                  "Share of the images of the class that are flagged, 0 to 1; null where there are"
                      + " none.")
              .add(
                  RECALL_LOW,
                  DataTypes.DoubleType,
                  true,
                  "Lower end of the recall's interval at the 95 % level (Wilson); null where there"
                      + " are no images of the class.")
              .add(
                  RECALL_HIGH,
                  DataTypes.DoubleType,
                  true,
                  "Upper end of the recall's interval at the 95 % level (Wilson); null where there"
                      + " are no images of the class.")
              .add(
                  LIFT,
                  DataTypes.DoubleType,
                  true,
                  "How much more often flagged images are of the class than all are; 1 is chance;"
                      + " null where none is flagged.")
              .add(
                  EXPECTED_FLAGGED,
                  DataTypes.DoubleType,
                  true,
                  "Share of future images to be flagged, 0 to 1, at the prevalence that was asked"
                      + " for, or else that of the split; null where it cannot be known.")
              .add(
                  EXPECTED_PRECISION,
                  DataTypes.DoubleType,
                  true,
                  "Share of those that are of the class, 0 to 1; null where it cannot be known."),
          false);

  private ThresholdsTable() {}
}
