package org.sparkvit.training;

import org.sparkvit.metrics.Metric;

/**
 * Follows a metric over the epochs. The best epoch is the first with the best value; training stops
 * after {@code patience} evaluations in a row that do not beat the best so far by more than {@code
 * minDelta}.
 */
final class BestEpoch {
  private final Metric metric;
  private final int patience;
  private final double minDelta;
  private int epoch;
  private double value = Double.NaN;
  private int withoutImprovement;

  BestEpoch(Metric metric, int patience, double minDelta) {
    this.metric = metric;
    this.patience = patience;
    this.minDelta = minDelta;
  }

  /** Takes in an evaluation and says whether it is the best so far. */
  boolean add(int newEpoch, double newValue) {
    boolean better = metric.isBetter(newValue, value);
    boolean clearly = better && (Double.isNaN(value) || Math.abs(newValue - value) > minDelta);
    withoutImprovement = clearly ? 0 : withoutImprovement + 1;
    if (better) {
      epoch = newEpoch;
      value = newValue;
    }
    return better;
  }

  /** Whether patience is at its end. */
  boolean shouldStop() {
    return patience > 0 && withoutImprovement >= patience;
  }

  /** Number of the best epoch; 0 while there is none. */
  int epoch() {
    return epoch;
  }

  /** The metric in the best epoch; NaN while there is none. */
  double value() {
    return value;
  }
}
