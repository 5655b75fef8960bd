package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code checks}: what the last run of {@code gate} checked. */
public final class ChecksTable {
  public static final String METRIC = "metric";

  /** Its value; null where there is none. */
  public static final String VALUE = "value";

  /** What was asked: a limit, or how it compares with earlier runs. */
  public static final String CHECK = "check";

  /** {@link #PASS}, {@link #NOTE}, {@link #WARN} or {@link #FAIL}. */
  public static final String OUTCOME = "outcome";

  public static final String PASS = "PASS";

  /** There is nothing to check yet. */
  public static final String NOTE = "NOTE";

  public static final String WARN = "WARN";
  public static final String FAIL = "FAIL";

  public static final TableSpec SPEC =
      new TableSpec(
          "checks",
          "gate",
          new StructType()
              .add(METRIC, DataTypes.StringType, false)
              .add(VALUE, DataTypes.DoubleType)
              .add(CHECK, DataTypes.StringType, false)
              .add(OUTCOME, DataTypes.StringType, false),
          false);

  private ChecksTable() {}
}
