package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code balance}: the classes of the train split before and after the plan, for people. */
public final class BalanceTable {
  public static final String LABEL = "label";

  /** Images of the class in the train split. */
  public static final String BEFORE = "before";

  /** Showings of the class in an epoch under the plan. */
  public static final String AFTER = "after";

  /** Sum over the showings of their loss weights. */
  public static final String WEIGHTED = "weighted";

  public static final TableSpec SPEC =
      new TableSpec(
          "balance",
          "balance",
          new StructType()
              .add(LABEL, DataTypes.StringType, false)
              .add(BEFORE, DataTypes.LongType, false)
              .add(AFTER, DataTypes.LongType, false)
              .add(WEIGHTED, DataTypes.DoubleType, false),
          false);

  private BalanceTable() {}
}
