package org.sparkvit.catalog;

import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Iterator;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.inference.Prefetcher;
import org.sparkvit.table.ImageFiles;

/**
 * Asks for the sizes of files that a manifest names. Without them neither the work of the tasks nor
 * the memory of reading ahead could be bounded.
 */
record FileSizes(ImageFiles files) implements Serializable {
  /** Such a question is all waiting. */
  private static final int AT_ONCE = 16;

  /**
   * The listing with sizes and times; a file that gives none keeps its nulls, and the reading says
   * why.
   */
  static JavaRDD<Row> of(SparkSession spark, JavaRDD<Row> listing) {
    FileSizes sizes = new FileSizes(new ImageFiles(spark));
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
    if (!listed.isNullAt(Listing.AT_BYTES) || listed.isNullAt(Listing.AT_PATH)) {
      return listed;
    }
    FileStatus status;
    try {
      status = files.status(listed.getString(Listing.AT_PATH));
    } catch (IOException | RuntimeException e) {
      return listed;
    }
    if (status.isDirectory()) {
      return listed;
    }
    Object[] values = new Object[listed.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = listed.get(i);
    }
    values[Listing.AT_BYTES] = status.getLen();
    values[Listing.AT_MODIFIED] = new Timestamp(status.getModificationTime());
    return RowFactory.create(values);
  }
}
