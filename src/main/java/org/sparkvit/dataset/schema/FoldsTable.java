package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code folds}: the fold of each image outside the test split, for cross-validation, as of the
 * last run of {@code split} with folds.
 */
public final class FoldsTable {
  public static final String ID = "id";
  public static final String LABEL = "label";

  /** The number of the fold, from 1. */
  public static final String FOLD = "fold";

  public static final TableSpec SPEC =
      new TableSpec(
          "folds",
          "split",
          "Folds of cross-validation that share the images outside the test split, as of the last"
              + " split that was asked for them.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(LABEL, DataTypes.StringType, false, ColumnComments.LABEL)
              .add(
                  FOLD, DataTypes.IntegerType, false, "The fold that holds the image out, from 1."),
          false);

  private FoldsTable() {}
}
