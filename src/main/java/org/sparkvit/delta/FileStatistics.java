package org.sparkvit.delta;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.statistics.DataFileStatistics;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/** Statistics of Parquet files, from their footers: the log of a table keeps them. */
final class FileStatistics {
  private final Configuration configuration;
  private final List<String> columns;

  /**
   * @param columns names of columns on the top level whose bounds are wanted; of other types than
   *     string, int and long there are none
   */
  FileStatistics(Configuration configuration, List<String> columns) {
    this.configuration = configuration;
    this.columns = List.copyOf(columns);
  }

  /** The Parquet files of a folder, without those that are empty of rows. */
  List<NewFile> of(Path folder) throws IOException {
    FileSystem fs = folder.getFileSystem(configuration);
    List<NewFile> files = new ArrayList<>();
    for (FileStatus file : fs.listStatus(folder)) {
      String name = file.getPath().getName();
      if (file.isFile() && name.endsWith(".parquet") && !name.startsWith("_")) {
        NewFile read = of(file);
        if (read.rows() > 0) {
          files.add(read);
        }
      }
    }
    return files;
  }

  private NewFile of(FileStatus file) throws IOException {
    long rows = 0;
    Map<String, Bounds> bounds = new HashMap<>();
    Map<String, Long> nulls = new HashMap<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, configuration))) {
      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        rows += block.getRowCount();
      }
      for (String column : columns) {
        add(column, reader.getFooter().getBlocks(), bounds, nulls);
      }
    }
    Map<Column, Literal> min = new HashMap<>();
    Map<Column, Literal> max = new HashMap<>();
    Map<Column, Long> nullCounts = new HashMap<>();
    bounds.forEach(
        (column, of) -> {
          min.put(new Column(column), literal(of.min()));
          max.put(new Column(column), literal(of.max()));
        });
    nulls.forEach((column, count) -> nullCounts.put(new Column(column), count));
    DataFileStatistics statistics = new DataFileStatistics(rows, min, max, nullCounts);
    return new NewFile(
        new DataFileStatus(
            file.getPath().toString(),
            file.getLen(),
            file.getModificationTime(),
            Optional.of(statistics)),
        rows,
        bounds);
  }

  /** Over all row groups; where one has no statistics the file has none. */
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

  private static Literal literal(Comparable<?> value) {
    if (value instanceof Integer number) {
      return Literal.ofInt(number);
    }
    return value instanceof Long number
        ? Literal.ofLong(number)
        : Literal.ofString(value.toString());
  }
}
