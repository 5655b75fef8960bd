package org.sparkvit.table;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code calibrations}: how a model's probabilities are mended, and what comes of it by split. */
public final class CalibrationsTable {
  public static final String MODEL = MetricsTable.MODEL;

  /** {@link #TEMPERATURE}, {@link #PLATT} or {@link #ISOTONIC}; fitted on the validation split. */
  public static final String METHOD = "method";

  public static final String PLATT = "platt";
  public static final String ISOTONIC = "isotonic";

  /** What log-probabilities are divided by; 1 with another method. */
  public static final String TEMPERATURE = "temperature";

  /** What each class's log-probability gets, in the order of {@link ModelsTable#CLASSES}. */
  public static final String SHIFT = "shift";

  /** Platt's curve of each class over its log-odds; like the two below null with another method. */
  public static final String SLOPES = "slopes";

  public static final String INTERCEPTS = "intercepts";

  /** The points of each class's isotonic curve. */
  public static final String CURVE_FROM = "curve_from";

  public static final String CURVE_TO = "curve_to";

  /** The split that the figures are of. */
  public static final String SPLIT = MetricsTable.SPLIT;

  public static final String IMAGES = "images";
  public static final String LOG_LOSS = "log_loss";
  public static final String LOG_LOSS_AFTER = "log_loss_after";
  public static final String BRIER = "brier";
  public static final String BRIER_AFTER = "brier_after";

  /** Mean calibration error over 15 bins of equal width. */
  public static final String ECE = "ece";

  public static final String ECE_AFTER = "ece_after";

  /** The same over 15 bins of about as many images each. */
  public static final String ECE_EQUAL_MASS = "ece_equal_mass";

  public static final String ECE_EQUAL_MASS_AFTER = "ece_equal_mass_after";

  /** Murphy's parts of the Brier score of the confidence, over bins of equal width. */
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
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(METHOD, DataTypes.StringType, false)
              .add(TEMPERATURE, DataTypes.DoubleType, false)
              .add(SHIFT, NUMBERS, false)
              .add(SLOPES, NUMBERS)
              .add(INTERCEPTS, NUMBERS)
              .add(CURVE_FROM, CURVES)
              .add(CURVE_TO, CURVES)
              .add(SPLIT, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(LOG_LOSS, DataTypes.DoubleType, false)
              .add(LOG_LOSS_AFTER, DataTypes.DoubleType, false)
              .add(BRIER, DataTypes.DoubleType, false)
              .add(BRIER_AFTER, DataTypes.DoubleType, false)
              .add(ECE, DataTypes.DoubleType, false)
              .add(ECE_AFTER, DataTypes.DoubleType, false)
              .add(ECE_EQUAL_MASS, DataTypes.DoubleType, false)
              .add(ECE_EQUAL_MASS_AFTER, DataTypes.DoubleType, false)
              .add(RELIABILITY, DataTypes.DoubleType, false)
              .add(RELIABILITY_AFTER, DataTypes.DoubleType, false)
              .add(RESOLUTION, DataTypes.DoubleType, false)
              .add(RESOLUTION_AFTER, DataTypes.DoubleType, false)
              .add(UNCERTAINTY, DataTypes.DoubleType, false)
              .add(UNCERTAINTY_AFTER, DataTypes.DoubleType, false),
          false);

  private CalibrationsTable() {}
}
