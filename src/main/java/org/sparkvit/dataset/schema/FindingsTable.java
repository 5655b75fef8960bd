package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code findings}: one row for each thing that the audit found wrong with an image. */
public final class FindingsTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";

  /** A name of the audit's kinds of findings. */
  public static final String FINDING = "finding";

  /** The score from 0 (bad) to 1 (good), or null where there is no measure. */
  public static final String SCORE = "score";

  /** The score below which it is a finding, or null where there is none. */
  public static final String THRESHOLD = "threshold";

  /** The finding in a few words. */
  public static final String DETAIL = "detail";

  /** The id of the image that it repeats, or null where no other image is concerned. */
  public static final String RELATED = "related";

  public static final TableSpec SPEC =
      new TableSpec(
          "findings",
          "audit",
          "What the audit found wrong: one row for each image and thing found.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, true, ColumnComments.LABEL_IF_ANY)
              .add(
                  FINDING,
                  DataTypes.StringType,
                  false,
                  "What is wrong, such as UNREADABLE, DARK, BLURRY, NEAR_DUPLICATE, LABEL_CONFLICT"
                      + " or LEAKED.")
              .add(
                  SCORE,
                  DataTypes.DoubleType,
                  true,
                  "Measure of it from 0, bad, to 1, good; null where there is none.")
              .add(
                  THRESHOLD,
                  DataTypes.DoubleType,
                  true,
                  "The score below which it is a finding; null where there is none.")
              .add(
                  DETAIL,
                  DataTypes.StringType,
                  true,
                  "What was found, in a few words; null where the finding says all.")
              .add(
                  RELATED,
                  DataTypes.StringType,
                  true,
                  "Id of the image that it repeats; null where no other image is concerned."),
          false);

  private FindingsTable() {}
}
