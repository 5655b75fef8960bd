package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Applies the catalog's current labels to tables that were made from an earlier catalog. Such a
 * table has the label that an image had at that time. The label that counts is the one that the
 * catalog has now.
 */
public final class CurrentLabels {
  private static final String NOW_ID = "label_now_id";
  private static final String NOW = "label_now";

  private CurrentLabels() {}

  /**
   * Returns the rows with the current labels in place of their own. The label is null where the
   * image has none now, or the catalog no longer has the image.
   *
   * @param rows rows of a table with the columns {@code id} and {@code label}
   * @param images rows of {@link ImagesTable}
   */
  public static Dataset<Row> in(Dataset<Row> rows, Dataset<Row> images) {
    Column[] columns =
        Arrays.stream(rows.columns())
            .map(
                name ->
                    name.equals(ImagesTable.LABEL) ? col(NOW).as(name) : QuotedColumn.named(name))
            .toArray(Column[]::new);
    return joined(rows, images).select(columns);
  }

  /**
   * Returns the rows whose images are still in the catalog and have the label that the rows have.
   *
   * @param rows rows of a table with the columns {@code id} and {@code label}
   * @param images rows of {@link ImagesTable}
   */
  public static Dataset<Row> unchanged(Dataset<Row> rows, Dataset<Row> images) {
    return joined(rows, images)
        .where(col(NOW_ID).isNotNull().and(col(NOW).eqNullSafe(rows.col(ImagesTable.LABEL))))
        .drop(NOW_ID, NOW);
  }

  /**
   * Returns the number of rows whose images are in the catalog and have another label now, or none.
   *
   * @param rows rows of a table with the columns {@code id} and {@code label}
   * @param images rows of {@link ImagesTable}
   */
  public static long changed(Dataset<Row> rows, Dataset<Row> images) {
    return joined(rows, images)
        .agg(
            count_if(
                col(NOW_ID).isNotNull().and(not(col(NOW).eqNullSafe(rows.col(ImagesTable.LABEL))))))
        .first()
        .getLong(0);
  }

  private static Dataset<Row> joined(Dataset<Row> rows, Dataset<Row> images) {
    Dataset<Row> now =
        images.select(col(ImagesTable.ID).as(NOW_ID), col(ImagesTable.LABEL).as(NOW));
    return rows.join(now, rows.col(ImagesTable.ID).equalTo(col(NOW_ID)), "left");
  }

  /**
   * Checks that some readable image of the catalog has a label.
   *
   * @param images rows of {@link ImagesTable}
   * @param purpose the purpose of the labels, as words that follow "no image to"
   * @throws UserException when no readable image of the catalog has a label
   */
  public static void require(Dataset<Row> images, String purpose) {
    if (images.where(ImagesTable.usable().and(ImagesTable.labelled())).isEmpty()) {
      throw new UserException(
          "no readable image of the catalog has a label, so there is no image to "
              + purpose
              + "; catalog them with labels (a folder for each class, or a manifest with a column"
              + " 'label'), or let a trained model label them: 'spark-vit score', then 'spark-vit"
              + " relabel'");
    }
  }
}
