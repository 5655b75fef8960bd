package org.sparkvit.loading;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.sparkvit.core.ImageStatus;

/**
 * What the footer of a Parquet file says about one column of bytes, of which a row has one cell.
 *
 * @param file the file
 * @param length the file's length in bytes
 * @param modified the time of the file's last modification in milliseconds since 1970
 * @param descriptor the column
 * @param createdBy the program that wrote the file, or null where it does not say
 * @param chunks the column's parts, one for each row group, in the order of the rows
 */
public record ParquetColumn(
    Path file,
    long length,
    long modified,
    ColumnDescriptor descriptor,
    String createdBy,
    List<Chunk> chunks) {

  /** The bytes behind the last column: the footer's length, and the letters that end the file. */
  private static final int TAIL = 8;

  /**
   * The beginning of the message with which Parquet's classes throw an {@link IOException} for a
   * footer that they have read and do not understand. It has no type of its own.
   */
  private static final String MALFORMED = "can not read class";

  /**
   * The cells of one row group.
   *
   * @param firstRow the index in the file of the group's first row
   * @param rows the number of rows
   * @param meta the place and form of the cells
   */
  record Chunk(long firstRow, long rows, ColumnChunkMetaData meta) {
    long end() {
      return meta.getStartingPos() + meta.getTotalSize();
    }
  }

  /**
   * Reads the footer of a file.
   *
   * @param column the names of the column and of the structures around it, with dots in between
   * @throws FileNotFoundException when the file is gone
   * @throws CellException when the file is no Parquet file, or has no such column of bytes
   * @throws IOException when the storage does not answer
   */
  public static ParquetColumn open(Path file, String column, Configuration configuration)
      throws IOException {
    FileSystem fs = Storage.of(file, configuration);
    FileStatus status = fs.getFileStatus(file);
    ParquetMetadata footer = footer(fs, status, file, configuration);
    ColumnDescriptor descriptor = descriptor(footer, column);
    List<Chunk> chunks = new ArrayList<>();
    long row = 0;
    for (BlockMetaData block : footer.getBlocks()) {
      ColumnChunkMetaData meta = chunk(block, column);
      Chunk chunk = new Chunk(row, block.getRowCount(), meta);
      if (chunk.end() > status.getLen() - TAIL) {
        throw damaged("its footer names bytes behind its end", null);
      }
      chunks.add(chunk);
      row += block.getRowCount();
    }
    return new ParquetColumn(
        file,
        status.getLen(),
        status.getModificationTime(),
        descriptor,
        footer.getFileMetaData().getCreatedBy(),
        List.copyOf(chunks));
  }

  static CellException damaged(String why, Throwable cause) {
    return new CellException(
        ImageStatus.DECODE_ERROR, "cannot be read: the Parquet file is damaged: " + why, cause);
  }

  /** Returns the number of rows of the file. */
  public long rows() {
    return chunks.isEmpty()
        ? 0
        : chunks.get(chunks.size() - 1).firstRow + chunks.get(chunks.size() - 1).rows;
  }

  /** Returns the number of bytes that the column takes before it is compressed. */
  public long bytes() {
    return chunks.stream().mapToLong(chunk -> chunk.meta().getTotalUncompressedSize()).sum();
  }

  /** Returns the number of cells that are null, or empty where the footer does not say. */
  public OptionalLong nulls() {
    long nulls = 0;
    for (Chunk chunk : chunks) {
      if (chunk.meta().getStatistics() == null || !chunk.meta().getStatistics().isNumNullsSet()) {
        return OptionalLong.empty();
      }
      nulls += chunk.meta().getStatistics().getNumNulls();
    }
    return OptionalLong.of(nulls);
  }

  /**
   * Returns the chunk that has a row.
   *
   * @throws CellException when the file has fewer rows
   */
  Chunk chunkOf(long row) throws CellException {
    int from = 0;
    int to = chunks.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      Chunk chunk = chunks.get(middle);
      if (row < chunk.firstRow) {
        to = middle;
      } else if (row >= chunk.firstRow + chunk.rows) {
        from = middle + 1;
      } else {
        return chunk;
      }
    }
    throw new CellException(
        ImageStatus.TRUNCATED,
        "the file has " + rows() + " rows, fewer than when it was cataloged");
  }

  private static ParquetMetadata footer(
      FileSystem fs, FileStatus status, Path file, Configuration configuration) throws IOException {
    try (SeekableInputStream in = HadoopStreams.wrap(fs.open(file))) {
      return ParquetFileReader.readFooter(
          new Input(status, in), HadoopReadOptions.builder(configuration).build(), in);
    } catch (EOFException e) {
      throw new IOException("the footer of " + file + " ends too early", e);
    } catch (RuntimeException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw String.valueOf(e.getMessage()).startsWith(MALFORMED) ? unreadable(e) : e;
    }
  }

  private static CellException unreadable(Exception e) {
    return new CellException(
        ImageStatus.DECODE_ERROR,
        "cannot be read: the file is no Parquet file, or was cut off: "
            + RetryingImageReader.message(e),
        e);
  }

  private static ColumnDescriptor descriptor(ParquetMetadata footer, String column)
      throws CellException {
    for (ColumnDescriptor descriptor : footer.getFileMetaData().getSchema().getColumns()) {
      if (String.join(".", descriptor.getPath()).equals(column)) {
        if (descriptor.getPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY
            || descriptor.getMaxRepetitionLevel() > 0) {
          throw new CellException(
              ImageStatus.UNSUPPORTED,
              "column '" + column + "' of the file holds no bytes, one for each row");
        }
        return descriptor;
      }
    }
    throw gone(column);
  }

  private static CellException gone(String column) {
    return new CellException(ImageStatus.MISSING, "the file has no column '" + column + "'");
  }

  private static ColumnChunkMetaData chunk(BlockMetaData block, String column)
      throws CellException {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (chunk.getPath().toDotString().equals(column)) {
        if (chunk.isEncrypted()) {
          throw new CellException(
              ImageStatus.UNSUPPORTED, "column '" + column + "' of the file is encrypted");
        }
        return chunk;
      }
    }
    throw gone(column);
  }

  /** A file that is open already. */
  private record Input(FileStatus status, SeekableInputStream in) implements InputFile {
    @Override
    public long getLength() {
      return status.getLen();
    }

    @Override
    public SeekableInputStream newStream() {
      return in;
    }

    /** Returns the name for messages. */
    @Override
    public String toString() {
      return status.getPath().getName();
    }
  }
}
