package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code synthetic}: images made from two images of the train split, and how they were made. */
public final class SyntheticTable {
  public static final String ID = "id";

  /** The URI of the file. */
  public static final String PATH = "path";

  public static final String BYTES = "bytes";
  public static final String SHA256 = "sha256";

  /** The label of the first parent. */
  public static final String LABEL = "label";

  /** {@code mixup}, {@code cutmix} or {@code fourier}. */
  public static final String METHOD = "method";

  /** The id of the first parent, which the image shows most of. */
  public static final String PARENT = "parent";

  /** The id of the second parent, which is mixed in or whose look the image takes. */
  public static final String OTHER_PARENT = "other_parent";

  /**
   * The share of the first parent, 0 to 1. With CutMix it is the share of its pixels, with Fourier
   * the band.
   */
  public static final String LAMBDA = "lambda";

  /**
   * The seed of all random draws. With the parents and the method it gives the same pixels again.
   */
  public static final String SEED = "seed";

  /** The PDQ hash, as in {@link PixelsTable#PDQ}. */
  public static final String PDQ = "pdq";

  /** The quality of the hash, as in {@link PixelsTable#PDQ_QUALITY}. */
  public static final String PDQ_QUALITY = "pdq_quality";

  /**
   * The {@link #METHOD} that takes only the look of the second parent, which may be of any class.
   */
  public static final String FOURIER = "fourier";

  public static final TableSpec SPEC =
      new TableSpec(
          "synthetic",
          "synthesize",
          "Images that were made of two images of the train split, and how.",
          new StructType()
              .add(ID, DataTypes.StringType, false, "Id of the made image: 32 hex digits.")
              .add(PATH, DataTypes.StringType, false, "URI of its file.")
              .add(BYTES, DataTypes.LongType, false, "Length of the file in bytes.")
              .add(SHA256, DataTypes.StringType, false, "SHA-256 of the file, 64 hex digits.")
              .add(LABEL, DataTypes.StringType, false, "Its label, which is the first parent's.")
              .add(
                  METHOD, DataTypes.StringType, false, "How it was made: mixup, cutmix or fourier.")
              .add(PARENT, DataTypes.StringType, false, "Id of the image that it shows most of.")
              .add(
                  OTHER_PARENT,
                  DataTypes.StringType,
                  false,
                  "Id of the image that is mixed in, or whose look it takes.")
              .add(
                  LAMBDA,
                  DataTypes.DoubleType,
                  false,
                  "Share of the first parent, 0 to 1; of its pixels with cutmix; with fourier the"
                      + " band of frequencies that is taken from the other.")
              .add(
                  SEED,
                  DataTypes.LongType,
                  false,
                  "What all chance came from: with the parents and the method it gives the same"
                      + " pixels again.")
              .add(PDQ, DataTypes.BinaryType, false, "PDQ hash of what it looks like, 32 bytes.")
              .add(PDQ_QUALITY, DataTypes.IntegerType, false, "Quality of the PDQ hash, 0 to 100."),
          false);

  private SyntheticTable() {}
}
