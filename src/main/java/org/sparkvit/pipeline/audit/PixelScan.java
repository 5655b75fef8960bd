package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.Background;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.ImageFormat;
import org.sparkvit.inference.IncrementalTable;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.Prefetcher;

/**
 * Makes the one pass over the pixels that turns rows of a catalog into rows of {@link PixelsTable}.
 */
final class PixelScan {
  private static final int READERS = 4;
  private static final int AHEAD = 8;
  private static final long MAX_BYTES_AHEAD = 64L << 20;

  private static final String DONE_ON = "done_background";

  private static final Object[] OPAQUE_FORMATS = {ImageFormat.JPEG.name(), ImageFormat.BMP.name()};
  private static final Object[] RETRIED = {ImageStatus.MISSING.name(), ImageStatus.TIMEOUT.name()};

  private PixelScan() {}

  /**
   * Measures the images that are new or have changed.
   *
   * @param images rows of {@link ImagesTable}
   * @param deadline after which no chunk begins
   * @return how many images are left for the next run
   */
  static long scan(
      Workspace workspace,
      Dataset<Row> images,
      Deadline deadline,
      RunRecord record,
      Progress progress) {
    Background background = CatalogBackground.of(workspace);
    return fill(
        new IncrementalTable(
                workspace,
                PixelsTable.SPEC,
                images,
                // What was gone or took too long may be there in time now.
                rows -> keys(rows.where(not(col(PixelsTable.STATUS).isin(RETRIED)))))
            .until(deadline),
        "measured",
        background,
        PixelRow::of,
        record,
        progress);
  }

  /** Returns the rows of these images, for the content that the catalog saw. */
  static Dataset<Row> rows(Workspace workspace, Dataset<Row> images) {
    return SameContent.current(workspace.read(PixelsTable.SPEC), images);
  }

  /**
   * Fills a table with what a measure makes of images, each measured on the same background.
   *
   * @param table whose rows that are done are {@link #keys}
   * @param what is done to images, for people
   * @return how many images are left
   */
  static long fill(
      IncrementalTable table,
      String what,
      Background background,
      Measure measure,
      RunRecord record,
      Progress progress) {
    return table
        .doneWhere(onBackground(col(DONE_ON), background))
        .fill(
            what,
            chunk -> Optional.of(pass(chunk.spread(), table.spec().schema(), background, measure)),
            record,
            progress)
        .left();
  }

  /** Id, hash and background of rows of {@link PixelsTable} or a table like it. */
  static Dataset<Row> keys(Dataset<Row> rows) {
    return rows.select(
        col(PixelsTable.ID), col(PixelsTable.SHA256), col(PixelsTable.BACKGROUND).as(DONE_ON));
  }

  /**
   * Returns the condition that a row was measured as it would be now. Rows from before there was a
   * column for transparency are complete only where the image's format has no alpha.
   */
  private static Column onBackground(Column done, Background background) {
    return done.isin(PixelsTable.OPAQUE, background.toString())
        .or(done.isNull().and(coalesce(col(ImagesTable.FORMAT).isin(OPAQUE_FORMATS), lit(true))));
  }

  /** What is made of one decoded image; see {@link PixelRow#of}. */
  interface Measure extends Serializable {
    Row of(
        String id, String known, ImageContent content, ImageDecoder decoder, Background background);
  }

  /**
   * Reads images and makes a row of each.
   *
   * @param background the background that is passed to the measure, whose decoder returns alpha
   *     beside the colours
   */
  private static Dataset<Row> pass(
      Dataset<Row> images, StructType schema, Background background, Measure measure) {
    SparkSession spark = images.sparkSession();
    ImageSource source = new CatalogImages(new ImageFiles(spark));
    MapPartitionsFunction<Row, Row> function =
        rows -> {
          // Reading waits for the storage, so it runs ahead of the measuring in this thread.
          Prefetcher<ImageSource.Pending, Loaded> loaded =
              new Prefetcher<>(
                  source.open(rows),
                  image -> new Loaded(image.row(), image.content().get()),
                  READERS,
                  AHEAD,
                  image -> Math.max(0, image.row().<Long>getAs(ImagesTable.BYTES)),
                  MAX_BYTES_AHEAD);
          TaskCompletionListener closing = context -> loaded.close();
          TaskContext.get().addTaskCompletionListener(closing);
          ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return loaded.hasNext();
            }

            @Override
            public Row next() {
              Loaded image = loaded.next();
              return measure.of(
                  image.row().getAs(ImagesTable.ID),
                  // The content that the catalog saw, so that the image is among its findings.
                  image.row().getAs(ImagesTable.SHA256),
                  image.content(),
                  decoder,
                  background);
            }
          };
        };
    return images.mapPartitions(function, Encoders.row(schema));
  }

  private record Loaded(Row row, ImageContent content) {}
}
