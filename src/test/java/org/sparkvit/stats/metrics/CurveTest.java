package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurveTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.02, 0.0005})
  void drawnPointsAreFewAndKeepTheArea(double share) {
    int n = 200_000;
    Random random = new Random(7);
    double[] scores = new double[n];
    boolean[] positive = new boolean[n];
    for (int i = 0; i < n; i++) {
      positive[i] = random.nextDouble() < share;
      scores[i] = random.nextGaussian() + (positive[i] ? 2 : 0);
    }
    ScoreHistogram counts = ScoreHistogram.of(scores, positive);
    List<CurvePoint> drawn = counts.drawnPoints();

    assertThat(counts.size()).isGreaterThan(190_000);
    assertThat(drawn).hasSizeLessThan(512 + 16 * 18);
    assertThat(drawn.get(0)).isEqualTo(counts.points().get(0));
    CurvePoint end = drawn.get(drawn.size() - 1);
    assertThat(end.recall()).isEqualTo(1);
    assertThat(end.falsePositiveRate()).isEqualTo(1);
    double roc = 0;
    double pr = 0;
    for (int i = 1; i < drawn.size(); i++) {
      CurvePoint a = drawn.get(i - 1);
      CurvePoint b = drawn.get(i);
      roc += (b.falsePositiveRate() - a.falsePositiveRate()) * (a.recall() + b.recall()) / 2;
      pr += (b.recall() - a.recall()) * b.precision();
    }
    assertThat(roc).isCloseTo(counts.sums().rocAuc(), within(1.0 / 512));
    assertThat(pr).isCloseTo(counts.sums().averagePrecision(), within(0.02));
  }

  @Test
  void cellsFollowOneAnotherAlongTheCurve() {
    long last = -1;
    for (int flagged = 0; flagged <= 4000; flagged++) {
      long tp = flagged / 40;
      long cell = new CurvePoint(0, tp, flagged - tp, 100, 3900).cell();
      assertThat(cell).isGreaterThanOrEqualTo(last);
      assertThat(flagged > 8 || cell > last).isTrue();
      last = cell;
    }
  }

  @Test
  void aCurveWithoutImagesOfTheClassHasNoRecall() {
    ScoreHistogram counts = ScoreHistogram.of(new double[] {0.1, 0.7}, new boolean[2]);
    assertThat(counts.drawnPoints()).hasSize(3).allMatch(p -> Double.isNaN(p.recall()));
    assertThat(counts.sums().rocAuc()).isNaN();
    assertThat(counts.sums().averagePrecision()).isZero();
  }

  @Test
  void zeroAndMinusZeroAreOneScore() {
    ScoreHistogram counts =
        ScoreHistogram.of(new double[] {0.0, -0.0}, new boolean[] {true, false});
    assertThat(counts.size()).isEqualTo(1);
    assertThat(counts.sums().rocAuc()).isEqualTo(0.5);
  }
}
