package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code curves}: points of ROC and precision-recall curves, one class against the rest. */
public final class CurvesTable {
  public static final String MODEL = MetricsTable.MODEL;
  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String CLASS = MetricsTable.CLASS;

  /** {@link #ROC} (x: false positive rate, y: recall) or {@link #PR} (x: recall, y: precision). */
  public static final String CURVE = "curve";

  /** The position of the point on the curve, from the highest threshold down. */
  public static final String POINT = "point";

  public static final String X = "x";
  public static final String Y = "y";

  /** The least probability at which an image counts as the class. */
  public static final String THRESHOLD = "threshold";

  public static final String ROC = "roc";
  public static final String PR = "pr";

  public static final TableSpec SPEC =
      new TableSpec(
          "curves",
          "evaluate",
          "Points of the ROC and precision-recall curves of each model, one class against the"
              + " rest.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SPLIT, DataTypes.StringType, false, ColumnComments.SPLIT)
              .add(CLASS, DataTypes.StringType, false, "The class that is told from all others.")
              .add(
                  CURVE,
                  DataTypes.StringType,
                  false,
                  "roc (x: false positive rate, y: recall) or pr (x: recall, y: precision).")
              .add(
                  POINT,
                  DataTypes.IntegerType,
                  false,
                  "Order of the point along the curve, from the highest threshold down.")
              .add(
                  X,
                  DataTypes.DoubleType,
                  false,
                  "False positive rate of roc, recall of pr; 0 to 1.")
              .add(Y, DataTypes.DoubleType, false, "Recall of roc, precision of pr; 0 to 1.")
              .add(
                  THRESHOLD,
                  DataTypes.DoubleType,
                  false,
                  "The probability from which on an image counts as the class."),
          false);

  private CurvesTable() {}
}
