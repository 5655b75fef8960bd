package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code relabel_summary}: the number of images by old label, new label and slice. */
public final class RelabelSummaryTable {
  public static final String MODEL = MetricsTable.MODEL;

  /** A column of {@code images}, or {@link MetricsTable#ALL}. */
  public static final String SLICE = MetricsTable.SLICE;

  public static final String SLICE_VALUE = MetricsTable.SLICE_VALUE;
  public static final String OLD_LABEL = RelabelsTable.OLD_LABEL;
  public static final String PREDICTED = RelabelsTable.PREDICTED;
  public static final String NEW_LABEL = RelabelsTable.NEW_LABEL;
  public static final String DECISION = RelabelsTable.DECISION;
  public static final String REASON = RelabelsTable.REASON;
  public static final String IMAGES = "images";

  public static final TableSpec SPEC =
      new TableSpec(
          "relabel_summary",
          "relabel",
          "How many images went from which label to which, by slice.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SLICE, DataTypes.StringType, false, ColumnComments.SLICE)
              .add(SLICE_VALUE, DataTypes.StringType, false, ColumnComments.SLICE_VALUE)
              .add(OLD_LABEL, DataTypes.StringType, true, ColumnComments.OLD_LABEL)
              .add(
                  PREDICTED,
                  DataTypes.StringType,
                  true,
                  "The class with the highest probability; null without a prediction of the present"
                      + " content.")
              .add(
                  NEW_LABEL,
                  DataTypes.StringType,
                  true,
                  "The label from now on; null where there is none.")
              .add(
                  DECISION,
                  DataTypes.StringType,
                  false,
                  "keep, change, or review: the old label stays until a person has looked.")
              .add(REASON, DataTypes.StringType, false, ColumnComments.DECISION_REASON)
              .add(IMAGES, DataTypes.LongType, false, "Images with all of this in common."),
          false);

  private RelabelSummaryTable() {}
}
