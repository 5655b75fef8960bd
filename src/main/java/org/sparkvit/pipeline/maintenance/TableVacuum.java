package org.sparkvit.pipeline.maintenance;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.DataFile;
import org.sparkvit.dataset.delta.DeltaTable;
import org.sparkvit.dataset.delta.DeltaVersion;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.OrphanParts;
import org.sparkvit.dataset.workspace.OwnFolder;
import org.sparkvit.dataset.workspace.Presence;

/**
 * Takes files of one table away that no kept version has. Only parts that say that they are this
 * table's are touched. A part of which no version has anything may be one that a run is writing, so
 * it goes only when nobody has written to it for longer than runs pause.
 */
final class TableVacuum {
  private static final String PARQUET = ".parquet";

  private final FileSystem fs;
  private final Path folder;
  private final TableSpec spec;
  private final DeltaTable table;
  private final boolean dryRun;

  private long files;
  private long bytes;
  private long unfinished;

  /** A folder in the table's, and the Parquet files that it had when it was listed. */
  private record Part(Path path, List<FileStatus> files) {}

  TableVacuum(FileSystem fs, Path folder, TableSpec spec, boolean dryRun) {
    this.fs = fs;
    this.folder = folder;
    this.spec = spec;
    this.table = DeltaTable.at(folder, fs.getConf());
    this.dryRun = dryRun;
  }

  /**
   * Deletes what nobody can ask for any more.
   *
   * @param now by the clock of the storage
   * @param cutoff versions that were current then or later stay
   * @throws UserException when the table cannot be read; nothing has been deleted then
   */
  Vacuumed run(Instant now, Instant cutoff) throws IOException {
    // First what is there, then what counts: so what is committed meanwhile counts.
    List<Part> parts = parts();
    SortedMap<Long, Instant> times = table.times();
    DeltaVersion latest =
        table.latest().orElseThrow(() -> new UserException(label() + " has no version"));
    long oldest = DeltaTable.lastUntil(times, cutoff).orElse(times.firstKey());
    Set<String> used = used(oldest, latest);
    Set<String> known = null;
    Instant idle = now.minus(OrphanParts.IDLE);
    for (Part part : parts) {
      List<FileStatus> unused =
          part.files().stream().filter(file -> !used.contains(name(file.getPath()))).toList();
      if (unused.size() < part.files().size()) {
        deleteFiles(part, unused, cutoff);
      } else if (OrphanParts.since(fs, part.path(), idle.isBefore(cutoff) ? idle : cutoff)) {
        known = known == null ? known(times, oldest) : known;
        deletePart(part, known);
      }
    }
    return new Vacuumed(
        spec.name(),
        latest.number() - oldest + 1,
        oldest,
        times.getOrDefault(oldest, latest.time()),
        files,
        bytes,
        unfinished);
  }

  private List<Part> parts() throws IOException {
    List<Part> parts = new ArrayList<>();
    for (FileStatus child : Presence.list(fs, folder)) {
      String name = child.getPath().getName();
      if (child.isDirectory() && !name.startsWith("_") && !name.startsWith(".")) {
        parts.add(
            new Part(
                child.getPath(),
                Presence.list(fs, child.getPath()).stream()
                    .filter(file -> file.isFile() && file.getPath().getName().endsWith(PARQUET))
                    .toList()));
      }
    }
    return parts;
  }

  /** The files of the kept versions: those of the oldest, and all that came later. */
  private Set<String> used(long oldest, DeltaVersion latest) {
    Set<String> used = new HashSet<>();
    DeltaVersion first = oldest == latest.number() ? latest : table.at(oldest);
    for (DataFile file : first.files()) {
      used.add(name(new Path(file.path())));
    }
    for (long version = oldest + 1; version <= latest.number(); version++) {
      long number = version;
      table
          .added(version)
          .orElseThrow(
              () ->
                  new UserException(
                      String.format(
                          Locale.ROOT,
                          "%s: the entry of version %d is gone from its log, so it is not known"
                              + " which files count; bring it back from a copy, or choose a shorter"
                              + " --keep",
                          label(),
                          number)))
          .forEach(file -> used.add(name(file)));
    }
    return used;
  }

  /** Files that the log once had, as far as it goes back. */
  private Set<String> known(SortedMap<Long, Instant> times, long oldest) {
    Set<String> known = new HashSet<>();
    for (long version : times.headMap(oldest + 1).keySet()) {
      table.added(version).ifPresent(added -> added.forEach(file -> known.add(name(file))));
    }
    return known;
  }

  /** Of a part that kept versions have files of; the others were replaced before them. */
  private void deleteFiles(Part part, List<FileStatus> unused, Instant cutoff) throws IOException {
    if (unused.isEmpty() || !isOwn(part)) {
      return;
    }
    for (FileStatus file : unused) {
      // What is younger by its own clock stays: clocks differ, and time will tell.
      if (!Instant.ofEpochMilli(file.getModificationTime()).isBefore(cutoff)) {
        continue;
      }
      if (dryRun || fs.delete(file.getPath(), false)) {
        files++;
        bytes += file.getLen();
      } else {
        requireGone(file.getPath());
      }
    }
  }

  private void deletePart(Part part, Set<String> known) throws IOException {
    if (!isOwn(part) || !(dryRun || OwnFolder.delete(fs, part.path(), spec.owner()))) {
      return;
    }
    if (!dryRun) {
      requireGone(part.path());
    }
    part.files().forEach(file -> bytes += file.getLen());
    files += part.files().size();
    if (part.files().stream().noneMatch(file -> known.contains(name(file.getPath())))) {
      unfinished++;
    }
  }

  /** File systems say by a word that is easily missed that they have not deleted. */
  private void requireGone(Path path) throws IOException {
    if (Presence.exists(fs, path)) {
      throw new IOException(path + " is still there after it was to be deleted");
    }
  }

  private boolean isOwn(Part part) throws IOException {
    try {
      return OwnFolder.is(fs, part.path(), spec.owner());
    } catch (FileNotFoundException e) {
      return false; // another vacuum has just deleted it
    }
  }

  private String label() {
    return "table '" + spec.name() + "' in " + folder.getParent();
  }

  /** A file's name with that of its part, however the folders above are written. */
  private static String name(Path file) {
    return file.getParent().getName() + "/" + file.getName();
  }
}
