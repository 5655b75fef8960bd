package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code predictions}: a model's prediction for each image. There is one row per (image, model),
 * for the content and in the precision that were scored last.
 */
public final class PredictionsTable {
  public static final String ID = "id";
  public static final String PATH = "path";

  /** The given label at the time of scoring, or null where there was none. */
  public static final String LABEL = "label";

  /** SHA-256 of the content that was scored, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /**
   * The softmax probabilities in the order of {@link ModelsTable#CLASSES} of {@link #MODEL}; null
   * on failure.
   */
  public static final String PROBABILITIES = "probabilities";

  /** The class with the highest probability; null on failure. */
  public static final String PREDICTED = "predicted";

  /** The highest probability, 0 to 1; null on failure. */
  public static final String CONFIDENCE = "confidence";

  /** A name of {@code ImageStatus}: the outcome for this image in this run. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  /** The hash of the model, a key of {@link ModelsTable}. */
  public static final String MODEL = "model";

  /**
   * The precision that the model computed in: fp32, bf16, fp16 or int8, or null where the model did
   * not run.
   */
  public static final String PRECISION = "precision";

  /**
   * Whether large JPEG files were decoded at a part of their size. It is null where the model did
   * not run, and in rows from before there was a choice, which had all pixels.
   */
  public static final String SCALED_DECODING = "scaled_decoding";

  public static final String SCORED_AT = "scored_at";

  public static final TableSpec SPEC =
      new TableSpec(
          "predictions",
          "score",
          "What each model says of each image: one row for each image and model, of the content and"
              + " in the precision that were scored last.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(
                  LABEL,
                  DataTypes.StringType,
                  true,
                  "The given label at the time of scoring; null where there was none.")
              .add(
                  SHA256,
                  DataTypes.StringType,
                  true,
                  "SHA-256 of the content that was scored, 64 hex digits; null where it could not"
                      + " be read.")
              .add(
                  PROBABILITIES,
                  DataTypes.createArrayType(DataTypes.FloatType, false),
                  true,
                  "Probabilities of all classes, 0 to 1, in the order of classes in table"
                      + " scored_models; null where the image could not be scored.")
              .add(
                  PREDICTED,
                  DataTypes.StringType,
                  true,
                  "The class with the highest probability; null where the image could not be"
                      + " scored.")
              .add(
                  CONFIDENCE,
                  DataTypes.FloatType,
                  true,
                  "The highest probability, 0 to 1; null where the image could not be scored.")
              .add(STATUS, DataTypes.StringType, false, ColumnComments.STATUS)
              .add(REASON, DataTypes.StringType, true, ColumnComments.REASON)
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(
                  PRECISION,
                  DataTypes.StringType,
                  true,
                  "Precision that the model computed in: fp32, bf16, fp16 or int8; null where it"
                      + " was not asked.")
              .add(
                  SCALED_DECODING,
                  DataTypes.BooleanType,
                  true,
                  "Whether large JPEG files were decoded at a part of their size; null where the"
                      + " model was not asked, and in rows from before there was a choice, which"
                      + " had all pixels.")
              .add(SCORED_AT, DataTypes.TimestampType, false, "When the run that scored it began."),
          false,
          List.of(ID, MODEL));

  private PredictionsTable() {}
}
