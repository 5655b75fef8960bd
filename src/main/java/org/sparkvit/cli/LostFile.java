package org.sparkvit.cli;

import java.io.FileNotFoundException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;

/**
 * Describes a file of a table that the log names and that does not exist or is damaged.
 *
 * @param file the URI of the file
 * @param table the table that the file belongs to
 * @param isGone whether the file does not exist or cannot be opened; otherwise it is damaged
 * @param cause the exception that the command ended with
 */
record LostFile(String file, TableSpec table, boolean isGone, Throwable cause) {
  private static final Pattern FILE =
      Pattern.compile("((?:[\\w.+-]+:)?/[^\\n]*?/(\\w+)/[^/\\n]+/part-\\d+-[^/\\s]*?\\.parquet)");

  private static final Pattern DAMAGED =
      Pattern.compile(
          "Checksum error|not a Parquet file|error while reading file|FAILED_READ_FILE"
              + "|could not read footer|corrupted",
          Pattern.CASE_INSENSITIVE);

  /**
   * Returns the description if an exception, or one of its causes, reports such a file, else empty.
   */
  static Optional<LostFile> of(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return Optional.empty();
      }
      String message = String.valueOf(cause.getMessage());
      boolean isGone = cause instanceof FileNotFoundException;
      Matcher file = FILE.matcher(message);
      if ((isGone || DAMAGED.matcher(message).find()) && file.find()) {
        Optional<TableSpec> table =
            Tables.ALL.stream().filter(spec -> spec.name().equals(file.group(2))).findFirst();
        if (table.isPresent()) {
          return Optional.of(new LostFile(file.group(1), table.get(), isGone, error));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the exception whose one line the command ends with. */
  UserException line() {
    return new UserException(
        "table '"
            + table.name()
            + "' cannot be read: its file "
            + file
            + (isGone ? " is gone or may not be read" : " is damaged")
            + "; bring it back from a copy, or move the table's folder away and run 'spark-vit "
            + table.writtenBy()
            + "'",
        cause);
  }
}
