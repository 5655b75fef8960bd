package org.sparkvit.table;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code scored_models}: the models whose predictions this workspace holds. */
public final class ModelsTable {
  /** Hash of configuration and weights; 64 hex digits. */
  public static final String MODEL = "model";

  /** Where the model directory was when it was used. */
  public static final String LOCATION = "location";

  /** Class names in the order of the logits and of the probabilities. */
  public static final String CLASSES = "classes";

  public static final String USED_AT = "used_at";

  public static final TableSpec SPEC =
      new TableSpec(
          "scored_models",
          "score",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(LOCATION, DataTypes.StringType, false)
              .add(CLASSES, DataTypes.createArrayType(DataTypes.StringType, false), false)
              .add(USED_AT, DataTypes.TimestampType, false),
          false,
          List.of(MODEL));

  private ModelsTable() {}
}
