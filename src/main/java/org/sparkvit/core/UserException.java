package org.sparkvit.core;

/**
 * Thrown for something that the user can put right: an option, a file, a column of their data.
 *
 * <p>The message is one line that says what was wrong, its value, and the fix. It is shown without
 * a stack trace, so the exception has none.
 */
public class UserException extends RuntimeException {
  /**
   * The number of characters at which a message is shortened. A list of a thousand names would hide
   * the fix, which stands at the end.
   */
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
   * @param holds whether the value is valid
   * @param option the option's name
   * @param value the option's value
   * @param range the valid values, in words that follow "use"
   * @throws UserException when the value is not valid
   */
  public static void require(boolean holds, String option, Object value, String range) {
    if (!holds) {
      String shown = value instanceof String ? "'" + value + "'" : String.valueOf(value);
      throw new UserException(option + " is " + shown + "; use " + range);
    }
  }

  /**
   * Returns the message without control characters. They come from other people's names and files,
   * and would move the cursor about.
   */
  private static String oneLine(String message) {
    String line =
        message.replaceAll("\\s*\\R\\s*", " ").replaceAll("[\\p{Cntrl}&&[^\t]]", "?").strip();
    return line.length() <= LONGEST
        ? line
        : line.substring(0, HEAD) + " ... " + line.substring(line.length() - (LONGEST - HEAD));
  }
}
