package org.sparkvit.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.table.AtomicFiles;
import org.sparkvit.table.Presence;

/**
 * The place of a new model directory on any Hadoop file system. Its files are brought to a hidden
 * folder beside it first. Where a folder can be renamed in one step it is; on an object store the
 * files are moved one by one and {@code config.json}, without which there is no model, comes last.
 * A former model stays whole until the new one has arrived completely.
 */
public final class ModelOutput {
  private static final String CONFIG = "config.json";

  private final FileSystem fs;
  private final Path target;

  private ModelOutput(FileSystem fs, Path target) {
    this.fs = fs;
    this.target = target;
  }

  /**
   * A place to write to.
   *
   * @param overwrite whether a model that is there may be replaced
   * @throws UserException when there is one and it may not, or the place cannot be written
   */
  public static ModelOutput at(SparkSession spark, String uri, boolean overwrite) {
    return at(spark.sparkContext().hadoopConfiguration(), uri, overwrite);
  }

  /** As above, where there is no session. */
  static ModelOutput at(Configuration hadoop, String uri, boolean overwrite) {
    Path target = new Path(uri);
    try {
      FileSystem fs = target.getFileSystem(hadoop);
      if (!overwrite && Presence.exists(fs, new Path(target, CONFIG))) {
        throw new UserException(
            "model '"
                + uri
                + "' exists already; pass --overwrite to replace it, or choose another --name");
      }
      // A place that cannot be written shows now and not after hours of training.
      fs.mkdirs(target.getParent());
      return new ModelOutput(fs, target);
    } catch (IOException e) {
      throw new UserException("model '" + uri + "' cannot be written: " + e.getMessage(), e);
    }
  }

  /** Publishes the files of a local directory. */
  public void publish(java.nio.file.Path directory) {
    Path staging = hidden("new");
    try {
      try {
        List<String> names = List.of(directory.toFile().list());
        for (String name : names) {
          fs.copyFromLocalFile(new Path(directory.resolve(name).toUri()), new Path(staging, name));
        }
        if (AtomicFiles.renamesAtomically(fs)) {
          swap(staging);
        } else {
          move(staging, names);
        }
      } finally {
        fs.delete(staging, true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing model " + target, e);
    }
  }

  private void swap(Path staging) throws IOException {
    Path former = hidden("old");
    boolean replaces = Presence.exists(fs, target);
    if (replaces) {
      rename(target, former);
    }
    try {
      rename(staging, target);
    } catch (IOException e) {
      if (replaces) {
        rename(former, target);
      }
      throw e;
    }
    fs.delete(former, true);
  }

  private void move(Path staging, List<String> names) throws IOException {
    // From here until the new one is in place there is no model, but never a mixed one.
    fs.delete(new Path(target, CONFIG), false);
    fs.delete(target, true);
    fs.mkdirs(target);
    for (String name : names) {
      if (!name.equals(CONFIG)) {
        rename(new Path(staging, name), new Path(target, name));
      }
    }
    rename(new Path(staging, CONFIG), new Path(target, CONFIG));
  }

  private void rename(Path from, Path to) throws IOException {
    if (!fs.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }

  private Path hidden(String what) {
    return new Path(
        target.getParent(), "." + target.getName() + "." + what + "." + UUID.randomUUID());
  }
}
