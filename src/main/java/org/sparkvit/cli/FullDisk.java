package org.sparkvit.cli;

import java.io.File;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.DiskWrite;

/**
 * Describes a disk that became full while a command ran.
 *
 * @param message the message of the system, with the folder that was written to where that is known
 * @param workspace the URI of the workspace
 * @param cause the exception that the command ended with
 */
record FullDisk(String message, String workspace, Throwable cause) {
  /**
   * Matches what stands before the system's message: Spark's words about a task, and names of
   * exception classes.
   */
  private static final Pattern WRAPPED =
      Pattern.compile("^(Job aborted.*?\\(TID \\d+\\) \\(.*?\\): )?([\\w.$]+(Error|Exception): )*");

  private static final Pattern ROWS = Pattern.compile("(?m)while writing rows to (.+?)\\.?$");

  /**
   * Returns the description if an exception, or one of its causes, reports a full disk, else empty.
   */
  static Optional<FullDisk> of(Throwable error, String workspace) {
    String line = null;
    String words = null;
    String rows = "";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return Optional.empty();
      }
      String message = String.valueOf(cause.getMessage());
      Matcher place = ROWS.matcher(message);
      if (place.find()) {
        rows = ", where rows were to be written to " + place.group(1);
      }
      Matcher full = DiskWrite.FULL.matcher(message);
      if (full.find()) {
        words = full.group();
        String first = message.lines().findFirst().orElse("");
        if (line == null && DiskWrite.FULL.matcher(first).find()) {
          line = WRAPPED.matcher(first).replaceFirst("");
        }
      }
    }
    return words == null
        ? Optional.empty()
        : Optional.of(new FullDisk((line == null ? words : line) + rows, workspace, error));
  }

  /** Returns the exception whose one line the command ends with. */
  UserException line() {
    return new UserException(
        "a disk is full: "
            + message
            + "; free are "
            + free("workspace", workspace.replaceFirst("^file:(//)?", ""))
            + free("temporary files", System.getProperty("java.io.tmpdir"))
            + "make room, or name another place by --workspace, spark.local.dir or"
            + " -Djava.io.tmpdir, and run the command again; what was published before is whole",
        cause);
  }

  /**
   * Returns the free space at a place in words, or an empty text where the place is not on a disk
   * of this machine.
   */
  private static String free(String what, String place) {
    File folder = new File(place).getAbsoluteFile();
    while (folder != null && !folder.exists()) {
      folder = folder.getParentFile();
    }
    return place.contains(":/") || folder == null
        ? ""
        : String.format(
            Locale.ROOT, "%.1f MB at %s (%s), ", folder.getUsableSpace() / 1e6, place, what);
  }
}
