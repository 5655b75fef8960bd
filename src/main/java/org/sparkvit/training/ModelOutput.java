package org.sparkvit.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ModelFolder;

/**
 * The place of a new model directory on any Hadoop file system. Its files are brought to a hidden
 * folder beside it first and then {@linkplain ModelFolder take their place} as a whole. A former
 * model stays until the new one has arrived completely.
 */
public final class ModelOutput {
  private final FileSystem fs;
  private final Path target;
  private final boolean overwrite;

  private ModelOutput(FileSystem fs, Path target, boolean overwrite) {
    this.fs = fs;
    this.target = target;
    this.overwrite = overwrite;
  }

  /**
   * A place to write to.
   *
   * @param overwrite whether a model that is there may be replaced
   * @throws UserException when there is one and it may not, something else is there, or the place
   *     cannot be written
   */
  public static ModelOutput at(SparkSession spark, String uri, boolean overwrite) {
    return at(spark.sparkContext().hadoopConfiguration(), uri, overwrite);
  }

  /** As above, where there is no session. */
  static ModelOutput at(Configuration hadoop, String uri, boolean overwrite) {
    Path target = new Path(uri);
    try {
      FileSystem fs = target.getFileSystem(hadoop);
      ModelFolder.restore(fs, target.getParent());
      ModelFolder folder = new ModelFolder(fs, target);
      if (!overwrite && folder.isThere()) {
        throw new UserException(
            "model '"
                + uri
                + "' exists already; pass --overwrite to replace it, or choose another --name");
      }
      folder
          .inTheWay()
          .ifPresent(
              what -> {
                throw new UserException(what + "; choose another --name, or move it away");
              });
      // A place that cannot be written shows now and not after hours of training.
      fs.mkdirs(target.getParent());
      return new ModelOutput(fs, target, overwrite);
    } catch (IOException e) {
      throw new UserException("model '" + uri + "' cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Publishes the files of a local directory.
   *
   * @throws UserException when another run has published a model of that name meanwhile, which it
   *     may not replace; this one is kept under another name, which the message says
   */
  public void publish(java.nio.file.Path directory) {
    ModelFolder place = new ModelFolder(fs, target);
    Path staging = place.staging();
    List<String> names = List.of(directory.toFile().list());
    try {
      try {
        for (String name : names) {
          fs.copyFromLocalFile(new Path(directory.resolve(name).toUri()), new Path(staging, name));
        }
      } catch (IOException e) {
        fs.delete(staging, true);
        throw e;
      }
      try {
        place.show(staging, names, overwrite);
      } catch (FileAlreadyExistsException e) {
        Path other = target.suffix("-" + UUID.randomUUID().toString().substring(0, 8));
        new ModelFolder(fs, other).show(staging, names, false);
        throw new UserException(
            "another run has published model '"
                + target
                + "' meanwhile; it stays, and this run's model is kept as '"
                + other
                + "'",
            e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing model " + target, e);
    }
  }
}
