package org.sparkvit.dataset.delta;

import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.util.VectorUtils;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A Parquet file of a version of a table.
 *
 * @param path the absolute path
 * @param bytes the size in bytes
 * @param rows the number of rows, or -1 where the log does not say
 * @param bounds the bounds of the columns that have statistics, by name; a column without any value
 *     in the file has none
 * @param action the log's entry that added it
 */
public record DataFile(
    String path, long bytes, long rows, Map<String, Bounds> bounds, AddFile action) {
  public DataFile {
    bounds = Map.copyOf(bounds);
  }

  /** Returns the file's status for Spark, without asking the storage. */
  public FileStatus fileStatus() {
    return new FileStatus(bytes, false, 1, bytes, action.getModificationTime(), new Path(path));
  }

  /** Returns whether some of the file's rows are deleted, which the file itself does not tell. */
  public boolean hasDeletionVector() {
    return action.getDeletionVector().isPresent();
  }

  /** Returns the value that all rows have in a column of partitions, or empty where it is null. */
  public Optional<String> partitionValue(String column) {
    return Optional.ofNullable(
            VectorUtils.<String, String>toJavaMap(action.getPartitionValues()).get(column))
        .filter(value -> !value.isEmpty());
  }

  /** Returns the bounds of a column, or empty where they are not known. */
  public Optional<Bounds> boundsOf(String column) {
    return Optional.ofNullable(bounds.get(column));
  }
}
