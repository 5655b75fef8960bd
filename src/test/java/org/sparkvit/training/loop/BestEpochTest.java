package org.sparkvit.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sparkvit.stats.metrics.Metric;

class BestEpochTest {
  /** Feeds values until patience ends; returns how many were taken. */
  private static int feed(BestEpoch best, double... values) {
    int epoch = 0;
    for (double value : values) {
      best.add(++epoch, value, Double.NaN);
      if (best.shouldStop()) {
        break;
      }
    }
    return epoch;
  }

  @Test
  void countsPatienceFromTheBestAndNotFromTheEpochBefore() {
    BestEpoch best = new BestEpoch(Metric.ACCURACY, 3, 0);
    // Each of the last three is better than or equal to the one before, none beats 0.8.
    assertThat(feed(best, 0.5, 0.8, 0.6, 0.7, 0.8, 0.9)).isEqualTo(5);
    assertThat(best.epoch()).isEqualTo(2);
    assertThat(best.value()).isEqualTo(0.8);
  }

  @Test
  void lowerIsBetterForALoss() {
    BestEpoch best = new BestEpoch(Metric.LOG_LOSS, 0, 0);
    assertThat(feed(best, 0.9, 0.4, 0.6, 0.5)).isEqualTo(4);
    assertThat(best.epoch()).isEqualTo(2);
  }

  @Test
  void smallGainsAreKeptButDoNotRestorePatience() {
    BestEpoch best = new BestEpoch(Metric.ACCURACY, 2, 0.05);
    assertThat(feed(best, 0.5, 0.52, 0.54, 0.99)).isEqualTo(3);
    assertThat(best.epoch()).isEqualTo(3);
  }

  @Test
  void ofEpochsWithTheSameValueTheOneWithTheLeastLogLossIsTheBest() {
    BestEpoch best = new BestEpoch(Metric.F1_MACRO, 3, 0);
    assertThat(best.add(1, 0.9, 0.5)).isTrue();
    assertThat(best.add(2, 0.9, 0.3)).isTrue();
    assertThat(best.add(3, 0.9, 0.4)).isFalse();
    assertThat(best.epoch()).isEqualTo(2);
    // A tie is kept, but does not restore patience.
    assertThat(best.shouldStop()).isFalse();
    assertThat(best.add(4, 0.9, 0.2)).isTrue();
    assertThat(best.shouldStop()).isTrue();
    assertThat(best.epoch()).isEqualTo(4);
    // A better value counts for more than the loss, and no loss does not count as less.
    BestEpoch other = new BestEpoch(Metric.F1_MACRO, 0, 0);
    assertThat(other.add(1, 0.8, 0.1)).isTrue();
    assertThat(other.add(2, 0.9, 0.9)).isTrue();
    assertThat(other.add(3, 0.9, Double.NaN)).isFalse();
  }

  @Test
  void anUndefinedValueIsNoBest() {
    BestEpoch best = new BestEpoch(Metric.ROC_AUC_MACRO, 0, 0);
    assertThat(best.add(1, Double.NaN, 0.5)).isFalse();
    assertThat(best.epoch()).isZero();
    assertThat(best.add(2, 0.3, 0.5)).isTrue();
    assertThat(best.add(3, Double.NaN, 0.1)).isFalse();
    assertThat(best.epoch()).isEqualTo(2);
  }
}
