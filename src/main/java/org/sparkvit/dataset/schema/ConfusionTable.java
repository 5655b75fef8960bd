package org.sparkvit.dataset.schema;

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
          "Images by given and predicted label, for each model, split and slice; pairs that do not"
              + " occur have no row.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SPLIT, DataTypes.StringType, false, ColumnComments.SPLIT)
              .add(SLICE, DataTypes.StringType, false, ColumnComments.SLICE)
              .add(SLICE_VALUE, DataTypes.StringType, false, ColumnComments.SLICE_VALUE)
              .add(ACTUAL, DataTypes.StringType, false, ColumnComments.LABEL)
              .add(
                  PREDICTED, DataTypes.StringType, false, "The class with the highest probability.")
              .add(COUNT, DataTypes.LongType, false, "Images with both."),
          false);

  private ConfusionTable() {}
}
