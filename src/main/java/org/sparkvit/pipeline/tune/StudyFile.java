package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.StudyLog;

/** Keeps a study's log on any Hadoop file system. Readers see whole lines at any time. */
final class StudyFile {
  private final FileSystem fs;
  private final Path file;
  private final StudyLog log;
  private String written;

  /**
   * Creates the file of a log.
   *
   * @param written the content of the file, or null where it does not exist
   */
  private StudyFile(FileSystem fs, Path file, StudyLog log, String written) {
    this.fs = fs;
    this.file = file;
    this.log = log;
    this.written = written;
  }

  /** Begins a new study. */
  static StudyFile begin(FileSystem fs, Path folder, StudyLog log) {
    StudyFile study = new StudyFile(fs, new Path(folder, StudyLog.FILE), log, null);
    study.write(none -> {});
    return study;
  }

  /**
   * Reads the study of a folder, or returns empty where there is none.
   *
   * @param fingerprint the settings that the study must have been begun with
   * @throws UserException when the study was begun with other settings
   */
  static Optional<StudyFile> read(FileSystem fs, Path folder, Map<String, String> fingerprint) {
    Path file = new Path(folder, StudyLog.FILE);
    return text(fs, file)
        .map(
            text -> {
              StudyLog log = StudyLog.parse(file.toString(), text);
              requireSame(folder, log.config(), fingerprint);
              return new StudyFile(fs, file, log, text);
            });
  }

  private static Optional<String> text(FileSystem fs, Path file) {
    try {
      return Presence.text(fs, file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static void requireSame(
      Path folder, Map<String, String> former, Map<String, String> fingerprint) {
    Map<String, String> all = new TreeMap<>(former);
    all.putAll(fingerprint);
    for (String key : all.keySet()) {
      String before = former.get(key);
      String now = fingerprint.get(key);
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

  StudyLog log() {
    return log;
  }

  /**
   * Changes the log, and writes it.
   *
   * @throws UserException when somebody else has written to the file in the meantime
   */
  void write(Consumer<StudyLog> change) {
    if (written != null && !text(fs, file).equals(Optional.of(written))) {
      throw new UserException(
          "another run has written to "
              + file
              + " meanwhile; a study is for one at a time, so this one ends");
    }
    change.accept(log);
    try {
      AtomicFiles.write(fs, file, log.text());
      written = log.text();
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
