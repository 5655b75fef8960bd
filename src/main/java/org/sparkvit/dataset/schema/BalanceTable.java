package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code balance}: the number of images of each class before and after the plan, for people. It is
 * about the train split.
 */
public final class BalanceTable {
  public static final String LABEL = "label";

  /** The number of images of the class in the train split. */
  public static final String BEFORE = "before";

  /** The number of samples of the class in an epoch under the plan. */
  public static final String AFTER = "after";

  /** The sum of the loss weights of these samples. */
  public static final String WEIGHTED = "weighted";

  public static final TableSpec SPEC =
      new TableSpec(
          "balance",
          "balance",
          "The classes of the train split before and after the plan of table plan, one row each.",
          new StructType()
              .add(LABEL, DataTypes.StringType, false, "The class.")
              .add(BEFORE, DataTypes.LongType, false, "Images of the class in the train split.")
              .add(
                  AFTER,
                  DataTypes.LongType,
                  false,
                  "Times that images of the class are shown in an epoch under the plan.")
              .add(
                  WEIGHTED,
                  DataTypes.DoubleType,
                  false,
                  "Sum of the loss weights over these samples."),
          false);

  private BalanceTable() {}
}
