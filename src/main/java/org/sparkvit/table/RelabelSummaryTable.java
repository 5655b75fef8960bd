package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code relabel_summary}: how many images went from which label to which, by slice. */
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
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(SLICE, DataTypes.StringType, false)
              .add(SLICE_VALUE, DataTypes.StringType, false)
              .add(OLD_LABEL, DataTypes.StringType)
              .add(PREDICTED, DataTypes.StringType)
              .add(NEW_LABEL, DataTypes.StringType)
              .add(DECISION, DataTypes.StringType, false)
              .add(REASON, DataTypes.StringType, false)
              .add(IMAGES, DataTypes.LongType, false),
          false);

  private RelabelSummaryTable() {}
}
