package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * The rule that a row is about the content that the catalog knows: it has the id of the image and
 * the same SHA-256. Whatever was computed from an image is tied to it by this rule alone, so a file
 * that has changed is computed again, and nothing of its former content counts.
 *
 * <p>Null counts as a value. Where neither side has a hash, nobody could read the file; the row
 * says so and is about the image. Where only one side has a hash they differ: the row is about
 * content that the catalog has not seen, or about none although the catalog has seen some since.
 *
 * <p>The rows are of any table with the columns {@code id} and {@code sha256}.
 */
public final class SameContent {
  private static final String OTHER_ID = "same_content_id";
  private static final String OTHER_HASH = "same_content_sha256";

  private SameContent() {}

  /**
   * Whether two hashes of one image are of the same content; never null. For who has joined by id
   * already.
   */
  public static Column isSame(Column sha256, Column other) {
    return sha256.eqNullSafe(other);
  }

  /**
   * The rows that are about images as the catalog knows them.
   *
   * @param rows with id and sha256
   * @param images with the id and sha256 of {@link ImagesTable}
   */
  public static Dataset<Row> current(Dataset<Row> rows, Dataset<Row> images) {
    return rows.join(
        renamed(images.select(ImagesTable.ID, ImagesTable.SHA256)), rule(), "left_semi");
  }

  /**
   * The images that no row is about.
   *
   * @param images with the id and sha256 of {@link ImagesTable}
   * @param rows with id and sha256
   */
  public static Dataset<Row> missing(Dataset<Row> images, Dataset<Row> rows) {
    return images.join(
        renamed(rows.select(ImagesTable.ID, ImagesTable.SHA256)), rule(), "left_anti");
  }

  /**
   * The images that no row is about which meets a further condition.
   *
   * @param images with the id and sha256 of {@link ImagesTable}
   * @param rows with id, sha256, and columns whose names {@code images} does not have
   * @param condition on columns of both sides
   */
  public static Dataset<Row> missing(Dataset<Row> images, Dataset<Row> rows, Column condition) {
    return images.join(renamed(rows), rule().and(condition), "left_anti");
  }

  /**
   * All images, with the columns of the rows that are about them and meet a further condition; null
   * where there is no such row.
   *
   * @param images with the id and sha256 of {@link ImagesTable}
   * @param rows with id, sha256, and columns whose names {@code images} does not have
   * @param condition on columns of both sides
   */
  public static Dataset<Row> withRows(Dataset<Row> images, Dataset<Row> rows, Column condition) {
    return images.join(renamed(rows), rule().and(condition), "left").drop(OTHER_ID, OTHER_HASH);
  }

  /** As {@link #withRows(Dataset, Dataset, Column)}, without a further condition. */
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
