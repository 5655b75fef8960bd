package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.Within;

/**
 * Asks the storage for the sizes of files that a manifest names. Without sizes, neither the work of
 * tasks nor the memory of reading ahead could be bounded.
 */
record FileSizes(ImageFiles files, Within within) implements Serializable {
  /** The number of requests at once. A request only waits. */
  private static final int AT_ONCE = 16;

  /**
   * Returns the listing with sizes and times. A file whose size cannot be read keeps its nulls, and
   * reading it will say why. A file to which a link leads from outside of {@code within} is
   * refused.
   */
  static JavaRDD<Row> of(SparkSession spark, JavaRDD<Row> listing, Within within) {
    FileSizes sizes = new FileSizes(new ImageFiles(spark), within);
    int tasks = spark.sparkContext().defaultParallelism();
    // One file of names is one partition, however many images it has.
    return listing
        .repartition(Math.max(tasks, listing.getNumPartitions()))
        .mapPartitions(sizes::ask);
  }

  private Iterator<Row> ask(Iterator<Row> listed) {
    Prefetcher<Row, Row> asked = new Prefetcher<>(listed, this::withSize, AT_ONCE, 4 * AT_ONCE);
    TaskCompletionListener closing = context -> asked.close();
    TaskContext.get().addTaskCompletionListener(closing);
    return asked;
  }

  private Row withSize(Row listed) {
    // The length of an image inside a Parquet file is learnt when it is read.
    if (listed.isNullAt(Listing.AT_PATH)
        || !Listing.isToBeRead(listed)
        || !listed.isNullAt(Listing.AT_ABOUT_BYTES)) {
      return listed;
    }
    String path = listed.getString(Listing.AT_PATH);
    long offset = listed.getLong(Listing.AT_OFFSET);
    try {
      Optional<String> refusal =
          within.refusalOfLinks(new Path(ImageFiles.containerOf(path, offset)));
      if (refusal.isPresent()) {
        return refused(listed, refusal.get());
      }
      if (!listed.isNullAt(Listing.AT_BYTES)) {
        return withinContainer(listed, path, offset, listed.getLong(Listing.AT_BYTES));
      }
      FileStatus status = files.status(path);
      return status.isDirectory() ? listed : sized(listed, status);
    } catch (IOException | RuntimeException e) {
      return listed;
    }
  }

  /**
   * Checks that a member lies within its tar file. Too large members need this check, as they are
   * never read, so that nobody would notice one that is missing.
   */
  private Row withinContainer(Row listed, String path, long offset, long bytes) throws IOException {
    if (bytes <= DecodeLimits.DEFAULT.maxBytes() || ParquetCell.of(path, offset).isPresent()) {
      return listed;
    }
    long length = files.containerLength(path, offset);
    return bytes <= length - offset
        ? listed
        : refused(
            listed,
            "is said to be "
                + bytes
                + " bytes from byte "
                + offset
                + " of a file that has "
                + length
                + "; write the manifest again");
  }

  private static Row refused(Row listed, String why) {
    Object[] values = values(listed);
    values[Listing.AT_OFFSET] = 0L;
    values[Listing.AT_BYTES] = null;
    values[Listing.AT_REFUSED] = why;
    return RowFactory.create(values);
  }

  private static Row sized(Row listed, FileStatus status) {
    Object[] values = values(listed);
    values[Listing.AT_BYTES] = status.getLen();
    values[Listing.AT_MODIFIED] = new Timestamp(status.getModificationTime());
    return RowFactory.create(values);
  }

  private static Object[] values(Row listed) {
    Object[] values = new Object[listed.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = listed.get(i);
    }
    return values;
  }
}
