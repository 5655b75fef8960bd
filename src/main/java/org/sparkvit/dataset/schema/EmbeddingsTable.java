package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code embeddings}: the input of a model's head for each image. There is one row per (image,
 * model, precision), for the content that was read last.
 */
public final class EmbeddingsTable {
  public static final String ID = "id";

  /** SHA-256 of the content, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** The hash of the model. */
  public static final String MODEL = "model";

  /** The precision that was asked for: auto, fp32, bf16, fp16 or int8. */
  public static final String PRECISION = "precision";

  /** The embedding, with one number for each of its dimensions, or null on failure. */
  public static final String EMBEDDING = "embedding";

  /** A name of {@code ImageStatus}. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  public static final TableSpec SPEC =
      new TableSpec(
          "embeddings",
          "probe",
          "What the head of a model reads of each image: one row for each image, model and"
              + " precision, of the content that was read last.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(SHA256, DataTypes.StringType, true, ColumnComments.SHA256)
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(PRECISION, DataTypes.StringType, false, ColumnComments.ASKED_PRECISION)
              .add(
                  EMBEDDING,
                  DataTypes.createArrayType(DataTypes.FloatType, false),
                  true,
                  "As many numbers as the model's embedding has; null where the image could not be"
                      + " embedded.")
              .add(STATUS, DataTypes.StringType, false, ColumnComments.STATUS)
              .add(REASON, DataTypes.StringType, true, ColumnComments.REASON),
          false,
          List.of(ID, MODEL, PRECISION));

  private EmbeddingsTable() {}
}
