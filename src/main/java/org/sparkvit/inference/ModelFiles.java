package org.sparkvit.inference;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;

/** Brings a Hugging Face model directory from any Hadoop file system to this machine. */
public final class ModelFiles {
  /** The files of a model directory that scoring needs. */
  static final List<String> NAMES =
      List.of("config.json", "preprocessor_config.json", "model.safetensors");

  private ModelFiles() {}

  /**
   * A local copy of a model directory, or the directory itself where it is local already.
   *
   * @throws UserException when the directory or one of its files is not there
   */
  public static Path fetch(SparkSession spark, String uri) {
    org.apache.hadoop.fs.Path directory = new org.apache.hadoop.fs.Path(uri);
    try {
      FileSystem fs = directory.getFileSystem(spark.sparkContext().hadoopConfiguration());
      for (String name : NAMES) {
        if (!fs.exists(new org.apache.hadoop.fs.Path(directory, name))) {
          throw new UserException(
              "model '"
                  + uri
                  + "' has no "
                  + name
                  + "; name a Hugging Face model directory, or run 'spark-vit train' first");
        }
      }
      if (fs.getScheme().equals("file")) {
        return Path.of(fs.makeQualified(directory).toUri().getPath());
      }
      Path local = Files.createTempDirectory("spark-vit-model");
      deleteOnExit(local);
      for (String name : NAMES) {
        Path target = local.resolve(name);
        FileUtil.copy(
            fs,
            new org.apache.hadoop.fs.Path(directory, name),
            target.toFile(),
            false,
            spark.sparkContext().hadoopConfiguration());
        deleteOnExit(target);
      }
      return local;
    } catch (FileNotFoundException e) {
      throw new UserException("model '" + uri + "' is gone: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("fetching model " + uri, e);
    }
  }

  /** Deletion runs in the reverse order, so a directory is to be named before what is in it. */
  static void deleteOnExit(Path path) {
    path.toFile().deleteOnExit();
  }
}
