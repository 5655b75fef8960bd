package org.sparkvit.delta;

import io.delta.kernel.utils.DataFileStatus;
import java.util.Map;

/**
 * A Parquet file that has been written and is in no version of a table yet.
 *
 * @param status where it is, its size and statistics, as Kernel wants them
 * @param rows how many it has
 * @param bounds of the columns that were asked for
 */
public record NewFile(DataFileStatus status, long rows, Map<String, Bounds> bounds) {
  public NewFile {
    bounds = Map.copyOf(bounds);
  }
}
