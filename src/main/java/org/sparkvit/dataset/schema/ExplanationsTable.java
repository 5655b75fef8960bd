package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code explanations}: where a model looked, for a sample of the images that it scored. Maps have
 * one value for each patch, row by row from the upper left of the model's input. The shares of the
 * tokens beside the patches are left out, so that a map sums to less than 1.
 */
public final class ExplanationsTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";
  public static final String MODEL = "model";
  public static final String SPLIT = "split";
  public static final String PREDICTED = "predicted";

  /** The probability of {@link #PREDICTED}, as scored. */
  public static final String CONFIDENCE = "confidence";

  /** The rules by which the image is in the sample, at least one. */
  public static final String RULES = "rules";

  /** The number of patches in a column. */
  public static final String ROWS = "rows";

  /** The number of patches in a row. */
  public static final String COLUMNS = "columns";

  public static final String LAYERS = "layers";

  /** The number of attention heads of a layer. */
  public static final String HEADS = "heads";

  /** The attention of the class token, layer by layer, head by head. */
  public static final String ATTENTION = "attention";

  /** Attention through all layers (Abnar and Zuidema 2020). */
  public static final String ROLLOUT = "rollout";

  /** Attention weighted by its gradient with respect to the class (Chefer et al. 2021). */
  public static final String GRADIENT = "gradient";

  /**
   * The mean probability of the class, by method, while the patches of the highest values are
   * removed one tenth after the other. Lower is better. It is null where it was not measured.
   */
  public static final String DELETION = "deletion";

  /**
   * The mean probability of the class, by method, while the patches are restored, the highest
   * first. Higher is better.
   */
  public static final String INSERTION = "insertion";

  /** The model's input as a JPEG. */
  public static final String INPUT = "input";

  /**
   * The images of the train split with the most similar embeddings, for mistakes. They are structs
   * of {@link #NEAR_RANK}, id, path, label and {@link #NEAR_COSINE}. It is null for other images,
   * and where they were not searched for.
   */
  public static final String NEAREST = "nearest";

  /** The rank of the image, 1 for the most similar. */
  public static final String NEAR_RANK = "rank";

  /** The cosine of the centred embeddings, -1 to 1. */
  public static final String NEAR_COSINE = "cosine";

  /** A name of {@code ImageStatus}. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  private static final ArrayType MAP = DataTypes.createArrayType(DataTypes.FloatType, false);

  private static final ArrayType NEAREST_TYPE =
      DataTypes.createArrayType(
          new StructType()
              .add(NEAR_RANK, DataTypes.IntegerType)
              .add(ID, DataTypes.StringType)
              .add(PATH, DataTypes.StringType)
              .add(LABEL, DataTypes.StringType)
              .add(NEAR_COSINE, DataTypes.FloatType),
          true);

  public static final TableSpec SPEC =
      new TableSpec(
          "explanations",
          "explain",
          "Where a model looked, for a sample of the images that it scored. Maps have one value a"
              + " patch, row by row from the upper left of the model's input, and sum to less than"
              + " 1, as other tokens have their share.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, true, ColumnComments.LABEL_IF_ANY)
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(SPLIT, DataTypes.StringType, true, ColumnComments.SPLIT_IF_ANY)
              .add(
                  PREDICTED,
                  DataTypes.StringType,
                  false,
                  "The class with the highest probability, as scored.")
              .add(
                  CONFIDENCE,
                  DataTypes.FloatType,
                  false,
                  "Probability of that class, 0 to 1, as scored.")
              .add(
                  RULES,
                  DataTypes.createArrayType(DataTypes.StringType, false),
                  false,
                  "Why the image is in the sample, such as confident mistake; one or more.")
              .add(
                  ROWS,
                  DataTypes.IntegerType,
                  true,
                  "Patches in a column of the input; null where the image could not be explained.")
              .add(
                  COLUMNS,
                  DataTypes.IntegerType,
                  true,
                  "Patches in a row of the input; null where the image could not be explained.")
              .add(
                  LAYERS,
                  DataTypes.IntegerType,
                  true,
                  "Layers of the model; null where the image could not be explained.")
              .add(
                  HEADS,
                  DataTypes.IntegerType,
                  true,
                  "Attention heads of a layer; null where the image could not be explained.")
              .add(
                  ATTENTION,
                  MAP,
                  true,
                  "What the class token attends to: a map for each head, layer by layer; null where"
                      + " the image could not be explained.")
              .add(
                  ROLLOUT,
                  MAP,
                  true,
                  "Map of attention through all layers (Abnar and Zuidema 2020); null where the"
                      + " image could not be explained.")
              .add(
                  GRADIENT,
                  MAP,
                  true,
                  "Map of attention weighted by what it does for the class (Chefer et al. 2021);"
                      + " null where the image could not be explained.")
              .add(
                  DELETION,
                  DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false),
                  true,
                  "By method: mean probability of the class, 0 to 1, while patches are taken away,"
                      + " the highest values first; lower is better; null where it was not"
                      + " measured.")
              .add(
                  INSERTION,
                  DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType, false),
                  true,
                  "By method: mean probability of the class, 0 to 1, while patches come back, the"
                      + " highest values first; higher is better; null where it was not measured.")
              .add(
                  NEAREST,
                  NEAREST_TYPE,
                  true,
                  "Of a mistake the most alike images of the train split: rank from 1, id, path,"
                      + " label and cosine of the embeddings, -1 to 1; null for other images, and"
                      + " where they were not looked for.")
              .add(
                  INPUT,
                  DataTypes.BinaryType,
                  true,
                  "What the model saw, as a JPEG; null where the image could not be explained.")
              .add(STATUS, DataTypes.StringType, false, ColumnComments.STATUS)
              .add(REASON, DataTypes.StringType, true, ColumnComments.REASON),
          false);

  private ExplanationsTable() {}
}
