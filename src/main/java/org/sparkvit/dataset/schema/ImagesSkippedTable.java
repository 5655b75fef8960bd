package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code images_skipped}: one row for each thing in the catalog's inputs that did not become a row
 * of {@code images}. It is written together with {@code images}. A file that should be an image and
 * is none is not here, as it has a row with a status there.
 */
public final class ImagesSkippedTable {
  /**
   * The URI of the file or folder, written as in {@link ImagesTable#PATH}. For a label without an
   * image and the like, it is the text that names it best.
   */
  public static final String PATH = "path";

  /**
   * The reason why it is no image, as a constant of the catalog's list of reasons, such as HIDDEN.
   */
  public static final String REASON = "reason";

  /** Details in a few words, or null where the reason says everything. */
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
