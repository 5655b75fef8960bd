package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * Divides the log-odds of a probability into ranges of equal width. In terms of the probability
 * they are finer towards 0 and 1, where the scores of a good model lie.
 *
 * @param count the number of ranges
 */
public record LogOddsRanges(int count) implements Serializable {
  /**
   * The largest log-odds of a range's limit; the smallest is its negative. They cover probabilities
   * from 1e-7 to 1 - 1e-7.
   */
  private static final double MOST = 16;

  /**
   * Returns the index of a probability's range, from 0. Probabilities beyond the limits are in the
   * first or the last range.
   */
  public int of(double probability) {
    double odds = Math.log(probability / (1 - probability));
    double share = (odds + MOST) / (2 * MOST);
    return (int) Math.max(0, Math.min(count - 1.0, share * count));
  }

  /** Returns the probability that a range begins with, or 0 for the first range. */
  public float lowest(int range) {
    double odds = 2 * MOST * range / count - MOST;
    return range == 0 ? 0 : (float) (1 / (1 + Math.exp(-odds)));
  }
}
