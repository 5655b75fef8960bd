package org.sparkvit.tune;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.search.StudyLog;
import org.sparkvit.table.AtomicFiles;

/** A study's log on any Hadoop file system; readers see whole lines at any time. */
record StudyFile(FileSystem fs, Path file, StudyLog log) {

  /** Begins a new one. */
  static StudyFile begin(FileSystem fs, Path folder, StudyLog log) {
    StudyFile study = new StudyFile(fs, new Path(folder, StudyLog.FILE), log);
    study.write(none -> {});
    return study;
  }

  /**
   * What is there, if anything.
   *
   * @param essence that it has to have been begun with
   * @throws UserException when it is a study of something else
   */
  static Optional<StudyFile> read(FileSystem fs, Path folder, Map<String, String> essence) {
    Path file = new Path(folder, StudyLog.FILE);
    try {
      StudyLog log = StudyLog.parse(file.toString(), AtomicFiles.read(fs, file));
      requireSame(folder, log.config(), essence);
      return Optional.of(new StudyFile(fs, file, log));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static void requireSame(
      Path folder, Map<String, String> former, Map<String, String> essence) {
    Map<String, String> all = new TreeMap<>(former);
    all.putAll(essence);
    for (String key : all.keySet()) {
      String before = former.get(key);
      String now = essence.get(key);
      if (!String.valueOf(before).equals(String.valueOf(now))) {
        throw new UserException(
            "the study in "
                + folder
                + " was begun with "
                + key
                + " = "
                + before
                + ", not "
                + now
                + "; give it the same settings, --overwrite it, or choose another --name");
      }
    }
  }

  /** Adds to the log, and writes it. */
  void write(Consumer<StudyLog> change) {
    change.accept(log);
    try {
      AtomicFiles.write(fs, file, log.text());
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
