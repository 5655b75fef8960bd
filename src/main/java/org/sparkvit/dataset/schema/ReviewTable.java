package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code review}: the images that people should review, the most worthwhile first. */
public final class ReviewTable {
  /**
   * The rank of the image, 1 for the highest {@link RelabelsTable#VALUE}. Equal values are ordered
   * by id.
   */
  public static final String RANK = "rank";

  public static final TableSpec SPEC =
      new TableSpec(
          "review",
          "relabel",
          "The images that people should look at, the most worthwhile first.",
          new StructType()
              .add(RANK, DataTypes.LongType, false, "1 for the highest value; of equal ones by id.")
              .add(RelabelsTable.ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(RelabelsTable.PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(RelabelsTable.OLD_LABEL, DataTypes.StringType, true, ColumnComments.OLD_LABEL)
              .add(
                  RelabelsTable.PREDICTED,
                  DataTypes.StringType,
                  false,
                  "The class with the highest probability.")
              .add(
                  RelabelsTable.CONFIDENCE,
                  DataTypes.FloatType,
                  false,
                  "The highest probability, 0 to 1.")
              .add(
                  RelabelsTable.MARGIN,
                  DataTypes.FloatType,
                  false,
                  "The highest probability less the second highest, 0 to 1.")
              .add(
                  RelabelsTable.REASON,
                  DataTypes.StringType,
                  false,
                  "Why a person should look, such as below_floor, small_margin or unlabelled.")
              .add(
                  RelabelsTable.VALUE,
                  DataTypes.FloatType,
                  false,
                  "How likely a person's look finds something, 0 to 1, as the model sees it.")
              .add(RelabelsTable.SPLIT, DataTypes.StringType, true, ColumnComments.SPLIT_IF_ANY)
              .add(RelabelsTable.MODEL, DataTypes.StringType, false, ColumnComments.MODEL),
          false);

  private ReviewTable() {}
}
