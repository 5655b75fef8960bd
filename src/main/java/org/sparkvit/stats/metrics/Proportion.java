package org.sparkvit.stats.metrics;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * A share with its Wilson interval.
 *
 * @param hits the number of things that have a property
 * @param total the number of all things
 */
public record Proportion(long hits, long total) {
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  /** Quantile of the normal distribution for intervals at the 95 % level. */
  private static final double Z = NORMAL.inverseCumulativeProbability(0.975);

  public Proportion {
    if (hits < 0 || hits > total) {
      throw new IllegalArgumentException(hits + " of " + total);
    }
  }

  /** Returns the share, 0 to 1, or NaN where the total is 0. */
  public double rate() {
    return total == 0 ? Double.NaN : (double) hits / total;
  }

  /**
   * Returns the lower end of Wilson's interval (Wilson 1927) at the 95 % level, or 0 where the
   * total is 0.
   */
  public double low() {
    return total == 0 || hits == 0 ? 0 : Math.max(0, center() - halfWidth());
  }

  /** Returns the upper end of Wilson's interval at the 95 % level, or 1 where the total is 0. */
  public double high() {
    return total == 0 || hits == total ? 1 : Math.min(1, center() + halfWidth());
  }

  private double center() {
    return (rate() + Z * Z / (2 * total)) / (1 + Z * Z / total);
  }

  private double halfWidth() {
    double rate = rate();
    double spread = rate * (1 - rate) / total + Z * Z / (4.0 * total * total);
    return Z * Math.sqrt(spread) / (1 + Z * Z / total);
  }

  /**
   * Returns the p-value of the two-sided test of two proportions with their pooled share. It is the
   * probability that two samples of one population differ this much or more. It is 1 where the test
   * is undefined.
   */
  public double pValue(Proportion other) {
    double pooled = (hits + other.hits) / (double) (total + other.total);
    double variance = pooled * (1 - pooled) * (1.0 / total + 1.0 / other.total);
    if (total == 0 || other.total == 0 || !(variance > 0)) {
      return 1;
    }
    double z = Math.abs(rate() - other.rate()) / Math.sqrt(variance);
    return Math.min(1, 2 * NORMAL.cumulativeProbability(-z));
  }
}
