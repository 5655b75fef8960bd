package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code resampled}: synthetic embeddings for rare classes, and train images to leave out, for
 * {@code probe --resampled}.
 */
public final class ResampledTable {
  /** The id of a train image to leave out, or of a synthetic point. */
  public static final String ID = "id";

  public static final String LABEL = "label";

  /** {@link #SYNTHETIC} or {@link #REMOVED}. */
  public static final String KIND = "kind";

  /**
   * The method: {@code smote}, {@code borderline_smote}, {@code adasyn}, {@code enn} or {@code
   * tomek}.
   */
  public static final String METHOD = "method";

  /**
   * The id of the first of the two images that a point lies between, or null for a removed image.
   */
  public static final String PARENT = "parent";

  public static final String NEIGHBOR = "neighbor";

  /**
   * The distance from the parent as a share of the way to the neighbour, 0 to 1, or null for a
   * removed image.
   */
  public static final String LAMBDA = "lambda";

  /** The synthetic point, or null for a removed image. */
  public static final String EMBEDDING = "embedding";

  /** The hash of the model that the embeddings are of. */
  public static final String MODEL = "model";

  public static final String PRECISION = "precision";

  public static final String SYNTHETIC = "SYNTHETIC";
  public static final String REMOVED = "REMOVED";

  public static final TableSpec SPEC =
      new TableSpec(
          "resampled",
          "resample",
          "Embeddings that were made up for rare classes, and images of the train split to go"
              + " without, for probe --resampled.",
          new StructType()
              .add(
                  ID,
                  DataTypes.StringType,
                  false,
                  "Id of the point that was made up, or of the image to go without.")
              .add(LABEL, DataTypes.StringType, false, "Its class.")
              .add(
                  KIND,
                  DataTypes.StringType,
                  false,
                  "SYNTHETIC, a point that was made up, or REMOVED, an image to go without.")
              .add(
                  METHOD,
                  DataTypes.StringType,
                  false,
                  "How: smote, borderline_smote, adasyn, enn or tomek.")
              .add(
                  PARENT,
                  DataTypes.StringType,
                  true,
                  "Id of the image that the point begins at; null for an image to go without.")
              .add(
                  NEIGHBOR,
                  DataTypes.StringType,
                  true,
                  "Id of the image that the point lies towards; null for an image to go without.")
              .add(
                  LAMBDA,
                  DataTypes.DoubleType,
                  true,
                  "How far it lies from the one to the other, 0 to 1; null for an image to go"
                      + " without.")
              .add(
                  EMBEDDING,
                  DataTypes.createArrayType(DataTypes.FloatType, false),
                  true,
                  "The point, with as many numbers as the model's embedding has; null for an image"
                      + " to go without.")
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(PRECISION, DataTypes.StringType, false, ColumnComments.ASKED_PRECISION),
          false);

  private ResampledTable() {}
}
