package org.sparkvit.tools.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The images that measurements use.
 *
 * @param name the name for the output
 * @param workspace the workspace with their catalog
 * @param images the rows of the images
 * @param files the rows of path, offset and bytes to read, at most {@value #MOST}
 * @param available the number of images in the catalog
 */
record ImageSet(
    String name, Workspace workspace, Dataset<Row> images, List<Row> files, long available) {
  /**
   * The largest number of paths, which the driver holds. More images would not improve a
   * measurement.
   */
  private static final int MOST = 5000;

  /** Returns the readable images of a workspace. */
  static ImageSet read(String name, Workspace workspace) {
    Dataset<Row> images =
        workspace.read(ImagesTable.SPEC).where(col(ImagesTable.STATUS).equalTo("OK"));
    long available = images.count();
    if (available == 0) {
      throw new UserException(
          "workspace '" + workspace.uri() + "' has no readable image to measure with");
    }
    List<Row> files =
        images
            .orderBy(ImagesTable.ID)
            .limit(MOST)
            .select(ImagesTable.PATH, ImagesTable.OFFSET, ImagesTable.BYTES)
            .collectAsList();
    return new ImageSet(name, workspace, images, files, available);
  }

  /**
   * Returns the paths on this machine's disk, for programs other than Spark, or an empty list where
   * some images are elsewhere.
   */
  List<String> localPaths() {
    boolean local =
        files.stream()
            .allMatch(row -> row.getLong(1) == 0 && row.getString(0).matches("(file:)?/.*"));
    return local
        ? files.stream().map(row -> row.getString(0).replaceFirst("^file:/*", "/")).toList()
        : List.of();
  }

  /** Writes a catalog of {@code count} rows by repeating the images. */
  void fill(Workspace scratch, long count) {
    long copies = (count + available - 1) / available;
    Dataset<Row> rows =
        images
            .withColumn("copy", explode(sequence(lit(1L), lit(copies))))
            .withColumn(ImagesTable.ID, concat(col(ImagesTable.ID), lit("-"), col("copy")))
            .orderBy(col("copy"), col(ImagesTable.ID))
            .limit((int) count)
            .drop("copy");
    scratch.replace(ImagesTable.SPEC, rows, RunRecord.start("bench", Map.of("images", count)));
  }
}
