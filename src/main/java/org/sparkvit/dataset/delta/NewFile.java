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
 * A Parquet file that has been written and is in no version of a table yet.
 *
 * @param path where it is, whole
 * @param bytes its size
 * @param modified when it was written, in milliseconds, by the clock of the storage
 * @param rows how many it has
 * @param bounds of the columns that were asked for and have values
 * @param nulls how many values are missing in the columns that were asked for
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

  /** As Spark wants to know of it. */
  public FileStatus fileStatus() {
    return new FileStatus(bytes, false, 1, bytes, modified, new Path(path));
  }

  /** As Kernel wants to know of it. */
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
