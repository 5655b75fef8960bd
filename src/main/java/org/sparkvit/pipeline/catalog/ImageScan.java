package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.RetryingImageReader;

/**
 * Turns a listing into rows of the images table, one for one. Each file is read whole, hashed, and
 * decoded, since many defects show only in the pixels.
 */
final class ImageScan {
  private static final int READERS = 8;
  private static final long MAX_BYTES_AHEAD = 64L << 20;

  /**
   * The number of bytes of images whose rows share one file of the table; these are some 100,000
   * images.
   */
  private static final long BYTES_A_FILE = 16L << 30;

  private static final int MOST_FILES = 100_000;

  private ImageScan() {}

  /**
   * Reads and decodes every file of a listing.
   *
   * @param listing rows of {@link Listing#SCHEMA} and the user's own columns
   * @param total the sum of {@link SizeBalancer#weight}
   * @param partitions the number of tasks that decode; no row depends on it
   * @param known rows of the result whose files need not be read
   * @return the rows, in few partitions and in the order of their ids
   */
  static Dataset<Row> scan(Dataset<Row> listing, long total, int partitions, Known known) {
    SparkSession spark = listing.sparkSession();
    StructType schema = ImagesTable.SPEC.schema();
    for (StructField field : Listing.own(listing.schema())) {
      schema = schema.add(field);
    }
    DecodeLimits limits = DecodeLimits.DEFAULT;
    Task task =
        new Task(
            new FileReader(
                new RetryingImageReader(new ImageFiles(spark), RetryingImageReader.FIRST_PAUSE),
                limits.maxBytes()),
            spark.sparkContext().longAccumulator("images"));
    JavaRDD<Row> files = SizeBalancer.balance(listing, total, partitions);
    return spark.createDataFrame(
        // The sizes are what others say of the files, so they alone decide nothing.
        IdOrder.sorted(
            known.rows().map(rows -> rows.javaRDD()).stream()
                .reduce(files.mapPartitions(task::rows), JavaRDD::union),
            (int) Math.min(MOST_FILES, (total + known.bytes()) / BYTES_A_FILE + 1)),
        schema);
  }

  /**
   * Rows whose files need not be read.
   *
   * @param rows as those of the result, or nothing where all are to be read
   * @param bytes the sum of the sizes of their files
   */
  record Known(Optional<Dataset<Row>> rows, long bytes) {}

  private record Task(FileReader reader, LongAccumulator images) implements Serializable {

    private Iterator<Row> rows(Iterator<Row> listed) {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
      // Reading from S3 is mostly waiting, so it runs ahead of the decoding in this thread.
      Prefetcher<Row, FileReader.Content> contents =
          new Prefetcher<>(listed, reader::read, READERS, READERS, Task::size, MAX_BYTES_AHEAD);
      TaskCompletionListener closing = context -> contents.close();
      TaskContext.get().addTaskCompletionListener(closing);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return contents.hasNext();
        }

        @Override
        public Row next() {
          FileReader.Content content = contents.next();
          images.add(1);
          return row(content, decoder);
        }
      };
    }

    private static long size(Row listed) {
      return SizeBalancer.bytes(listed, 1 << 20);
    }
  }

  private static Row row(FileReader.Content file, ImageDecoder decoder) {
    Row listed = file.listed();
    String path = listed.getString(Listing.AT_PATH);
    DecodedImage image =
        file.content() == null
            ? new DecodedImage(file.status(), file.reason(), null, 0, 0, 0, 1, null)
            : decoder.decode(file.content(), path);
    List<Object> values = new ArrayList<>();
    values.add(StableHash.id(listed.getString(Listing.AT_NAME)));
    values.add(path);
    values.add(listed.get(Listing.AT_LABEL));
    values.add(listed.get(Listing.AT_SPLIT));
    values.add(file.bytes());
    values.add(listed.get(Listing.AT_OFFSET));
    values.add(file.modified());
    values.add(file.content() == null ? null : StableHash.sha256(file.content()));
    values.add(image.format() == null ? null : image.format().name());
    values.add(orNull(image.width()));
    values.add(orNull(image.height()));
    values.add(orNull(image.channels()));
    values.add(image.format() == null ? null : image.orientation());
    values.add(image.status().name());
    values.add(image.reason().isEmpty() ? null : image.reason());
    for (Object own : Listing.own(listed)) {
      values.add(own);
    }
    return RowFactory.create(values.toArray());
  }

  private static Integer orNull(int size) {
    return size == 0 ? null : size;
  }
}
