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
 * The images that are measured with.
 *
 * @param name for the output
 * @param workspace with their catalog
 * @param images their rows
 * @param files what reads them, at most {@value #MOST} rows of path, offset and bytes
 * @param available how many there are
 */
record ImageSet(
    String name, Workspace workspace, Dataset<Row> images, List<Row> files, long available) {
  /** The driver holds so many paths; who measures with more measures no better. */
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

  /** Paths on this machine's disk, for programs that are not Spark; empty where some are not. */
  List<String> localPaths() {
    boolean local =
        files.stream()
            .allMatch(row -> row.getLong(1) == 0 && row.getString(0).matches("(file:)?/.*"));
    return local
        ? files.stream().map(row -> row.getString(0).replaceFirst("^file:/*", "/")).toList()
        : List.of();
  }

  /** Writes a catalog of {@code count} rows: the images there are, as often as it takes. */
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
