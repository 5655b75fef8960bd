package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code images_skipped}: what the catalog met in its inputs and made no row of {@code images} of,
 * one row each; written together with {@code images}. A file that should be an image and is none is
 * not here: it has its row and a status there.
 */
public final class ImagesSkippedTable {
  /**
   * URI of the file or folder, written as in {@link ImagesTable#PATH}; for a label without an image
   * and the like, what names it best.
   */
  public static final String PATH = "path";

  /** Why it is no image, as a constant of the catalog's list of reasons, such as HIDDEN. */
  public static final String REASON = "reason";

  /** More about this one in a few words, or null where the reason says all. */
  public static final String DETAIL = "detail";

  public static final TableSpec SPEC =
      new TableSpec(
          "images_skipped",
          "catalog",
          "What the catalog met in its inputs and made no row of table images of; written together"
              + " with that table. A file that should be an image and is none has its row and"
              + " status there.",
          new StructType()
              .add(
                  PATH,
                  DataTypes.StringType,
                  false,
                  "URI of the file or folder; for a label without an image and the like, what names"
                      + " it best.")
              .add(
                  REASON,
                  DataTypes.StringType,
                  false,
                  "Why it is no image, such as HIDDEN, NOT_AN_IMAGE or WITHOUT_IMAGE.")
              .add(
                  DETAIL,
                  DataTypes.StringType,
                  true,
                  "More about it in a few words; null where the reason says all."),
          false);

  private ImagesSkippedTable() {}
}
