package org.sparkvit.dataset.delta;

import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/** What a person is told where a table cannot be read. */
final class Unreadable {
  private Unreadable() {}

  /** The line of a table's folder; what has a line already keeps it. */
  static UserException table(Path folder, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException user) {
        return user;
      }
    }
    return new UserException(
        "table '"
            + folder.getName()
            + "' in "
            + folder.getParent()
            + " cannot be read, which is not to say that it is not there: "
            + line(e)
            + "; check that this user has the right to read it, the limit of open files (ulimit"
            + " -n), and that the storage answers; if a file of its "
            + DeltaTable.LOG
            + " is damaged or gone, bring it back from a copy, or move the folder away and run the"
            + " command that writes the table",
        e);
  }

  /** What the cause of all says; Kernel wraps it several times. */
  static String line(Throwable e) {
    String line = "";
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        line = cause.getMessage().lines().findFirst().orElse("");
      }
    }
    return line;
  }
}
