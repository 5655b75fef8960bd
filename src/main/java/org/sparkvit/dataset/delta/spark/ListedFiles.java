package org.sparkvit.dataset.delta.spark;

import java.util.List;
import java.util.Objects;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Map;

/**
 * An index of Parquet files that are known one by one, for Spark's planner. By itself Spark asks
 * the storage three times for each path that it is given, which on S3 takes longer than reading the
 * file. Two reads of the same files are equal, so that Spark's cache of one serves the other.
 */
public final class ListedFiles extends JavaFileIndex {
  /**
   * Options that override a session's settings to skip damaged or missing files. The log lists each
   * of these files, so skipped rows would be missing without a word, and rewriting would lose them
   * for good.
   */
  private static final Map<String, String> OPTIONS =
      new Map.Map2<>("ignoreCorruptFiles", "false", "ignoreMissingFiles", "false");

  private final Path folder;
  private final List<FileStatus> files;

  private ListedFiles(Path folder, List<FileStatus> files) {
    this.folder = folder;
    this.files = List.copyOf(files);
  }

  /**
   * Returns the rows of files.
   *
   * @param folder the folder that holds the files at any depth
   * @param schema the schema of the rows; a column that a file lacks is null
   * @param files the files
   */
  public static Dataset<Row> read(
      SparkSession spark, Path folder, StructType schema, List<FileStatus> files) {
    return spark.baseRelationToDataFrame(
        new HadoopFsRelation(
            new ListedFiles(folder, files),
            new StructType(),
            schema.asNullable(),
            Option.empty(),
            new ParquetFileFormat(),
            OPTIONS,
            spark));
  }

  @Override
  Path root() {
    return folder;
  }

  @Override
  List<FileStatus> files() {
    return files;
  }

  @Override
  public String[] inputFiles() {
    return files.stream().map(file -> file.getPath().toString()).toArray(String[]::new);
  }

  /** Does nothing, as the files of a table never change. */
  @Override
  public void refresh() {}

  @Override
  public long sizeInBytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  @Override
  public StructType partitionSchema() {
    return new StructType();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ListedFiles same
        && folder.equals(same.folder)
        && files.equals(same.files);
  }

  @Override
  public int hashCode() {
    return Objects.hash(folder, files);
  }

  /** Returns the text that stands for the files in plans. */
  @Override
  public String toString() {
    return files.size() + " files of " + folder;
  }
}
