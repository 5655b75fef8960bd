package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code review}: the images that people should look at, the most worthwhile first. */
public final class ReviewTable {
  /** 1 for the highest {@link RelabelsTable#VALUE}; equal ones by id. */
  public static final String RANK = "rank";

  public static final TableSpec SPEC =
      new TableSpec(
          "review",
          "relabel",
          new StructType()
              .add(RANK, DataTypes.LongType, false)
              .add(RelabelsTable.ID, DataTypes.StringType, false)
              .add(RelabelsTable.PATH, DataTypes.StringType, false)
              .add(RelabelsTable.OLD_LABEL, DataTypes.StringType)
              .add(RelabelsTable.PREDICTED, DataTypes.StringType, false)
              .add(RelabelsTable.CONFIDENCE, DataTypes.FloatType, false)
              .add(RelabelsTable.MARGIN, DataTypes.FloatType, false)
              .add(RelabelsTable.REASON, DataTypes.StringType, false)
              .add(RelabelsTable.VALUE, DataTypes.FloatType, false)
              .add(RelabelsTable.SPLIT, DataTypes.StringType)
              .add(RelabelsTable.MODEL, DataTypes.StringType, false),
          false);

  private ReviewTable() {}
}
