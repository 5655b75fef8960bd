package org.sparkvit.table;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code history}: figures of the data set, of each run of {@code gate}. */
public final class HistoryTable {
  /** Id of the run, which sorts by time. */
  public static final String RUN = "run";

  public static final String METRIC = "metric";
  public static final String VALUE = "value";

  public static final TableSpec SPEC =
      new TableSpec(
          "history",
          "gate",
          new StructType()
              .add(RUN, DataTypes.StringType, false)
              .add(METRIC, DataTypes.StringType, false)
              .add(VALUE, DataTypes.DoubleType, false),
          false,
          List.of(RUN, METRIC));

  private HistoryTable() {}
}
