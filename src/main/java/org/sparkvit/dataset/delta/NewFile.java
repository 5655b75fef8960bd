package org.sparkvit.dataset.delta;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.statistics.DataFileStatistics;
import io.delta.kernel.utils.DataFileStatus;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A Parquet file that has been written and is not yet in any version of a table.
 *
 * @param path the absolute path
 * @param bytes the size in bytes
 * @param modified the time of writing in milliseconds since 1970, by the clock of the storage
 * @param rows the number of rows
 * @param bounds the bounds of the requested columns that have values, by name
 * @param nulls the number of missing values of the requested columns, by name
 */
public record NewFile(
    String path,
    long bytes,
    long modified,
    long rows,
    Map<String, Bounds> bounds,
    Map<String, Long> nulls)
    implements Serializable {
  public NewFile {
    bounds = Map.copyOf(bounds);
    nulls = Map.copyOf(nulls);
  }

  /** Returns the file's status for Spark. */
  public FileStatus fileStatus() {
    return new FileStatus(bytes, false, 1, bytes, modified, new Path(path));
  }

  /** Returns the file's status for Kernel. */
  DataFileStatus status() {
    Map<Column, Literal> min = new HashMap<>();
    Map<Column, Literal> max = new HashMap<>();
    Map<Column, Long> nullCounts = new HashMap<>();
    bounds.forEach(
        (column, of) -> {
          min.put(new Column(column), literal(of.min()));
          max.put(new Column(column), literal(of.max()));
        });
    nulls.forEach((column, count) -> nullCounts.put(new Column(column), count));
    return new DataFileStatus(
        path, bytes, modified, Optional.of(new DataFileStatistics(rows, min, max, nullCounts)));
  }

  private static Literal literal(Comparable<?> value) {
    if (value instanceof Integer number) {
      return Literal.ofInt(number);
    }
    return value instanceof Long number
        ? Literal.ofLong(number)
        : Literal.ofString(value.toString());
  }
}
