package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * Accumulates ROC-AUC and average precision of one class against the rest over the distinct scores,
 * from the highest to the lowest.
 *
 * <p>A range of scores can be summed by itself if it is told what lies above it; ranges are then
 * merged in any order. So a data set sorted over many partitions needs one pair of totals per
 * partition, and the result is exact and the same for any partitioning.
 *
 * <p>AUC counts tied pairs half: sum of neg<sub>s</sub> (posAbove<sub>s</sub> + pos<sub>s</sub> /
 * 2) / (P N). Average precision is the step sum of precision over recall, not a trapezoid, which is
 * too optimistic (Davis and Goadrich 2006).
 */
public final class RankingAccumulator implements Serializable {
  private long positivesAbove;
  private long negativesAbove;
  private long positives;
  private long negatives;
  private long twiceOrderedPairs;
  private long tiedPairs;
  private final FixedPointSum slack = new FixedPointSum();
  private final FixedPointSum precisions = new FixedPointSum();

  /** A whole ranking, or its highest range. */
  public RankingAccumulator() {
    this(0, 0);
  }

  /**
   * A lower range.
   *
   * @param positivesAbove images of the class with a higher score than any in this range
   * @param negativesAbove other images with a higher score
   */
  public RankingAccumulator(long positivesAbove, long negativesAbove) {
    if (positivesAbove < 0 || negativesAbove < 0) {
      throw new IllegalArgumentException("negative count");
    }
    this.positivesAbove = positivesAbove;
    this.negativesAbove = negativesAbove;
  }

  /**
   * Adds the next lower distinct score.
   *
   * @param pos images of the class with this score
   * @param neg other images with this score
   */
  public void add(long pos, long neg) {
    if (pos < 0 || neg < 0) {
      throw new IllegalArgumentException("negative count");
    }
    // Exact up to 4e9 images, then an error, never a wrong value.
    long pairs =
        Math.multiplyExact(neg, Math.addExact(Math.multiplyExact(2L, positivesAbove), pos));
    twiceOrderedPairs = Math.addExact(twiceOrderedPairs, pairs);
    tiedPairs = Math.addExact(tiedPairs, Math.multiplyExact(pos, neg));
    if (pos > 0 && neg > 0) {
      double worst = (double) positivesAbove / (positivesAbove + negativesAbove + neg);
      double best = (positivesAbove + pos) / ((double) positivesAbove + pos + negativesAbove);
      slack.add(pos * (best - worst));
    }
    positivesAbove += pos;
    negativesAbove += neg;
    positives += pos;
    negatives += neg;
    if (pos > 0) {
      precisions.add(pos * ((double) positivesAbove / (positivesAbove + negativesAbove)));
    }
  }

  /** Takes in the sums of another range. */
  public void merge(RankingAccumulator other) {
    positives += other.positives;
    negatives += other.negatives;
    twiceOrderedPairs = Math.addExact(twiceOrderedPairs, other.twiceOrderedPairs);
    tiedPairs = Math.addExact(tiedPairs, other.tiedPairs);
    slack.add(other.slack);
    precisions.add(other.precisions);
  }

  /** Images of the class in the ranges seen. */
  public long positives() {
    return positives;
  }

  /** Other images in the ranges seen. */
  public long negatives() {
    return negatives;
  }

  /** In [0, 1], or NaN where positives or negatives are missing. */
  public double rocAuc() {
    return positives == 0 || negatives == 0
        ? Double.NaN
        : twiceOrderedPairs / (2.0 * positives * negatives);
  }

  /**
   * How far ROC-AUC may be from what it would be if no images had equal scores, whatever their
   * order, or NaN where it is.
   */
  public double rocAucBound() {
    return positives == 0 || negatives == 0
        ? Double.NaN
        : tiedPairs / (2.0 * positives * negatives);
  }

  /** The same of average precision, or NaN without positives. */
  public double averagePrecisionBound() {
    return positives == 0 ? Double.NaN : slack.value() / positives;
  }

  /** In [0, 1]; 0 without positives, as scikit-learn, or NaN without images. */
  public double averagePrecision() {
    if (positives == 0) {
      return negatives == 0 ? Double.NaN : 0;
    }
    return precisions.value() / positives;
  }
}
