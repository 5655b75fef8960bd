package org.sparkvit.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * Which of the parts in a table's folder make up the table. A part is a folder that one run wrote
 * and nobody changes afterwards; whether it counts is decided in one atomic step, differently for
 * {@link WholeParts tables written whole} and {@link GrowingParts tables that grow}.
 */
abstract class Parts {
  static final String RUN_RECORD = "_run.json";

  final FileSystem fs;
  final Path folder;
  private final String table;

  /**
   * @param table its name
   */
  Parts(String table, FileSystem fs, Path folder) {
    this.table = table;
    this.fs = fs;
    this.folder = folder;
  }

  static Parts of(TableSpec table, FileSystem fs, Path workspace) {
    Path folder = new Path(workspace, table.name());
    if (!table.grows()) {
      return new WholeParts(table.name(), fs, folder);
    }
    return new GrowingParts(
        table.name(),
        fs,
        folder,
        table.name().equals(ModelsTable.SPEC.name())
            ? Optional.of(new FormerFolder(fs, new Path(workspace, ModelsTable.FORMER)))
            : Optional.empty());
  }

  /** Names of the parts that count now, the latest last. */
  abstract List<String> current() throws IOException;

  /**
   * Begins a part, which shows that it is one of this table's from now on.
   *
   * @param run id of the run that writes it
   */
  final void begin(String part, String run) throws IOException {
    OwnFolder.begin(fs, new Path(folder, part), owner(), run);
  }

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

  /** Where a part is. */
  Path path(String part) throws IOException {
    return new Path(folder, part);
  }

  /** Where a part's record is. */
  final Path record(String part) throws IOException {
    return new Path(path(part), RUN_RECORD);
  }

  /** All parts, finished or not, and whatever else has a folder there. */
  SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (FileStatus file : Presence.list(fs, folder)) {
      if (file.isDirectory()) {
        names.add(file.getPath().getName());
      }
    }
    return names;
  }

  /**
   * Deletes a part. What does not show that it is one of this table's stays.
   *
   * @param part a name that may come from a file
   */
  final void delete(String part) throws IOException {
    Path path = new Path(folder, part);
    if (!OwnFolder.delete(fs, path, owner()) && isFormerPart(path)) {
      OwnFolder.deleteMarkLast(fs, path, RUN_RECORD);
    }
  }

  /**
   * Deletes parts of whom nobody has need any more. What cannot be deleted stays, and is tried
   * again the next time: the rows are there, so the run has not failed.
   */
  final void discard(Collection<String> parts) {
    for (String part : parts) {
      try {
        delete(part);
      } catch (IOException | UserException e) {
        // Somebody else is deleting it, or it may not be deleted.
      }
    }
  }

  /**
   * Deletes what runs that were killed have left. Another run's part that is being written looks
   * the same, but is not as old.
   *
   * @param known parts that are none of it
   */
  final void discardAbandoned(Collection<String> known) throws IOException {
    SortedSet<String> candidates = names();
    candidates.removeAll(known);
    for (String part : candidates) {
      Path path = new Path(folder, part);
      if (OwnFolder.is(fs, path, owner()) && Abandoned.is(fs, path)) {
        discard(List.of(part));
      }
    }
  }

  private String owner() {
    return "table " + table;
  }

  /** Earlier versions did not mark parts; their records tell whose rows they have. */
  private boolean isFormerPart(Path path) throws IOException {
    return hasRowsOf(table, Presence.text(fs, new Path(path, RUN_RECORD)));
  }

  static boolean hasRowsOf(String table, Optional<String> record) {
    try {
      return record.isPresent()
          && Json.read(RUN_RECORD, record.get()).path("results").has("rows." + table);
    } catch (UserException e) {
      return false;
    }
  }

  static JsonNode json(Path file, String text) {
    return Json.read(file.toString(), text);
  }
}
