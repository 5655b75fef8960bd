package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * Accumulates ROC-AUC and average precision of one class against the rest over the distinct scores,
 * from the highest to the lowest.
 *
 * <p>A range of scores can be summed by itself where the numbers of images above it are known.
 * Ranges are then merged in any order. So a data set sorted over many partitions needs one pair of
 * totals per partition, and the result is exact and the same for any partitioning.
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

  /** Creates an accumulator for a whole ranking, or for its highest range. */
  public RankingAccumulator() {
    this(0, 0);
  }

  /**
   * Creates an accumulator for a lower range of a ranking.
   *
   * @param positivesAbove the number of images of the class with a higher score than any in this
   *     range
   * @param negativesAbove the number of other images with a higher score
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
   * @param pos the number of images of the class with this score
   * @param neg the number of other images with this score
   */
  public void add(long pos, long neg) {
    if (pos < 0 || neg < 0) {
      throw new IllegalArgumentException("negative count");
    }
    // The numbers are exact up to 4e9 images. Beyond that there is an error, never a wrong value.
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

  /** Adds the sums of another range. */
  public void merge(RankingAccumulator other) {
    positives += other.positives;
    negatives += other.negatives;
    twiceOrderedPairs = Math.addExact(twiceOrderedPairs, other.twiceOrderedPairs);
    tiedPairs = Math.addExact(tiedPairs, other.tiedPairs);
    slack.add(other.slack);
    precisions.add(other.precisions);
  }

  /** Returns the number of images of the class in the ranges added. */
  public long positives() {
    return positives;
  }

  /** Returns the number of other images in the ranges added. */
  public long negatives() {
    return negatives;
  }

  /** Returns ROC-AUC, in [0, 1], or NaN where there are no positives or no negatives. */
  public double rocAuc() {
    return positives == 0 || negatives == 0
        ? Double.NaN
        : twiceOrderedPairs / (2.0 * positives * negatives);
  }

  /**
   * Returns the largest possible distance of this ROC-AUC from the one that any order of the images
   * with equal scores would give, or NaN where ROC-AUC is NaN.
   */
  public double rocAucBound() {
    return positives == 0 || negatives == 0
        ? Double.NaN
        : tiedPairs / (2.0 * positives * negatives);
  }

  /**
   * Returns the largest possible distance of this average precision from the one that any order of
   * the images with equal scores would give, or NaN without positives.
   */
  public double averagePrecisionBound() {
    return positives == 0 ? Double.NaN : slack.value() / positives;
  }

  /**
   * Returns the average precision, in [0, 1]. Without positives it is 0, as in scikit-learn;
   * without images it is NaN.
   */
  public double averagePrecision() {
    if (positives == 0) {
      return negatives == 0 ? Double.NaN : 0;
    }
    return precisions.value() / positives;
  }
}
