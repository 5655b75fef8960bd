package org.sparkvit.table;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where a table's parts were before it had a folder of its own. They are read and stay for good,
 * for what lies beside them is not the table's: its name there was that of the folder.
 */
record FormerFolder(FileSystem fs, Path folder) {
  /** The parts there. */
  SortedSet<String> parts() throws IOException {
    SortedSet<String> parts = new TreeSet<>();
    for (FileStatus file : Presence.list(fs, folder)) {
      if (file.isDirectory()
          && Parts.hasRowsOf(
              folder.getName(), Presence.text(fs, new Path(file.getPath(), Parts.RUN_RECORD)))) {
        parts.add(file.getPath().getName());
      }
    }
    return parts;
  }
}
