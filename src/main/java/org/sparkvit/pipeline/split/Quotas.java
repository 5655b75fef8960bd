package org.sparkvit.pipeline.split;

import java.math.BigDecimal;
import java.util.List;

/** Computes how many images of one class each split gets, in exact decimal arithmetic. */
final class Quotas {
  private Quotas() {}

  /**
   * Distributes {@code total} images of a class among the splits by the largest-remainder method
   * (Hamilton's apportionment). Equal remainders go to the earlier split.
   *
   * <p>No split goes below what it has, nor, where the class has enough images, below one. A split
   * whose share would be less gets just that number, and the others share the rest in proportion.
   *
   * @param total the number of images of the class, those already placed included
   * @param have the number of images already placed in each split; their sum is at most {@code
   *     total}
   * @param shares the wanted share of each split, not negative
   * @param open the splits that take further images; at least one of them has a share above 0 where
   *     images remain to be placed
   * @return the number of images for each split, at least {@code have}; the sum is {@code total}
   */
  static long[] fill(long total, long[] have, List<BigDecimal> shares, boolean[] open) {
    boolean[] takes = new boolean[have.length];
    long[] atLeast = have.clone();
    long needed = 0;
    for (int s = 0; s < have.length; s++) {
      takes[s] = open[s] && shares.get(s).signum() > 0;
      atLeast[s] = takes[s] ? Math.max(1, have[s]) : have[s];
      needed += atLeast[s];
    }
    return apportion(total, needed <= total ? atLeast : have, shares, takes);
  }

  private static long[] apportion(
      long total, long[] atLeast, List<BigDecimal> shares, boolean[] takes) {
    while (true) {
      long rest = total;
      BigDecimal sum = BigDecimal.ZERO;
      for (int s = 0; s < takes.length; s++) {
        if (takes[s]) {
          sum = sum.add(shares.get(s));
        } else {
          rest -= atLeast[s];
        }
      }
      // Those that drop out shrink the others' share, so that more may have to.
      boolean settled = true;
      for (int s = 0; s < takes.length; s++) {
        BigDecimal scaledShare = BigDecimal.valueOf(rest).multiply(shares.get(s));
        if (takes[s] && BigDecimal.valueOf(atLeast[s]).multiply(sum).compareTo(scaledShare) > 0) {
          takes[s] = false;
          settled = false;
        }
      }
      if (settled) {
        return largestRemainder(rest, atLeast, shares, sum, takes);
      }
    }
  }

  private static long[] largestRemainder(
      long rest, long[] fixed, List<BigDecimal> shares, BigDecimal sum, boolean[] takes) {
    long[] quotas = fixed.clone();
    BigDecimal[] remainders = new BigDecimal[quotas.length];
    long left = rest;
    for (int s = 0; s < quotas.length; s++) {
      remainders[s] = BigDecimal.ONE.negate();
      if (takes[s]) {
        // All remainders have the denominator `sum`, so the numerators can be compared.
        BigDecimal[] parts =
            BigDecimal.valueOf(rest).multiply(shares.get(s)).divideAndRemainder(sum);
        quotas[s] = parts[0].longValueExact();
        remainders[s] = parts[1];
        left -= quotas[s];
      }
    }
    for (; left > 0; left--) {
      int largest = 0;
      for (int s = 1; s < quotas.length; s++) {
        if (remainders[s].compareTo(remainders[largest]) > 0) {
          largest = s;
        }
      }
      quotas[largest]++;
      remainders[largest] = BigDecimal.ONE.negate();
    }
    return quotas;
  }
}
