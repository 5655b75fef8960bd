package org.sparkvit.cli;

import java.io.File;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;

/**
 * A disk that became full while a command ran, however deep the exception that says so.
 *
 * @param message what the system said
 * @param workspace URI of the workspace
 * @param cause the exception
 */
record FullDisk(String message, String workspace, Throwable cause) {
  private static final Pattern FULL =
      Pattern.compile("No space left on device|Disk quota exceeded|not enough space");

  /** Whether that is why something failed. */
  static Optional<FullDisk> of(Throwable error, String workspace) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return Optional.empty();
      }
    }
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (FULL.matcher(message).find()) {
        return Optional.of(new FullDisk(message.lines().findFirst().orElse(""), workspace, error));
      }
    }
    return Optional.empty();
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
