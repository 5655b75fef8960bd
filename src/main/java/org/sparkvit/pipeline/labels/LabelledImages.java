package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.ImagesTable;

/** Selects the images whose labels can be judged. */
final class LabelledImages {
  /**
   * The column with the group of an image. Images that repeat one another have the same group. It
   * is never null.
   */
  static final String GROUP = "group";

  private LabelledImages() {}

  /**
   * Returns the usable, labelled images with the columns id, path, offset, bytes, sha256, label and
   * {@link #GROUP}.
   *
   * @param images rows of {@link org.sparkvit.dataset.schema.ImagesTable}
   * @param duplicates rows of {@link DuplicatesTable}, or empty where there has been no audit
   */
  static Dataset<Row> of(Dataset<Row> images, Optional<Dataset<Row>> duplicates) {
    Dataset<Row> labelled =
        images
            .where(ImagesTable.usable().and(ImagesTable.labelled()))
            // Only these columns are kept, as a user's own column may have any name.
            .select(
                ImagesTable.ID,
                ImagesTable.PATH,
                ImagesTable.LABEL,
                ImagesTable.OFFSET,
                ImagesTable.BYTES,
                ImagesTable.SHA256);
    Dataset<Row> tied =
        duplicates
            .map(
                rows ->
                    labelled.join(
                        rows.select(
                            col(DuplicatesTable.ID).as(ImagesTable.ID),
                            col(DuplicatesTable.COMPONENT).as(GROUP)),
                        new String[] {ImagesTable.ID},
                        "left"))
            .orElse(labelled.withColumn(GROUP, lit(null).cast(DataTypes.StringType)));
    return tied.withColumn(
        GROUP, coalesce(col(GROUP), col(ImagesTable.SHA256), col(ImagesTable.ID)));
  }
}
