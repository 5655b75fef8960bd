package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class EdgeTest {
  @Test
  void withoutImagesEverythingIsUndefined() {
    Evaluation nothing = new ClassificationEvaluator(3).evaluation();
    for (Metric metric : Metric.values()) {
      assertThat(nothing.value(metric)).as(metric.label()).isNaN();
    }
  }

  @Test
  void correlationStaysExactForBillionsOfImages() {
    ConfusionMatrix huge = new ConfusionMatrix(2);
    huge.add(0, 0, 8_000_000_000L);
    huge.add(0, 1, 10);
    huge.add(1, 0, 10);
    huge.add(1, 1, 30);
    double root = Math.sqrt(8_000_000_010.0 * 40 * 8_000_000_010.0 * 40);
    assertThat(huge.matthewsCorrelation()).isCloseTo((8e9 * 30 - 100) / root, within(1e-12));
  }

  @Test
  void pairsBeyondALongAreAnErrorNotAWrongValue() {
    RankingAccumulator sums = new RankingAccumulator();
    sums.add(5_000_000_000L, 0);
    assertThatThrownBy(() -> sums.add(0, 5_000_000_000L)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void impossibleInputIsRefused() {
    LogLoss loss = LogLoss.ofFloats();
    assertThatThrownBy(() -> loss.add(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> loss.add(1.5)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> loss.merge(LogLoss.ofDoubles())).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new FixedPointSum().add(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> ScoreHistogram.of(new double[] {Double.NaN}, new boolean[1]))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new ConfusionMatrix(2).merge(new ConfusionMatrix(3)))
        .hasMessageContaining("2 and 3");
    assertThatThrownBy(() -> new ClassificationEvaluator(2).add(0, new float[3]))
        .hasMessageContaining("3");
  }

  @Test
  void metricsAreCalledInTablesAsInCode() {
    for (Metric metric : Metric.values()) {
      assertThat(metric.label()).isEqualTo(metric.name().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void betterKnowsTheDirectionAndTheUndefined() {
    assertThat(Metric.LOG_LOSS.isBetter(0.1, 0.2)).isTrue();
    assertThat(Metric.MCC.isBetter(0.1, 0.2)).isFalse();
    assertThat(Metric.MCC.isBetter(0.2, 0.2)).isFalse();
    assertThat(Metric.MCC.isBetter(-0.5, Double.NaN)).isTrue();
    assertThat(Metric.MCC.isBetter(Double.NaN, -0.5)).isFalse();
    assertThat(Metric.MCC.isBetter(Double.NaN, Double.NaN)).isFalse();
  }

  @Test
  void minorityWeightsAreTheInverseOfTheSupport() {
    ConfusionMatrix matrix = new ConfusionMatrix(2);
    matrix.add(0, 0, 90);
    matrix.add(1, 0, 5);
    matrix.add(1, 1, 5);
    // w = 100 / (2 * 90) and 100 / (2 * 10): one tenth and nine tenths.
    assertThat(matrix.minorityWeightedF1())
        .isCloseTo(0.1 * matrix.f1(0) + 0.9 * matrix.f1(1), within(1e-12));
    assertThat(matrix.weightedF1())
        .isCloseTo(0.9 * matrix.f1(0) + 0.1 * matrix.f1(1), within(1e-12));
  }
}
