package org.sparkvit.core;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads numbers that people write: options, limits, search spaces. All of them are finite and of a
 * magnitude that figures made from them still have room for; what is not is refused with words, and
 * never becomes NaN, infinity or a sum that wraps around.
 */
public final class Numbers {
  /**
   * No rate, cost or weight that is meant is larger, and products of two are still exact enough.
   */
  public static final double LARGEST = 1e12;

  /** More digits, in front of the point or behind it, are a mistake, and slow to compute with. */
  private static final int MOST_DIGITS = 1_000;

  private static final Pattern BYTES = Pattern.compile("(\\d{1,18})([kmgKMG]?)");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([hHdD])");

  private Numbers() {}

  /**
   * Returns a number with a point.
   *
   * @throws IllegalArgumentException when it is none, not finite, or beyond {@link #LARGEST}; the
   *     message goes on from the number: "is no number"
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
   * Returns a decimal number that is kept as it is written, such as a share.
   *
   * @throws IllegalArgumentException as {@link #real}
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
   * Returns a whole number.
   *
   * @param least the least that is read, with which the message says the range
   * @throws IllegalArgumentException when it is none or out of range
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
      // Too many digits: said below.
    }
    throw new IllegalArgumentException("is not between " + least + " and " + greatest);
  }

  /**
   * Returns a number of bytes: a whole number, and {@code k}, {@code m} or {@code g} for 1024,
   * 1024² or 1024³ of them.
   *
   * @throws IllegalArgumentException when it is none, or too many to count
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
   * Returns a length of time: a whole number, and {@code h} or {@code d} for hours or days of 24
   * hours.
   *
   * @throws IllegalArgumentException when it is none
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
