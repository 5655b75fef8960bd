package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code metrics}: one metric a row, so that any of them can be filtered, joined and plotted. */
public final class MetricsTable {
  public static final String MODEL = "model";

  /** A name of {@link SplitsTable#NAMES}, or {@link #ALL}. */
  public static final String SPLIT = "split";

  /** The slice column, or {@link #ALL}. */
  public static final String SLICE = "slice";

  /** The value of the slice column, or {@link #ALL}. */
  public static final String SLICE_VALUE = "slice_value";

  /** The class that a per-class metric belongs to, or {@link #ALL}. */
  public static final String CLASS = "class";

  /**
   * The name of the metric, e.g. {@code accuracy}, {@code recall}, {@code roc_auc}, {@code
   * f1_macro}.
   */
  public static final String METRIC = "metric";

  /** The value, or null where it is undefined (e.g. ROC-AUC of one class only). */
  public static final String VALUE = "value";

  /** The number of images that the value rests on. */
  public static final String N = "n";

  /** The lower end of the value's interval at the 95 % level, or null where it is not known. */
  public static final String LOW = "low";

  /** The upper end of the interval, or null where it is not known. */
  public static final String HIGH = "high";

  /** The text of a row that is not restricted to one split, slice, value or class. */
  public static final String ALL = "(all)";

  public static final TableSpec SPEC =
      new TableSpec(
          "metrics",
          "evaluate",
          "Metrics of each model's predictions, one figure a row: overall, and by split, slice and"
              + " class.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SPLIT, DataTypes.StringType, false, ColumnComments.SPLIT)
              .add(SLICE, DataTypes.StringType, false, ColumnComments.SLICE)
              .add(SLICE_VALUE, DataTypes.StringType, false, ColumnComments.SLICE_VALUE)
              .add(
                  CLASS,
                  DataTypes.StringType,
                  false,
                  "The class that the figure is of, against the rest; (all) for a figure of all"
                      + " classes.")
              .add(
                  METRIC,
                  DataTypes.StringType,
                  false,
                  "Name of the figure, such as accuracy, recall, roc_auc or f1_macro.")
              .add(
                  VALUE,
                  DataTypes.DoubleType,
                  true,
                  "The figure; null where it is undefined, such as ROC-AUC of images of one class.")
              .add(N, DataTypes.LongType, false, "Images that the figure rests on.")
              .add(
                  LOW,
                  DataTypes.DoubleType,
                  true,
                  "Lower end of its interval at the 95 % level; null where not known.")
              .add(
                  HIGH,
                  DataTypes.DoubleType,
                  true,
                  "Upper end of its interval at the 95 % level; null where not known."),
          false);

  private MetricsTable() {}
}
