package org.sparkvit.stats.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Corrects the p-values of many tests done at the same time. */
public final class FalseDiscovery {
  private FalseDiscovery() {}

  /**
   * Adjusts p-values (Benjamini and Hochberg 1995). Of the tests with an adjusted value below q, at
   * most a share of q is expected to be false.
   *
   * @return the adjusted values in the order of {@code p}
   */
  public static double[] adjust(double[] p) {
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    double least = 1;
    for (int i = 0; i < order.length; i++) {
      int rank = p.length - i;
      least = Math.min(least, p[order[i]] * p.length / rank);
      adjusted[order[i]] = least;
    }
    return adjusted;
  }
}
