package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Decides whether a row is about the content that the catalog has. Such a row has the id of the
 * image and the same SHA-256. This rule alone ties to an image what was computed from it. So what
 * belongs to a changed file is computed again, and nothing of its former content counts.
 *
 * <p>Null counts as a value. Where both hashes are null, nobody could read the file, and the row,
 * which says so, is about the image. Where only one hash is null, they differ. The row is then
 * about content that the catalog has not seen, or it is about no content and the catalog has seen
 * some since.
 *
 * <p>The rows may be of any table with the columns {@code id} and {@code sha256}.
 */
public final class SameContent {
  private static final String OTHER_ID = "same_content_id";
  private static final String OTHER_HASH = "same_content_sha256";

  private SameContent() {}

  /**
   * Returns whether two hashes of one image are of the same content, never null. Use it where rows
   * have been joined by id already.
   */
  public static Column isSame(Column sha256, Column other) {
    return sha256.eqNullSafe(other);
  }

  /**
   * Returns the rows that are about images as the catalog has them now.
   *
   * @param rows rows with the columns {@code id} and {@code sha256}
   * @param images rows with the columns {@code id} and {@code sha256} of {@link ImagesTable}
   */
  public static Dataset<Row> current(Dataset<Row> rows, Dataset<Row> images) {
    return rows.join(
        renamed(images.select(ImagesTable.ID, ImagesTable.SHA256)), rule(), "left_semi");
  }

  /**
   * Returns the images that no row is about.
   *
   * @param images rows with the columns {@code id} and {@code sha256} of {@link ImagesTable}
   * @param rows rows with the columns {@code id} and {@code sha256}
   */
  public static Dataset<Row> missing(Dataset<Row> images, Dataset<Row> rows) {
    return images.join(
        renamed(rows.select(ImagesTable.ID, ImagesTable.SHA256)), rule(), "left_anti");
  }

  /**
   * Returns the images that no row is about among the rows that meet a condition.
   *
   * @param images rows with the columns {@code id} and {@code sha256} of {@link ImagesTable}
   * @param rows rows with the columns {@code id}, {@code sha256}, and others whose names {@code
   *     images} does not have
   * @param condition a condition on columns of both sides
   */
  public static Dataset<Row> missing(Dataset<Row> images, Dataset<Row> rows, Column condition) {
    return images.join(renamed(rows), rule().and(condition), "left_anti");
  }

  /**
   * Returns all images, with the columns of the rows that are about them and meet a condition.
   * These columns are null where there is no such row.
   *
   * @param images rows with the columns {@code id} and {@code sha256} of {@link ImagesTable}
   * @param rows rows with the columns {@code id}, {@code sha256}, and others whose names {@code
   *     images} does not have
   * @param condition a condition on columns of both sides
   */
  public static Dataset<Row> withRows(Dataset<Row> images, Dataset<Row> rows, Column condition) {
    return images.join(renamed(rows), rule().and(condition), "left").drop(OTHER_ID, OTHER_HASH);
  }

  /**
   * Returns all images with their rows as {@link #withRows(Dataset, Dataset, Column)} does, without
   * a condition.
   */
  public static Dataset<Row> withRows(Dataset<Row> images, Dataset<Row> rows) {
    return withRows(images, rows, lit(true));
  }

  private static Dataset<Row> renamed(Dataset<Row> rows) {
    return rows.withColumnRenamed(ImagesTable.ID, OTHER_ID)
        .withColumnRenamed(ImagesTable.SHA256, OTHER_HASH);
  }

  private static Column rule() {
    return col(ImagesTable.ID)
        .equalTo(col(OTHER_ID))
        .and(isSame(col(ImagesTable.SHA256), col(OTHER_HASH)));
  }
}
