package org.sparkvit.table;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code predictions}: what a model said of each image; one row per (image, model), of the content
 * and in the precision that were scored last.
 */
public final class PredictionsTable {
  public static final String ID = "id";
  public static final String PATH = "path";

  /** The given label at the time of scoring; null where there was none. */
  public static final String LABEL = "label";

  /** SHA-256 of the content that was scored; null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** Softmax, in the order of {@link ModelsTable#CLASSES} of {@link #MODEL}; null on failure. */
  public static final String PROBABILITIES = "probabilities";

  /** The class with the highest probability; null on failure. */
  public static final String PREDICTED = "predicted";

  /** The highest probability, 0 to 1; null on failure. */
  public static final String CONFIDENCE = "confidence";

  /** A name of {@code ImageStatus}: what happened to this image in this run. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  /** Hash of the model, a key of {@link ModelsTable}. */
  public static final String MODEL = "model";

  /** What the model computed in: fp32, bf16, fp16 or int8; null where it was not asked. */
  public static final String PRECISION = "precision";

  /**
   * Whether large JPEG files were decoded at a part of their size; null where the model was not
   * asked, and in rows from before there was a choice, which had all pixels.
   */
  public static final String SCALED_DECODING = "scaled_decoding";

  public static final String SCORED_AT = "scored_at";

  public static final TableSpec SPEC =
      new TableSpec(
          "predictions",
          "score",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(PATH, DataTypes.StringType, false)
              .add(LABEL, DataTypes.StringType)
              .add(SHA256, DataTypes.StringType)
              .add(PROBABILITIES, DataTypes.createArrayType(DataTypes.FloatType, false))
              .add(PREDICTED, DataTypes.StringType)
              .add(CONFIDENCE, DataTypes.FloatType)
              .add(STATUS, DataTypes.StringType, false)
              .add(REASON, DataTypes.StringType)
              .add(MODEL, DataTypes.StringType, false)
              .add(PRECISION, DataTypes.StringType)
              .add(SCALED_DECODING, DataTypes.BooleanType)
              .add(SCORED_AT, DataTypes.TimestampType, false),
          false,
          List.of(ID, MODEL));

  private PredictionsTable() {}
}
