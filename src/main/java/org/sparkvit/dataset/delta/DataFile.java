package org.sparkvit.dataset.delta;

import io.delta.kernel.internal.actions.AddFile;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A Parquet file of a version of a table.
 *
 * @param path where it is, whole
 * @param bytes its size
 * @param rows how many it has, or -1 where the log does not say
 * @param bounds of the columns that have statistics; none of those that have no value in the file
 * @param action what put it into the log
 */
public record DataFile(
    String path, long bytes, long rows, Map<String, Bounds> bounds, AddFile action) {
  public DataFile {
    bounds = Map.copyOf(bounds);
  }

  /** As Spark wants to know of it, without a look at the storage. */
  public FileStatus fileStatus() {
    return new FileStatus(bytes, false, 1, bytes, action.getModificationTime(), new Path(path));
  }

  /** Smallest and largest value of a column; empty where nothing is known of it. */
  public Optional<Bounds> boundsOf(String column) {
    return Optional.ofNullable(bounds.get(column));
  }
}
