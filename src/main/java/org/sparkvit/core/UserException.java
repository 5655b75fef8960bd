package org.sparkvit.core;

/**
 * Something the person at the keyboard can put right: an option, a file, a column of their data.
 *
 * <p>The message is one line that says what was wrong, its value, and the fix. It is shown without
 * a stack trace, so it has none.
 */
public class UserException extends RuntimeException {
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

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
