package org.sparkvit.pack;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.table.Workspace;

/** The folders of shards of a workspace. */
final class ShardFolders {
  /** Longer than a run goes without writing: what is idle for as long belongs to a dead one. */
  private static final Duration ABANDONED = Duration.ofDays(2);

  private static final String SHARD = ".parquet";

  private final FileSystem fs;
  private final Path root;
  private final String prefix;

  ShardFolders(SparkSession spark, Workspace workspace) {
    root = new Path(workspace.shards());
    prefix = workspace.uri() + "/";
    try {
      fs = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
    } catch (IOException e) {
      throw new UncheckedIOException("opening " + root, e);
    }
  }

  /** URI of a folder by name. */
  String uri(String name) {
    return new Path(root, name).toString();
  }

  /** All shards there are, relative to the workspace, whether or not they count. */
  List<String> shards() {
    return shards(root);
  }

  /** The shards of one folder, relative to the workspace. */
  List<String> shards(String name) {
    return shards(new Path(root, name));
  }

  private List<String> shards(Path folder) {
    List<String> shards = new ArrayList<>();
    for (LocatedFileStatus file : files(folder)) {
      String path = file.getPath().toString();
      if (path.endsWith(SHARD) && file.getLen() > 0) {
        shards.add(path.substring(prefix.length()));
      }
    }
    return shards.stream().sorted().toList();
  }

  /**
   * Deletes what runs that were killed have left. Another run's folder that is being written looks
   * the same, but is not as old.
   *
   * @param known names of folders that are none of it
   * @return how many were deleted
   */
  int deleteAbandoned(Collection<String> known) {
    Instant limit = Instant.now().minus(ABANDONED);
    Map<String, Instant> latest = new TreeMap<>();
    for (LocatedFileStatus file : files(root)) {
      String name = root.toUri().relativize(file.getPath().toUri()).getPath().split("/", 2)[0];
      latest.merge(
          name,
          Instant.ofEpochMilli(file.getModificationTime()),
          (one, other) -> one.isAfter(other) ? one : other);
    }
    int deleted = 0;
    for (Map.Entry<String, Instant> folder : latest.entrySet()) {
      if (!known.contains(folder.getKey()) && folder.getValue().isBefore(limit)) {
        delete(folder.getKey());
        deleted++;
      }
    }
    return deleted;
  }

  /** Deletes one folder, if it is there. */
  void delete(String name) {
    try {
      fs.delete(new Path(root, name), true);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + uri(name), e);
    }
  }

  private List<LocatedFileStatus> files(Path folder) {
    List<LocatedFileStatus> files = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> listing = fs.listFiles(folder, true);
      while (listing.hasNext()) {
        files.add(listing.next());
      }
    } catch (FileNotFoundException e) {
      return List.of(); // nothing was ever packed
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + folder, e);
    }
    return files;
  }
}
