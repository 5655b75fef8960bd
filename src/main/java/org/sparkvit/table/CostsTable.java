package org.sparkvit.table;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code costs}: what a model costs, as of its last complete run of {@code score}. */
public final class CostsTable {
  public static final String MODEL = "model";

  /** Numbers that were learned. */
  public static final String PARAMETERS = "parameters";

  /** Multiplications, each with its addition, that an image takes; null where unknown. */
  public static final String MULTIPLY_ADDS = "multiply_adds";

  /** Reading and decoding included, of all executors together. */
  public static final String IMAGES_PER_SECOND = "images_per_second";

  /** How many images that was measured on. */
  public static final String IMAGES = "images";

  /** The precision that was asked for. */
  public static final String PRECISION = "precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "costs",
          "score",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(PARAMETERS, DataTypes.LongType, false)
              .add(MULTIPLY_ADDS, DataTypes.LongType)
              .add(IMAGES_PER_SECOND, DataTypes.DoubleType, false)
              .add(IMAGES, DataTypes.LongType, false)
              .add(PRECISION, DataTypes.StringType, false),
          false,
          List.of(MODEL));

  private CostsTable() {}
}
