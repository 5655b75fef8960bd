package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code leakage}: how far images of one split repeat in another. There is one row for each ordered
 * pair of splits and each kind of similarity that occurs.
 */
public final class LeakageTable {
  /** The split whose images are counted. */
  public static final String SPLIT = "split";

  /** The split in which they repeat. */
  public static final String OTHER = "other";

  /**
   * The closest similarity of the pair of images, as in {@link DuplicatesTable#KIND}, or {@link
   * #GROUP}.
   */
  public static final String KIND = "kind";

  /** The images need not look alike, but belong to one patient, document or the like. */
  public static final String GROUP = "GROUP";

  /** The number of pairs of images. */
  public static final String PAIRS = "pairs";

  /** The number of those pairs whose labels differ. */
  public static final String CONFLICTS = "conflicts";

  /** The number of images of the split that repeat in the other one. */
  public static final String IMAGES = "images";

  /** The share of such images in the split, 0 to 1. */
  public static final String SHARE = "share";

  public static final TableSpec SPEC =
      new TableSpec(
          "leakage",
          "audit",
          "How far images of one split repeat in another: one row for each ordered pair of splits"
              + " and each kind of likeness that occurs.",
          new StructType()
              .add(
                  SPLIT,
                  DataTypes.StringType,
                  false,
                  "The split whose images are counted: train, validation or test.")
              .add(
                  OTHER,
                  DataTypes.StringType,
                  false,
                  "The split in which they repeat: train, validation or test.")
              .add(
                  KIND,
                  DataTypes.StringType,
                  false,
                  "The closest likeness of the two images: BYTES, PIXELS or LOOK, as in table"
                      + " duplicates; GROUP where they need not look alike but are of one patient,"
                      + " document or the like.")
              .add(PAIRS, DataTypes.LongType, false, "Pairs of images, one of each split.")
              .add(
                  CONFLICTS, DataTypes.LongType, false, "Of these pairs those whose labels differ.")
              .add(
                  IMAGES,
                  DataTypes.LongType,
                  false,
                  "Images of the split that have such a twin in the other.")
              .add(
                  SHARE, DataTypes.DoubleType, false, "Their share of the split's images, 0 to 1."),
          false);

  private LeakageTable() {}
}
