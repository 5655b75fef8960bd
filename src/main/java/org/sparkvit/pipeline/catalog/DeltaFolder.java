package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.DataFile;
import org.sparkvit.dataset.delta.DeltaTable;
import org.sparkvit.dataset.delta.DeltaVersion;
import org.sparkvit.dataset.workspace.Presence;

/**
 * An input that is a Delta table. Its log says which of the folder's files count, so that files
 * that were removed from the table are not read.
 *
 * @param folder the URI of the table's folder
 * @param version the number of the version that is read, which is the latest
 * @param columns the columns of the table, those that only the names of folders have among them
 * @param files the URIs of the files of the version, sorted
 */
record DeltaFolder(String folder, long version, StructType columns, List<String> files) {
  /** The property of a table whose files call the columns otherwise than the table does. */
  private static final String MAPPING = "delta.columnMapping.mode";

  /**
   * Finds the table of a folder.
   *
   * @return the table, or empty where the folder is none
   * @throws UserException when it cannot be read, or has features that make its files alone
   *     incomplete
   */
  static Optional<DeltaFolder> find(Configuration configuration, Path root) throws IOException {
    Path log = new Path(root, DeltaTable.LOG);
    if (!Presence.exists(log.getFileSystem(configuration), log)) {
      return Optional.empty();
    }
    DeltaVersion version =
        DeltaTable.at(root, configuration)
            .latest()
            .orElseThrow(() -> refused(root, "has a log without a version; copy it anew"));
    String mapping = version.property(MAPPING).orElse("none");
    if (!mapping.equals("none")) {
      throw refused(
          root,
          "maps its columns by "
              + mapping
              + ", which is not read; write it to a table without "
              + MAPPING);
    }
    List<DataFile> files = version.files();
    if (files.isEmpty()) {
      throw refused(root, "has no rows");
    }
    for (DataFile file : files) {
      requireWhole(root, file, version);
    }
    return Optional.of(
        new DeltaFolder(
            root.toString(),
            version.number(),
            version.schema(),
            files.stream().map(file -> new Path(file.path()).toString()).toList()));
  }

  /** Returns the files as parts of one manifest, whose relative paths start beside the table. */
  List<ManifestPart> parts() {
    String beside = new Path(folder).getParent().toString();
    return files.stream().map(file -> new ManifestPart(file, beside, null)).toList();
  }

  /** Returns a sentence on what is read. */
  String decision() {
    return String.format(
        Locale.ROOT,
        "input '%s': version %d of a Delta table, of %,d files",
        folder,
        version,
        files.size());
  }

  private static void requireWhole(Path root, DataFile file, DeltaVersion version) {
    if (file.hasDeletionVector()) {
      throw refused(
          root,
          "has rows that are deleted by deletion vectors, which are not read; rewrite them with"
              + " REORG TABLE ... APPLY (PURGE)");
    }
    for (String column : version.partitionColumns()) {
      if (!file.path().contains("/" + column + "=")) {
        throw refused(
            root,
            "is partitioned by '"
                + column
                + "', which the names of its folders do not tell; write it without partitions");
      }
      Optional<String> named =
          Optional.ofNullable(FolderColumns.value(new Path(file.path()).toString(), column));
      // A time may be written in one way in the log and in another in a folder's name.
      if (!(version.schema().apply(column).dataType() instanceof TimestampType)
          && !named.equals(file.partitionValue(column))) {
        throw refused(
            root,
            "has in column '"
                + column
                + "' the value "
                + file.partitionValue(column).orElse("null")
                + " for the file "
                + file.path()
                + ", as its log says, which its folder contradicts; write it without partitions");
      }
    }
  }

  private static UserException refused(Path root, String why) {
    return new UserException("--input '" + root + "' is a Delta table that " + why);
  }
}
