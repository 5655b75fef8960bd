package org.sparkvit.dataset.delta;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/** Reads the statistics of Parquet files from their footers, for the log of a table. */
public final class FileStatistics {
  private final Configuration configuration;
  private final List<String> columns;

  /**
   * Creates a reader.
   *
   * @param columns the names of the top-level columns whose bounds are wanted; only strings, ints
   *     and longs have bounds
   */
  public FileStatistics(Configuration configuration, List<String> columns) {
    this.configuration = configuration;
    this.columns = List.copyOf(columns);
  }

  /** Reads the footer of a file. */
  public NewFile read(Path file) throws IOException {
    FileStatus status = file.getFileSystem(configuration).getFileStatus(file);
    long rows = 0;
    Map<String, Bounds> bounds = new HashMap<>();
    Map<String, Long> nulls = new HashMap<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(status, configuration))) {
      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        rows += block.getRowCount();
      }
      for (String column : columns) {
        add(column, reader.getFooter().getBlocks(), bounds, nulls);
      }
    }
    return new NewFile(
        status.getPath().toString(),
        status.getLen(),
        status.getModificationTime(),
        rows,
        bounds,
        nulls);
  }

  /**
   * Adds the bounds of a column over all row groups. Where one row group has no statistics, the
   * file has none.
   */
  private static void add(
      String column,
      List<BlockMetaData> blocks,
      Map<String, Bounds> bounds,
      Map<String, Long> nulls) {
    Bounds all = null;
    long nullCount = 0;
    for (BlockMetaData block : blocks) {
      ColumnChunkMetaData chunk = chunk(block, column);
      if (chunk == null) {
        return;
      }
      Statistics<?> statistics = chunk.getStatistics();
      if (statistics == null || statistics.isEmpty() || !statistics.isNumNullsSet()) {
        return;
      }
      nullCount += statistics.getNumNulls();
      if (!statistics.hasNonNullValue()) {
        if (statistics.getNumNulls() < chunk.getValueCount()) {
          return; // values too long for the footer
        }
        continue;
      }
      Comparable<?> min = value(chunk.getPrimitiveType(), statistics.genericGetMin());
      Comparable<?> max = value(chunk.getPrimitiveType(), statistics.genericGetMax());
      if (min == null || max == null) {
        return;
      }
      all = all == null ? new Bounds(min, max) : all.with(new Bounds(min, max));
    }
    nulls.put(column, nullCount);
    if (all != null) {
      bounds.put(column, all);
    }
  }

  private static ColumnChunkMetaData chunk(BlockMetaData block, String column) {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      String[] path = chunk.getPath().toArray();
      if (path.length == 1 && path[0].equals(column)) {
        return chunk;
      }
    }
    return null;
  }

  private static Comparable<?> value(PrimitiveType type, Object value) {
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (value instanceof Binary binary
        && annotation instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation) {
      return binary.toStringUsingUTF8();
    }
    return annotation == null && (value instanceof Integer || value instanceof Long)
        ? (Comparable<?>) value
        : null;
  }
}
