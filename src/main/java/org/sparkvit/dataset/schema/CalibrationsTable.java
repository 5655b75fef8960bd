package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code calibrations}: how a model's probabilities are calibrated, and the resulting metrics by
 * split.
 */
public final class CalibrationsTable {
  public static final String MODEL = MetricsTable.MODEL;

  /**
   * {@link #TEMPERATURE}, {@link #PLATT} or {@link #ISOTONIC}. The calibration was fitted on the
   * validation split.
   */
  public static final String METHOD = "method";

  public static final String PLATT = "platt";
  public static final String ISOTONIC = "isotonic";

  /** The divisor of the log-probabilities; 1 with another method. */
  public static final String TEMPERATURE = "temperature";

  /**
   * The shift that is added to each class's log-probability, in the order of {@link
   * ModelsTable#CLASSES}.
   */
  public static final String SHIFT = "shift";

  /**
   * The slope of Platt's curve of each class over its log-odds. This column and the two below are
   * null with another method.
   */
  public static final String SLOPES = "slopes";

  public static final String INTERCEPTS = "intercepts";

  /** The points of each class's isotonic curve. */
  public static final String CURVE_FROM = "curve_from";

  public static final String CURVE_TO = "curve_to";

  /** The split that the metrics are of. */
  public static final String SPLIT = MetricsTable.SPLIT;

  public static final String IMAGES = "images";
  public static final String LOG_LOSS = "log_loss";
  public static final String LOG_LOSS_AFTER = "log_loss_after";
  public static final String BRIER = "brier";
  public static final String BRIER_AFTER = "brier_after";

  /** The mean calibration error over 15 bins of equal width. */
  public static final String ECE = "ece";

  public static final String ECE_AFTER = "ece_after";

  /** The mean calibration error over 15 bins of about as many images each. */
  public static final String ECE_EQUAL_MASS = "ece_equal_mass";

  public static final String ECE_EQUAL_MASS_AFTER = "ece_equal_mass_after";

  /**
   * The parts of Murphy's decomposition of the confidence's Brier score, over bins of equal width.
   */
  public static final String RELIABILITY = "brier_reliability";

  public static final String RELIABILITY_AFTER = "brier_reliability_after";
  public static final String RESOLUTION = "brier_resolution";
  public static final String RESOLUTION_AFTER = "brier_resolution_after";
  public static final String UNCERTAINTY = "brier_uncertainty";
  public static final String UNCERTAINTY_AFTER = "brier_uncertainty_after";

  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);
  private static final DataType CURVES = DataTypes.createArrayType(NUMBERS, false);

  public static final TableSpec SPEC =
      new TableSpec(
          "calibrations",
          "calibrate",
          "How the probabilities of a model are calibrated, fitted on the validation split, and"
              + " what comes of it: one row for each model and split.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(
                  METHOD,
                  DataTypes.StringType,
                  false,
                  "How probabilities are calibrated: temperature, platt or isotonic.")
              .add(
                  TEMPERATURE,
                  DataTypes.DoubleType,
                  false,
                  "What log-probabilities are divided by; 1 with another method than temperature.")
              .add(
                  SHIFT,
                  NUMBERS,
                  false,
                  "What is added to the log-probability of each class, in the order of classes in"
                      + " table scored_models.")
              .add(
                  SLOPES,
                  NUMBERS,
                  true,
                  "Slope of Platt's curve over the log-odds of each class; null with another"
                      + " method.")
              .add(
                  INTERCEPTS,
                  NUMBERS,
                  true,
                  "Intercept of Platt's curve over the log-odds of each class; null with another"
                      + " method.")
              .add(
                  CURVE_FROM,
                  CURVES,
                  true,
                  "Isotonic curve of each class: probabilities as scored, rising; null with another"
                      + " method.")
              .add(
                  CURVE_TO,
                  CURVES,
                  true,
                  "Isotonic curve of each class: what these probabilities become, 0 to 1; null with"
                      + " another method.")
              .add(
                  SPLIT,
                  DataTypes.StringType,
                  false,
                  "Split that the figures are of: train, validation or test.")
              .add(IMAGES, DataTypes.LongType, false, "Images that the figures rest on.")
              .add(
                  LOG_LOSS,
                  DataTypes.DoubleType,
                  false,
                  "Mean log-loss of the probabilities as scored, in nats; lower is better.")
              .add(
                  LOG_LOSS_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Mean log-loss of the calibrated probabilities, in nats.")
              .add(
                  BRIER,
                  DataTypes.DoubleType,
                  false,
                  "Mean Brier score over all classes of the probabilities as scored, 0 to 2; lower"
                      + " is better.")
              .add(
                  BRIER_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Mean Brier score of the calibrated probabilities, 0 to 2.")
              .add(
                  ECE,
                  DataTypes.DoubleType,
                  false,
                  "Expected calibration error of the confidence as scored over 15 bins of equal"
                      + " width, 0 to 1; lower is better.")
              .add(
                  ECE_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Expected calibration error after calibration over 15 bins of equal width, 0 to"
                      + " 1.")
              .add(
                  ECE_EQUAL_MASS,
                  DataTypes.DoubleType,
                  false,
                  "Expected calibration error as scored over 15 bins of about as many images each,"
                      + " 0 to 1.")
              .add(
                  ECE_EQUAL_MASS_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Expected calibration error after calibration over 15 bins of about as many"
                      + " images each, 0 to 1.")
              .add(
                  RELIABILITY,
                  DataTypes.DoubleType,
                  false,
                  "Reliability of the confidence as scored, a part of its Brier score (Murphy"
                      + " 1973), over 15 bins of equal width; lower is better.")
              .add(
                  RELIABILITY_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Reliability of the calibrated confidence; lower is better.")
              .add(
                  RESOLUTION,
                  DataTypes.DoubleType,
                  false,
                  "Resolution of the confidence as scored, a part of its Brier score (Murphy 1973);"
                      + " higher is better.")
              .add(
                  RESOLUTION_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Resolution of the calibrated confidence; higher is better.")
              .add(
                  UNCERTAINTY,
                  DataTypes.DoubleType,
                  false,
                  "Uncertainty, a part of the Brier score (Murphy 1973): accuracy times 1 less"
                      + " accuracy, of the probabilities as scored.")
              .add(
                  UNCERTAINTY_AFTER,
                  DataTypes.DoubleType,
                  false,
                  "Uncertainty of the calibrated probabilities."),
          false);

  private CalibrationsTable() {}
}
