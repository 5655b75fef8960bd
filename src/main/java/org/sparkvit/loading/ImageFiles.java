package org.sparkvit.loading;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Reads image contents on executors from where a row of {@link ImagesTable} says they are. Several
 * threads may use it, as Hadoop caches one file system per scheme and user.
 */
public final class ImageFiles implements Serializable {
  /**
   * A manifest's column of the index at which a tar member's content begins, or null for a file of
   * its own. For a cell of a Parquet file it is the row's number from 1.
   */
  public static final String MEMBER_OFFSET = "tar_offset";

  /**
   * A manifest's column of the length of a tar member or cell in bytes, or null for a file of its
   * own.
   */
  public static final String MEMBER_BYTES = "tar_bytes";

  static final String MEMBER = ".tar#";

  /** By its name, as a platform need not have the class. */
  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";

  /** Hadoop's option for how a file will be read. */
  private static final String READ_POLICY = "fs.option.openfile.read.policy";

  /** The same for Hadoop before 3.3.5. */
  private static final String FORMER_READ_POLICY = "fs.s3a.experimental.input.fadvise";

  private final SerializableConfiguration configuration;

  /** What is known of Parquet files. Every task has its own, which ends with it. */
  private transient ParquetCells cells;

  public ImageFiles(SparkSession spark) {
    this.configuration = new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
  }

  /** Returns the URI of a tar member as {@link ImagesTable#PATH} has it. */
  public static String memberPath(String tar, String member) {
    return tar + "#" + member;
  }

  /**
   * Reads {@code length} bytes from {@code offset} on, or a {@link ParquetCell} whole, whatever its
   * length is.
   *
   * @throws java.io.FileNotFoundException when the file is gone
   * @throws java.io.EOFException when the file is shorter than it was
   * @throws CellException when a Parquet file does not have the image
   */
  public byte[] read(String path, long offset, int length) throws IOException {
    Optional<ParquetCell> cell = ParquetCell.of(path, offset);
    return cell.isPresent()
        ? cells().read(cell.get())
        : range(new Path(containerOf(path, offset)), offset, length);
  }

  private synchronized ParquetCells cells() {
    if (cells == null) {
      cells = new ParquetCells(configuration.value(), this::range);
    }
    return cells;
  }

  private byte[] range(Path file, long offset, int length) throws IOException {
    FileSystem fs = Storage.of(file, configuration.value());
    byte[] bytes = new byte[length];
    FutureDataInputStreamBuilder opening = fs.openFile(file);
    // Only images are read so. Parquet files of the same session keep the policy of the platform.
    opening.opt(READ_POLICY, "whole-file, sequential").opt(FORMER_READ_POLICY, "sequential");
    if (fs.getClass().getName().equals(S3A)) {
      // Without a status S3A asks for the file's length first, which makes half of all requests.
      // The caller knows the length that is needed, and S3A then reads no further than that. A
      // platform's own file system for the scheme, such as a wrapper, gets no status of S3A's.
      opening.withFileStatus(S3aStatus.of(file, offset + length, fs.getDefaultBlockSize(file)));
    }
    try (FSDataInputStream in = FutureIO.awaitFuture(opening.build())) {
      // One sequential request instead of the positioned reads that S3A would split.
      in.seek(offset);
      in.readFully(bytes);
    }
    return bytes;
  }

  /**
   * Returns the length in bytes of the file that {@link #read} would read from, whether it is an
   * image or holds many.
   *
   * @throws java.io.FileNotFoundException when the file is gone
   */
  public long containerLength(String path, long offset) throws IOException {
    return status(containerOf(path, offset)).getLen();
  }

  /**
   * Returns the length and time of a file that has not been listed.
   *
   * @throws java.io.FileNotFoundException when there is no such file
   */
  public FileStatus status(String path) throws IOException {
    Path file = new Path(path);
    return Storage.of(file, configuration.value()).getFileStatus(file);
  }

  /**
   * Returns the URI of the file that a content lies in. Only members of tar files and cells of
   * Parquet files have an offset; the URI of their file ends at the mark.
   */
  public static String containerOf(String path, long offset) {
    int mark = offset == 0 ? -1 : path.indexOf(MEMBER);
    return mark < 0
        ? ParquetCell.of(path, offset).map(ParquetCell::file).orElse(path)
        : path.substring(0, mark + MEMBER.length() - 1);
  }
}
