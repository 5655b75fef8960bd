package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code scored_models}: the models whose predictions this workspace holds. */
public final class ModelsTable {
  /** The hash of the model's configuration and weights, 64 hex digits. */
  public static final String MODEL = "model";

  /** The location of the model directory when it was used. */
  public static final String LOCATION = "location";

  /** The names of the classes in the order of the logits and of the probabilities. */
  public static final String CLASSES = "classes";

  public static final String USED_AT = "used_at";

  public static final TableSpec SPEC =
      new TableSpec(
          "scored_models",
          "score",
          "The models whose predictions this workspace holds, one row each.",
          new StructType()
              .add(
                  MODEL,
                  DataTypes.StringType,
                  false,
                  "Hash of the model's configuration and weights, 64 hex digits.")
              .add(
                  LOCATION,
                  DataTypes.StringType,
                  false,
                  "Where the directory of the model was when it was used.")
              .add(
                  CLASSES,
                  DataTypes.createArrayType(DataTypes.StringType, false),
                  false,
                  "Names of its classes, in the order of its logits and of the probabilities in"
                      + " table predictions.")
              .add(USED_AT, DataTypes.TimestampType, false, "When it was last used to score."),
          false,
          List.of(MODEL));

  private ModelsTable() {}
}
