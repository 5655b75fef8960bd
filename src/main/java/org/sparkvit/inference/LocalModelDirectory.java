package org.sparkvit.inference;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ModelDirectory;

/**
 * A Hugging Face model directory on this machine, copied from any Hadoop file system.
 *
 * @param directory the path of the directory
 * @param temporary whether it is a copy, which {@link #close} deletes
 */
public record LocalModelDirectory(Path directory, boolean temporary) implements AutoCloseable {

  private static final Pattern WEB =
      Pattern.compile(
          "(?i)(?:hf://|https?://(?:(?:www\\.)?(?:huggingface\\.co|hf\\.co)/)?)"
              + "(?:(?<=hf://|\\.co/)(?<name>[\\w.-]+/[\\w.-]+))?.*");

  private static final Pattern HUB_NAME = Pattern.compile("\\w[\\w.-]*/[\\w.-]+");

  /** Returns how the user can download a model of the Hub, as a part of a message. */
  private static String bring(String name) {
    String folder = name.substring(name.indexOf('/') + 1);
    return "bring it by 'hf download "
        + name
        + " --local-dir "
        + folder
        + "' and give the folder: ./"
        + folder;
  }

  /**
   * Copies a model directory to this machine, or uses it in place where it is local already.
   *
   * @throws UserException when there is no model directory, or it cannot be read
   */
  public static LocalModelDirectory fetch(SparkSession spark, String uri) {
    Matcher web = WEB.matcher(uri);
    if (web.matches()) {
      throw new UserException(
          "model '"
              + uri
              + "' is on the web, and nothing is downloaded here; "
              + (web.group("name") == null
                  ? "bring the folder to this machine or its storage and give that"
                  : bring(web.group("name"))));
    }
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    try {
      org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(uri);
      FileSystem fs = remote.getFileSystem(configuration);
      List<org.apache.hadoop.fs.Path> files = new ArrayList<>();
      List<String> names = new ArrayList<>();
      if (fs.getFileStatus(remote).isFile()) {
        throw new UserException(
            "model '" + uri + "' is a file; name the folder that it is in, with its config.json");
      }
      for (FileStatus file : fs.listStatus(remote)) {
        String name = file.getPath().getName();
        names.add(name);
        if (file.isFile() && ModelDirectory.isModelFile(name)) {
          files.add(file.getPath());
        }
      }
      ModelDirectory.problem(names)
          .ifPresent(
              problem -> {
                throw new UserException("model '" + uri + "' " + problem);
              });
      if (fs.getScheme().equals("file")) {
        return new LocalModelDirectory(Path.of(fs.makeQualified(remote).toUri().getPath()), false);
      }
      LocalModelDirectory local =
          new LocalModelDirectory(Files.createTempDirectory("spark-vit-model"), true);
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
          "model '"
              + uri
              + "' does not exist; "
              + (HUB_NAME.matcher(uri).matches()
                  ? "if it is a model of the Hugging Face Hub, " + bring(uri)
                  : "check the name, or run 'spark-vit train' first"),
          e);
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
