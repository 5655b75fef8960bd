package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.loading.ParquetColumn;
import org.sparkvit.loading.RetryingImageReader;

/**
 * The images inside Parquet files. They are listed by the footers alone; what a footer does not
 * say, such as the length of one image, is learnt when it is read.
 *
 * @param column the names of the column and of the field in it, with a dot in between
 * @param files what is known of each file, by its URI
 */
record ParquetImages(String column, Map<String, Facts> files) implements Serializable {
  private static final int MAX_TASKS = 2_000;

  /**
   * What is known of a file.
   *
   * @param rows the number of rows
   * @param bytes the number of bytes of the column before it is compressed
   * @param nulls the number of rows without an image, or -1 where the footer does not say
   * @param modified the time of its last modification in milliseconds since 1970
   */
  record Facts(long rows, long bytes, long nulls, long modified) implements Serializable {
    /** Returns about how many bytes an image has. */
    long bytesOfOne() {
      return bytes / Math.max(1, rows - Math.max(0, nulls));
    }
  }

  /**
   * Reads the footers of files, in a Spark job.
   *
   * @param files the URIs of the files
   * @throws UserException when one of them cannot be read, or lacks the column
   */
  static ParquetImages survey(SparkSession spark, List<String> files, String column) {
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    // Rows, as Kryo, which a session may use for the results of tasks, cannot serialize records.
    List<Row> looks =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(files, Math.max(1, Math.min(files.size(), MAX_TASKS)))
            .map(file -> look(file, column, configuration))
            .collect();
    Map<String, Facts> facts = new HashMap<>();
    for (Row look : looks) {
      if (look.length() == 2) {
        throw new UserException("manifest '" + look.getString(0) + "': " + look.getString(1));
      }
      facts.put(
          look.getString(0),
          new Facts(look.getLong(1), look.getLong(2), look.getLong(3), look.getLong(4)));
    }
    return new ParquetImages(column, facts);
  }

  /** Returns a file with its facts, or with the reason why there are none. */
  private static Row look(String file, String column, SerializableConfiguration configuration) {
    if (!ParquetCell.canName(file)) {
      return RowFactory.create(
          file,
          "its path has '.tar#' in it, by which members of tar files are told; rename the folder");
    }
    try {
      ParquetColumn read = ParquetColumn.open(new Path(file), column, configuration.value());
      return RowFactory.create(
          file, read.rows(), read.bytes(), read.nulls().orElse(-1), read.modified());
    } catch (IOException e) {
      return RowFactory.create(file, RetryingImageReader.message(e) + "; write the file anew");
    }
  }

  /** Returns the number of rows. */
  long rows() {
    return files.values().stream().mapToLong(Facts::rows).sum();
  }

  /** Returns the number of rows without an image, or empty where some footer does not say. */
  OptionalLong nulls() {
    return files.values().stream().anyMatch(file -> file.nulls < 0)
        ? OptionalLong.empty()
        : OptionalLong.of(files.values().stream().mapToLong(Facts::nulls).sum());
  }
}
