package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code findings}: one row for each thing that the audit found wrong with an image. */
public final class FindingsTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";

  /** A name of the audit's kinds of findings. */
  public static final String FINDING = "finding";

  /** From 0, bad, to 1, good; null where there is no measure. */
  public static final String SCORE = "score";

  /** The score below which it is a finding; null where there is none. */
  public static final String THRESHOLD = "threshold";

  /** What was found, in a few words. */
  public static final String DETAIL = "detail";

  /** Id of the image that it repeats; null where no other is concerned. */
  public static final String RELATED = "related";

  public static final TableSpec SPEC =
      new TableSpec(
          "findings",
          "audit",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(PATH, DataTypes.StringType, false)
              .add(LABEL, DataTypes.StringType)
              .add(FINDING, DataTypes.StringType, false)
              .add(SCORE, DataTypes.DoubleType)
              .add(THRESHOLD, DataTypes.DoubleType)
              .add(DETAIL, DataTypes.StringType)
              .add(RELATED, DataTypes.StringType),
          false);

  private FindingsTable() {}
}
