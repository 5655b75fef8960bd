package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code checks}: what the last run of {@code gate} checked. */
public final class ChecksTable {
  public static final String METRIC = "metric";

  /** The value of the metric, or null where there is none. */
  public static final String VALUE = "value";

  /** The check: a limit, or a comparison with earlier runs. */
  public static final String CHECK = "check";

  /** {@link #PASS}, {@link #NOTE}, {@link #WARN} or {@link #FAIL}. */
  public static final String OUTCOME = "outcome";

  public static final String PASS = "PASS";

  /** The outcome where there is nothing to check yet. */
  public static final String NOTE = "NOTE";

  public static final String WARN = "WARN";
  public static final String FAIL = "FAIL";

  public static final TableSpec SPEC =
      new TableSpec(
          "checks",
          "gate",
          "What the last run of gate checked, one row for each figure and limit.",
          new StructType()
              .add(METRIC, DataTypes.StringType, false, "Name of the figure, as in table history.")
              .add(
                  VALUE,
                  DataTypes.DoubleType,
                  true,
                  "Its value; null where there is no such figure yet.")
              .add(
                  CHECK,
                  DataTypes.StringType,
                  false,
                  "What was asked of it: a limit, or how it compares with earlier runs.")
              .add(
                  OUTCOME,
                  DataTypes.StringType,
                  false,
                  "PASS, WARN or FAIL; NOTE where there was nothing to check yet."),
          false);

  private ChecksTable() {}
}
