package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code label_noise}: the estimated numbers of labels of one class that belong to another. */
public final class LabelNoiseTable {
  /** The label that images have. */
  public static final String LABEL = "label";

  /**
   * The class that the images likely belong to. Where it equals the label, the labels are likely
   * right.
   */
  public static final String LIKELY = "likely";

  /** The estimated number of images. */
  public static final String IMAGES = "images";

  public static final TableSpec SPEC =
      new TableSpec(
          "label_noise",
          "labels",
          "About how many images with one label are likely to belong to each class.",
          new StructType()
              .add(LABEL, DataTypes.StringType, false, "The label that the images have.")
              .add(
                  LIKELY,
                  DataTypes.StringType,
                  false,
                  "The class that they are likely of; where it is the label, they are likely"
                      + " right.")
              .add(IMAGES, DataTypes.LongType, false, "Images, estimated."),
          false);

  private LabelNoiseTable() {}
}
