package org.sparkvit.cli;

import java.io.File;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.DiskWrite;

/**
 * A disk that became full while a command ran, however deep the exception that says so.
 *
 * @param message what the system said, with what was to be written where that is known
 * @param workspace URI of the workspace
 * @param cause the exception
 */
record FullDisk(String message, String workspace, Throwable cause) {
  /** What stands before the system's words: those of Spark about a task, and names of classes. */
  private static final Pattern WRAPPED =
      Pattern.compile("^(Job aborted.*?\\(TID \\d+\\) \\(.*?\\): )?([\\w.$]+(Error|Exception): )*");

  private static final Pattern ROWS = Pattern.compile("(?m)while writing rows to (.+?)\\.?$");

  /** Whether that is why something failed. */
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

  /** The one line that the command ends with. */
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

  /** Empty where that is not on a disk of this machine. */
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
