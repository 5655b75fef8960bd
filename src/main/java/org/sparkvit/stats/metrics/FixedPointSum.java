package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * A sum of non-negative numbers that does not depend on their order, whereas a sum of doubles does.
 *
 * <p>Each term is rounded to a multiple of 2<sup>-48</sup> (3.6e-15) and added exactly. The integer
 * part may grow to 2<sup>63</sup>.
 */
public final class FixedPointSum implements Serializable {
  private static final int FRACTION_BITS = 48;
  private static final double ONE = 0x1p48;
  private static final long FRACTION_MASK = (1L << FRACTION_BITS) - 1;

  private long whole;
  private long fraction;

  /**
   * Adds one term.
   *
   * @param term a number in [0, 2<sup>53</sup>)
   */
  public void add(double term) {
    if (!(term >= 0 && term < 0x1p53)) {
      throw new IllegalArgumentException("term out of range: " + term);
    }
    long units = (long) term;
    // The difference is exact, and so is its product with a power of two: only rint rounds.
    add(units, (long) Math.rint((term - units) * ONE));
  }

  public void add(FixedPointSum other) {
    add(other.whole, other.fraction);
  }

  private void add(long otherWhole, long otherFraction) {
    long sum = fraction + otherFraction;
    whole = Math.addExact(whole, Math.addExact(otherWhole, sum >>> FRACTION_BITS));
    fraction = sum & FRACTION_MASK;
  }

  public double value() {
    return whole + fraction / ONE;
  }
}
