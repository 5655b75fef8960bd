package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code reliability}: how often predictions of a confidence are right, before and after. */
public final class ReliabilityTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;

  /** Whether the probabilities are the mended ones. */
  public static final String CALIBRATED = "calibrated";

  /** {@link #EQUAL_WIDTH} or {@link #EQUAL_MASS}: bins of about as many images each. */
  public static final String BINNING = "binning";

  public static final String EQUAL_WIDTH = "equal_width";
  public static final String EQUAL_MASS = "equal_mass";

  /** Where the bin begins and ends, 0 to 1. */
  public static final String FROM = "from";

  public static final String TO = "to";
  public static final String IMAGES = "images";

  /** Mean of the highest probability. */
  public static final String CONFIDENCE = "confidence";

  /** Share of the images that are predicted rightly. */
  public static final String ACCURACY = "accuracy";

  public static final TableSpec SPEC =
      new TableSpec(
          "reliability",
          "calibrate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(SPLIT, DataTypes.StringType, false)
              .add(CALIBRATED, DataTypes.BooleanType, false)
              .add(BINNING, DataTypes.StringType, false)
              .add(FROM, DataTypes.DoubleType, false)
              .add(TO, DataTypes.DoubleType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(CONFIDENCE, DataTypes.DoubleType)
              .add(ACCURACY, DataTypes.DoubleType),
          false);

  private ReliabilityTable() {}
}
