package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.workspace.SpreadsheetCells;
import org.sparkvit.loading.ImageManifest;

/**
 * Writes the files of a relabelling for other people and programs.
 *
 * <pre>
 * labels.parquet/   every image with its new label, as an {@link ImageManifest}
 * review.csv        the review queue, to be opened by people; see {@link SpreadsheetCells}
 * </pre>
 *
 * @param folder the URI of a new folder
 */
record LabelExport(SparkSession spark, String folder) {
  private static final String MANIFEST = "labels.parquet";
  private static final String REVIEW = "review.csv";

  String manifest() {
    return folder + "/" + MANIFEST;
  }

  String review() {
    return folder + "/" + REVIEW;
  }

  /** Writes the manifest of the rows that {@link RelabelDecisions#of} returns. */
  void writeManifest(Dataset<Row> decided) {
    ImageManifest.write(images(decided), manifest());
  }

  /**
   * Returns rows of {@link org.sparkvit.dataset.schema.ImagesTable} with the labels that were
   * decided on.
   */
  static Dataset<Row> images(Dataset<Row> decided) {
    return decided
        .select(
            col(RelabelDecisions.IMAGE + ".*"), col(RelabelsTable.NEW_LABEL).as("decided_label"))
        .withColumn(ImagesTable.LABEL, col("decided_label"))
        .drop("decided_label");
  }

  /** Writes the review queue, as rows of {@link ReviewTable}, into one file. */
  void writeReview(Dataset<Row> queue) {
    Path parts = new Path(folder, "_review");
    try {
      FileSystem fs = parts.getFileSystem(spark.sparkContext().hadoopConfiguration());
      SpreadsheetCells.quoted(queue.drop(RelabelsTable.MODEL))
          .coalesce(1)
          .sortWithinPartitions(ReviewTable.RANK)
          .write()
          .option("header", true)
          .option("escape", "\"")
          .option("ignoreLeadingWhiteSpace", false)
          .option("ignoreTrailingWhiteSpace", false)
          .option("emptyValue", "")
          .csv(parts.toString());
      for (FileStatus part : fs.listStatus(parts)) {
        if (part.getPath().getName().endsWith(".csv")
            && !fs.rename(part.getPath(), new Path(review()))) {
          throw new IOException(part.getPath() + " cannot be renamed to " + review());
        }
      }
      fs.delete(parts, true);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + review(), e);
    }
  }
}
