package org.sparkvit.core;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads numbers that people write in options, limits and search spaces. All of them are finite, and
 * small enough for computing with them. Any other text is refused with a message, and never becomes
 * NaN, infinity or a sum that wraps around.
 */
public final class Numbers {
  /**
   * The largest number that is accepted. No meaningful rate, cost or weight is larger, and products
   * of two such numbers are still exact enough.
   */
  public static final double LARGEST = 1e12;

  /**
   * The largest number of digits before or behind the decimal point. More are a mistake, and slow
   * to compute with.
   */
  private static final int MOST_DIGITS = 1_000;

  private static final Pattern BYTES = Pattern.compile("(\\d{1,18})([kmgKMG]?)");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([hHdD])");

  private Numbers() {}

  /**
   * Reads a floating-point number.
   *
   * @throws IllegalArgumentException when the text is no number, or the number is not finite or
   *     beyond {@link #LARGEST}; the message continues a sentence that begins with the text: "is no
   *     number"
   */
  public static double real(String text) {
    double value;
    try {
      value = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is no number", e);
    }
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("is no number that anything can be compared with");
    }
    if (Math.abs(value) > LARGEST) {
      throw new IllegalArgumentException("is not between -1e12 and 1e12");
    }
    return value;
  }

  /**
   * Reads a decimal number that keeps the digits as they are written, such as a share.
   *
   * @throws IllegalArgumentException as {@link #real} does
   */
  public static BigDecimal decimal(String text) {
    real(text);
    BigDecimal value;
    try {
      value = new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is no decimal number", e);
    }
    if (value.precision() > MOST_DIGITS || Math.abs((long) value.scale()) > MOST_DIGITS) {
      throw new IllegalArgumentException("has more than " + MOST_DIGITS + " digits");
    }
    return value;
  }

  /**
   * Reads a whole number.
   *
   * @param least the least number that is accepted
   * @param greatest the greatest number that is accepted
   * @throws IllegalArgumentException when the text is no whole number or out of range; the message
   *     says the range
   */
  public static long whole(String text, long least, long greatest) {
    String digits = text.strip();
    if (!digits.matches("[+-]?\\d+")) {
      throw new IllegalArgumentException("is no whole number");
    }
    try {
      long value = Long.parseLong(digits);
      if (value >= least && value <= greatest) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The exception below says that there are too many digits.
    }
    throw new IllegalArgumentException("is not between " + least + " and " + greatest);
  }

  /**
   * Reads a number of bytes: a whole number that may be followed by {@code k}, {@code m} or {@code
   * g} for 1024, 1024² or 1024³ bytes.
   *
   * @throws IllegalArgumentException when the text is no such number, or the number is too large
   *     for a long
   */
  public static long bytes(String text) {
    Matcher size = BYTES.matcher(text.strip());
    if (!size.matches()) {
      throw new IllegalArgumentException(
          "is no number of bytes; use a whole number with k, m or g, e.g. 256m");
    }
    int unit = "kmg".indexOf(size.group(2).toLowerCase(java.util.Locale.ROOT));
    try {
      return Math.multiplyExact(
          Long.parseLong(size.group(1)), size.group(2).isEmpty() ? 1L : 1L << (10 * (1 + unit)));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("is more bytes than there can be", e);
    }
  }

  /**
   * Reads a length of time: a whole number followed by {@code h} for hours or {@code d} for days of
   * 24 hours.
   *
   * @throws IllegalArgumentException when the text is no such length
   */
  public static Duration duration(String text) {
    Matcher length = DURATION.matcher(text.strip());
    if (!length.matches()) {
      throw new IllegalArgumentException(
          "is no length of time; use a whole number with h or d, e.g. 12h or 7d");
    }
    long number = Long.parseLong(length.group(1));
    return length.group(2).equalsIgnoreCase("h")
        ? Duration.ofHours(number)
        : Duration.ofDays(number);
  }
}
