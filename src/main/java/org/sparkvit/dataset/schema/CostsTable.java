package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code costs}: the size and speed of a model, as of its last complete run of {@code score}. */
public final class CostsTable {
  public static final String MODEL = "model";

  /** The number of trained parameters. */
  public static final String PARAMETERS = "parameters";

  /**
   * The number of multiplications, each with its addition, for one image, or null where unknown.
   */
  public static final String MULTIPLY_ADDS = "multiply_adds";

  /** Images per second of all executors together, reading and decoding included. */
  public static final String IMAGES_PER_SECOND = "images_per_second";

  /** The number of images that the speed was measured on. */
  public static final String IMAGES = "images";

  /** The precision that was asked for. */
  public static final String PRECISION = "precision";

  public static final TableSpec SPEC =
      new TableSpec(
          "costs",
          "score",
          "What a model costs, as of its last complete run of score; one row a model.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(PARAMETERS, DataTypes.LongType, false, "Numbers of the model that were learnt.")
              .add(
                  MULTIPLY_ADDS,
                  DataTypes.LongType,
                  true,
                  "Multiplications, each with its addition, that one image takes; null where"
                      + " unknown.")
              .add(
                  IMAGES_PER_SECOND,
                  DataTypes.DoubleType,
                  false,
                  "Images scored in a second by all executors together, reading and decoding"
                      + " included.")
              .add(IMAGES, DataTypes.LongType, false, "Images that this rate was measured on.")
              .add(PRECISION, DataTypes.StringType, false, ColumnComments.ASKED_PRECISION),
          false,
          List.of(MODEL));

  private CostsTable() {}
}
