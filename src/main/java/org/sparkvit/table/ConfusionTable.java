package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code confusion}: counts of (given, predicted) label by split and slice. */
public final class ConfusionTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String SLICE = MetricsTable.SLICE;
  public static final String SLICE_VALUE = MetricsTable.SLICE_VALUE;
  public static final String ACTUAL = "actual";
  public static final String PREDICTED = "predicted";
  public static final String COUNT = "count";

  public static final TableSpec SPEC =
      new TableSpec(
          "confusion",
          "evaluate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(SPLIT, DataTypes.StringType, false)
              .add(SLICE, DataTypes.StringType, false)
              .add(SLICE_VALUE, DataTypes.StringType, false)
              .add(ACTUAL, DataTypes.StringType, false)
              .add(PREDICTED, DataTypes.StringType, false)
              .add(COUNT, DataTypes.LongType, false),
          false);

  private ConfusionTable() {}
}
