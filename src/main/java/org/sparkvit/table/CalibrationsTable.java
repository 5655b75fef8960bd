package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code calibrations}: how a model's probabilities are mended, and what comes of it by split. */
public final class CalibrationsTable {
  public static final String MODEL = MetricsTable.MODEL;

  /** Fitted on the validation split. */
  public static final String TEMPERATURE = "temperature";

  /** What each class's log-probability gets, in the order of {@link ModelsTable#CLASSES}. */
  public static final String SHIFT = "shift";

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

  public static final TableSpec SPEC =
      new TableSpec(
          "calibrations",
          "calibrate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(TEMPERATURE, DataTypes.DoubleType, false)
              .add(SHIFT, DataTypes.createArrayType(DataTypes.DoubleType, false), false)
              .add(SPLIT, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(LOG_LOSS, DataTypes.DoubleType, false)
              .add(LOG_LOSS_AFTER, DataTypes.DoubleType, false)
              .add(BRIER, DataTypes.DoubleType, false)
              .add(BRIER_AFTER, DataTypes.DoubleType, false)
              .add(ECE, DataTypes.DoubleType, false)
              .add(ECE_AFTER, DataTypes.DoubleType, false),
          false);

  private CalibrationsTable() {}
}
