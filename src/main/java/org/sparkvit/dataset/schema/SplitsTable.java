package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code splits}: the split of each usable, labelled image. */
public final class SplitsTable {
  public static final String ID = "id";
  public static final String LABEL = "label";

  /** {@link #TRAIN}, {@link #VALIDATION} or {@link #TEST}. */
  public static final String SPLIT = "split";

  /**
   * The group of the image, whose images are all in one split, or null for an image that stands
   * alone.
   */
  public static final String GROUP = "group";

  public static final String TRAIN = "train";
  public static final String VALIDATION = "validation";
  public static final String TEST = "test";

  /** The names of the splits in the usual order. */
  public static final List<String> NAMES = List.of(TRAIN, VALIDATION, TEST);

  public static final TableSpec SPEC =
      new TableSpec(
          "splits",
          "split",
          "The split of each usable, labelled image.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(LABEL, DataTypes.StringType, false, ColumnComments.LABEL)
              .add(SPLIT, DataTypes.StringType, false, "train, validation or test.")
              .add(
                  GROUP,
                  DataTypes.StringType,
                  true,
                  "Images with one value here never part; null for an image that stands alone."),
          false);

  private SplitsTable() {}
}
