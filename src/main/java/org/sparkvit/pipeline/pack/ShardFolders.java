package org.sparkvit.pipeline.pack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.workspace.OrphanParts;
import org.sparkvit.dataset.workspace.OwnFolder;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.Workspace;

/** The folders of shards of a workspace. */
final class ShardFolders {
  private static final String SHARD = ".parquet";
  private static final String OWNER = "shards";

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
    List<String> shards = new ArrayList<>();
    for (String name : names()) {
      shards.addAll(shards(name));
    }
    return shards;
  }

  /** The shards of one folder, relative to the workspace, in the order of their names. */
  List<String> shards(String name) {
    List<String> shards = new ArrayList<>();
    for (FileStatus file : list(new Path(root, name))) {
      String path = file.getPath().toString();
      if (file.isFile() && path.endsWith(SHARD)) {
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
    int deleted = 0;
    for (String name : names()) {
      try {
        Path folder = new Path(root, name);
        if (!known.contains(name)
            && OwnFolder.is(fs, folder, OWNER)
            && OrphanParts.is(fs, folder)
            && OwnFolder.delete(fs, folder, OWNER)) {
          deleted++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("listing " + uri(name), e);
      }
    }
    return deleted;
  }

  /** Makes a folder for a run's shards, which says that it is one of these. */
  void begin(String name, String run) {
    try {
      OwnFolder.begin(fs, new Path(root, name), OWNER, run);
    } catch (IOException e) {
      throw new UncheckedIOException("making " + uri(name), e);
    }
  }

  /** Deletes one folder, if it is there and one of these. */
  void delete(String name) {
    try {
      OwnFolder.delete(fs, new Path(root, name), OWNER);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + uri(name), e);
    }
  }

  private List<String> names() {
    return list(root).stream()
        .filter(FileStatus::isDirectory)
        .map(folder -> folder.getPath().getName())
        .toList();
  }

  /** Empty where there is no such folder, or not any more. */
  private List<FileStatus> list(Path folder) {
    try {
      return Presence.list(fs, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + folder, e);
    }
  }
}
