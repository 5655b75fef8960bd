package org.sparkvit.dataset.delta;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The bounds of the values of a column in a file. Strings are ordered by their bytes in UTF-8, as
 * in Parquet.
 *
 * @param min the lower bound, a {@link String}, {@link Integer} or {@link Long}
 * @param max the upper bound, of the same type
 */
public record Bounds(Comparable<?> min, Comparable<?> max) implements Serializable {

  /** Returns whether some value can lie within both bounds. */
  public boolean overlap(Bounds other) {
    return compare(min, other.max) <= 0 && compare(other.min, max) <= 0;
  }

  /** Returns whether a string that is not less than {@code from} can lie within the bounds. */
  public boolean reaches(String from) {
    return compare(from, max) <= 0;
  }

  /** Returns whether a string that is less than {@code to} can lie within the bounds. */
  public boolean beginsBefore(String to) {
    return compare(min, to) < 0;
  }

  /** Returns the bounds of the values of both. */
  Bounds with(Bounds other) {
    return new Bounds(
        compare(min, other.min) <= 0 ? min : other.min,
        compare(max, other.max) >= 0 ? max : other.max);
  }

  private static int compare(Comparable<?> a, Comparable<?> b) {
    if (a instanceof Number one && b instanceof Number other) {
      return Long.compare(one.longValue(), other.longValue());
    }
    // The order of UTF-8 is that of code points, which that of Java's chars is not.
    int[] one = a.toString().codePoints().toArray();
    int[] other = b.toString().codePoints().toArray();
    return Arrays.compare(one, other);
  }
}
