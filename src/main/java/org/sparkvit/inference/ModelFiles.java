package org.sparkvit.inference;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.vit.ModelDirectory;

/**
 * A Hugging Face model directory on this machine, brought from any Hadoop file system.
 *
 * @param directory where it is
 * @param temporary whether it is a copy, which {@link #close} deletes
 */
public record ModelFiles(Path directory, boolean temporary) implements AutoCloseable {

  /**
   * Copies a model directory, or uses it where it is if it is local already.
   *
   * @throws UserException when there is none, or it cannot be read
   */
  public static ModelFiles fetch(SparkSession spark, String uri) {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    try {
      org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(uri);
      FileSystem fs = remote.getFileSystem(configuration);
      List<org.apache.hadoop.fs.Path> files = new ArrayList<>();
      boolean config = false;
      for (FileStatus file : fs.listStatus(remote)) {
        String name = file.getPath().getName();
        if (file.isFile() && ModelDirectory.isModelFile(name)) {
          files.add(file.getPath());
          config |= name.equals(ModelDirectory.CONFIG);
        }
      }
      if (!config || files.size() < 2) {
        throw new UserException(
            "model '"
                + uri
                + "' has no "
                + (config ? ModelDirectory.WEIGHTS : ModelDirectory.CONFIG)
                + "; name a Hugging Face model directory, or one with a TorchScript module (model.pt), or run 'spark-vit train' first");
      }
      if (fs.getScheme().equals("file")) {
        return new ModelFiles(Path.of(fs.makeQualified(remote).toUri().getPath()), false);
      }
      ModelFiles local = new ModelFiles(Files.createTempDirectory("spark-vit-model"), true);
      try {
        for (org.apache.hadoop.fs.Path file : files) {
          Path target = local.directory.resolve(file.getName());
          FileUtil.copy(fs, file, target.toFile(), false, configuration);
        }
        return local;
      } catch (IOException | RuntimeException e) {
        local.close();
        throw e;
      }
    } catch (FileNotFoundException e) {
      throw new UserException(
          "model '" + uri + "' does not exist; check the name, or run 'spark-vit train' first", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("model '" + uri + "' cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (temporary) {
      FileUtil.fullyDelete(directory.toFile());
    }
  }
}
