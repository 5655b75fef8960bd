package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code synthetic}: images made of two images of the train split, and how. */
public final class SyntheticTable {
  public static final String ID = "id";

  /** URI of the file. */
  public static final String PATH = "path";

  public static final String BYTES = "bytes";
  public static final String SHA256 = "sha256";

  /** That of the first parent. */
  public static final String LABEL = "label";

  /** {@code mixup}, {@code cutmix} or {@code fourier}. */
  public static final String METHOD = "method";

  /** Id of the image that it shows most of. */
  public static final String PARENT = "parent";

  /** Id of the image that is mixed in, or whose look it takes. */
  public static final String OTHER_PARENT = "other_parent";

  /** Share of the first parent, 0 to 1; of its pixels with CutMix; with Fourier the band. */
  public static final String LAMBDA = "lambda";

  /** What all chance came from: with the parents and the method it gives the same pixels again. */
  public static final String SEED = "seed";

  /** As {@link PixelsTable#PDQ}. */
  public static final String PDQ = "pdq";

  /** As {@link PixelsTable#PDQ_QUALITY}. */
  public static final String PDQ_QUALITY = "pdq_quality";

  /**
   * The {@link #METHOD} that takes only the look of the other parent, which may be of any class.
   */
  public static final String FOURIER = "fourier";

  public static final TableSpec SPEC =
      new TableSpec(
          "synthetic",
          "synthesize",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(PATH, DataTypes.StringType, false)
              .add(BYTES, DataTypes.LongType, false)
              .add(SHA256, DataTypes.StringType, false)
              .add(LABEL, DataTypes.StringType, false)
              .add(METHOD, DataTypes.StringType, false)
              .add(PARENT, DataTypes.StringType, false)
              .add(OTHER_PARENT, DataTypes.StringType, false)
              .add(LAMBDA, DataTypes.DoubleType, false)
              .add(SEED, DataTypes.LongType, false)
              .add(PDQ, DataTypes.BinaryType, false)
              .add(PDQ_QUALITY, DataTypes.IntegerType, false),
          false);

  private SyntheticTable() {}
}
