package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code plan}: how often and with what weight training sees each image of the train split. */
public final class PlanTable {
  public static final String ID = "id";
  public static final String LABEL = "label";

  /**
   * The number of times that the image is shown in an epoch: 0 leaves it out, 2 and more
   * over-sample it.
   */
  public static final String COPIES = "copies";

  /** The weight of the image in the loss; 1 is neutral. */
  public static final String WEIGHT = "weight";

  public static final TableSpec SPEC =
      new TableSpec(
          "plan",
          "balance",
          "How often, and with what weight, training shows each image of the train split.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(LABEL, DataTypes.StringType, false, ColumnComments.LABEL)
              .add(
                  COPIES,
                  DataTypes.IntegerType,
                  false,
                  "Times that the image is shown in an epoch: 0 leaves it out, 2 and more"
                      + " over-sample it.")
              .add(
                  WEIGHT,
                  DataTypes.DoubleType,
                  false,
                  "Weight of the image in the loss; 1 is neutral."),
          false);

  private PlanTable() {}
}
