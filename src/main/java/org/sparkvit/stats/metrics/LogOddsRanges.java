package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * Ranges of the log-odds of a probability, equally wide: finer towards 0 and 1, where the scores of
 * a good model lie.
 *
 * @param count how many
 */
public record LogOddsRanges(int count) implements Serializable {
  /** From minus to plus this: probabilities from 1e-7 to 1 - 1e-7. */
  private static final double MOST = 16;

  /**
   * Returns the range of a probability, from 0; what lies farther out is in the first or the last.
   */
  public int of(double probability) {
    double odds = Math.log(probability / (1 - probability));
    double share = (odds + MOST) / (2 * MOST);
    return (int) Math.max(0, Math.min(count - 1.0, share * count));
  }

  /** Returns the probability that a range begins with; 0 for the first. */
  public float lowest(int range) {
    double odds = 2 * MOST * range / count - MOST;
    return range == 0 ? 0 : (float) (1 / (1 + Math.exp(-odds)));
  }
}
