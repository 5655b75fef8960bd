package org.sparkvit.dataset.delta;

import io.delta.kernel.exceptions.KernelException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/** Makes the messages for tables that cannot be read. */
final class Unreadable {
  /**
   * Matches the beginning of Kernel's messages about a table's protocol, which have no exception
   * type of their own.
   */
  private static final Pattern PROTOCOL =
      Pattern.compile("^Unsupported Delta (protocol|table feature|reader feature|writer feature)");

  private Unreadable() {}

  /**
   * Returns an exception whose line names the table's folder. Where the cause is a {@link
   * UserException}, that is returned instead.
   */
  static UserException table(Path folder, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException user) {
        return user;
      }
      if (cause instanceof KernelException && isOfProtocol(cause.getMessage())) {
        return new UserException(
            "table '"
                + folder.getName()
                + "' in "
                + folder.getParent()
                + " has features of Delta Lake that this program does not read: "
                + cause.getMessage()
                + "; another program has changed the table: have it take the features back (ALTER"
                + " TABLE ... DROP FEATURE), or move the folder away and run the command that"
                + " writes the table",
            e);
      }
    }
    return new UserException(
        "table '"
            + folder.getName()
            + "' in "
            + folder.getParent()
            + " cannot be read, although it may exist: "
            + line(e)
            + "; check that this user has the right to read it, the limit of open files (ulimit"
            + " -n), and that the storage answers; if a file of its "
            + DeltaTable.LOG
            + " is damaged or gone, restore it from a copy, or move the folder away and run the"
            + " command that writes the table",
        e);
  }

  private static boolean isOfProtocol(String message) {
    return message != null && PROTOCOL.matcher(message).find();
  }

  /** Returns the message of the root cause, which Kernel wraps several times. */
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
