package org.sparkvit.training.loop;

import org.sparkvit.stats.metrics.Metric;

/**
 * Follows a metric over the epochs. The best epoch is the one with the best value; of several with
 * the same value it is the one with the least log loss, and of those the first. Training stops
 * after {@code patience} evaluations in a row that do not beat the best so far by more than {@code
 * minDelta}. A tie does not beat it.
 */
final class BestEpoch {
  private final Metric metric;
  private final int patience;
  private final double minDelta;
  private int epoch;
  private double value = Double.NaN;
  private double logLoss = Double.NaN;
  private int withoutImprovement;

  BestEpoch(Metric metric, int patience, double minDelta) {
    this.metric = metric;
    this.patience = patience;
    this.minDelta = minDelta;
  }

  /** Adds an evaluation. Returns whether it is the best so far. */
  boolean add(int newEpoch, double newValue, double newLogLoss) {
    boolean beats = metric.isBetter(newValue, value);
    boolean better = beats || (newValue == value && Metric.LOG_LOSS.isBetter(newLogLoss, logLoss));
    boolean clearly = beats && (Double.isNaN(value) || Math.abs(newValue - value) > minDelta);
    withoutImprovement = clearly ? 0 : withoutImprovement + 1;
    if (better) {
      epoch = newEpoch;
      value = newValue;
      logLoss = newLogLoss;
    }
    return better;
  }

  /** Returns whether {@code patience} evaluations in a row have brought no improvement. */
  boolean shouldStop() {
    return patience > 0 && withoutImprovement >= patience;
  }

  /** Returns the number of the best epoch, or 0 while there is none. */
  int epoch() {
    return epoch;
  }

  /** Returns the metric in the best epoch, or NaN while there is none. */
  double value() {
    return value;
  }
}
