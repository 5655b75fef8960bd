package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code history}: metrics of the data set at each run of {@code gate}. */
public final class HistoryTable {
  /** The id of the run. Ids sort by time. */
  public static final String RUN = "run";

  public static final String METRIC = "metric";
  public static final String VALUE = "value";

  public static final TableSpec SPEC =
      new TableSpec(
          "history",
          "gate",
          "Figures of the data set and its models, of each run of gate; one row for each run and"
              + " figure.",
          new StructType()
              .add(RUN, DataTypes.StringType, false, "Id of the run; ids sort by time.")
              .add(
                  METRIC,
                  DataTypes.StringType,
                  false,
                  "Name of the figure, such as images, unusable_share or class_share.LABEL.")
              .add(VALUE, DataTypes.DoubleType, false, "Its value; shares are from 0 to 1."),
          false,
          List.of(RUN, METRIC));

  private HistoryTable() {}
}
