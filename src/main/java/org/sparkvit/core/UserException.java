package org.sparkvit.core;

/**
 * Something the person at the keyboard can put right: an option, a file, a column of their data.
 *
 * <p>The message is one line that says what was wrong, its value, and the fix. It is shown without
 * a stack trace, so it has none.
 */
public class UserException extends RuntimeException {
  /** A list of a thousand names hides what is to be done, which stands at the end. */
  private static final int LONGEST = 2_000;

  private static final int HEAD = 1_500;

  public UserException(String message) {
    this(message, null);
  }

  public UserException(String message, Throwable cause) {
    // A trace would only bury the one line that matters.
    super(oneLine(message), cause, false, false);
  }

  /**
   * Checks an option's value.
   *
   * @param range what it has to be, to go behind "use"
   * @throws UserException when it does not hold
   */
  public static void require(boolean holds, String option, Object value, String range) {
    if (!holds) {
      String shown = value instanceof String ? "'" + value + "'" : String.valueOf(value);
      throw new UserException(option + " is " + shown + "; use " + range);
    }
  }

  /** Control characters come from names and files of others, and would move the cursor about. */
  private static String oneLine(String message) {
    String line =
        message.replaceAll("\\s*\\R\\s*", " ").replaceAll("[\\p{Cntrl}&&[^\t]]", "?").strip();
    return line.length() <= LONGEST
        ? line
        : line.substring(0, HEAD) + " ... " + line.substring(line.length() - (LONGEST - HEAD));
  }
}
