package org.sparkvit.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Which of the parts in a table's folder make up the table. A part is a folder that one run wrote
 * and nobody changes afterwards; whether it counts is decided in one atomic step, differently for
 * {@link WholeParts tables written whole} and {@link GrowingParts tables that grow}.
 */
abstract class Parts {
  static final String RUN_RECORD = "_run.json";

  final FileSystem fs;
  final Path folder;

  Parts(FileSystem fs, Path folder) {
    this.fs = fs;
    this.folder = folder;
  }

  static Parts of(TableSpec table, FileSystem fs, Path folder) {
    return table.grows() ? new GrowingParts(fs, folder) : new WholeParts(fs, folder);
  }

  /** Names of the parts that count now, the latest last. */
  abstract List<String> current() throws IOException;

  /**
   * Writes what of a part's record can be written before it counts.
   *
   * @param record of the run that wrote the part
   */
  abstract void prepare(String part, Map<String, Object> record) throws IOException;

  /**
   * Makes a part that is written completely count.
   *
   * @param record of the run that wrote it
   * @param instead parts that no longer count from then on
   */
  abstract void show(String part, Map<String, Object> record, Collection<String> instead)
      throws IOException;

  final Path record(String part) {
    return new Path(new Path(folder, part), RUN_RECORD);
  }

  /** All parts, finished or not. */
  final SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try {
      for (FileStatus file : fs.listStatus(folder)) {
        if (file.isDirectory()) {
          names.add(file.getPath().getName());
        }
      }
    } catch (FileNotFoundException e) {
      return names; // nothing was ever written
    }
    return names;
  }

  /**
   * Deletes what runs that were killed have left. Another run's part that is being written looks
   * the same, but is not as old.
   *
   * @param known parts that are none of it
   */
  final void deleteAbandoned(Collection<String> known) throws IOException {
    SortedSet<String> candidates = names();
    candidates.removeAll(known);
    for (String part : candidates) {
      if (Abandoned.is(fs, new Path(folder, part))) {
        fs.delete(new Path(folder, part), true);
      }
    }
  }
}
