package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlattScalingTest {
  static List<CalibrationFixtures.Case> cases() {
    return CalibrationFixtures.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theCurveIsScikitLearns(CalibrationFixtures.Case fixture) {
    PlattScaling curve = PlattScaling.fit(fixture.counts());
    double[] expected = fixture.numbers("platt");
    PlattScaling theirs = new PlattScaling(expected[0], expected[1]);
    // Theirs stops a little before the least loss.
    for (double p : fixture.numbers("asked")) {
      assertThat(curve.apply(p)).isCloseTo(theirs.apply(p), within(2e-4));
    }
    double mine = loss(fixture, curve);
    assertThat(mine).isLessThanOrEqualTo(loss(fixture, theirs) + 1e-9);
    for (double off : new double[] {-1e-3, 1e-3}) {
      assertThat(loss(fixture, new PlattScaling(curve.slope() + off, curve.intercept())))
          .isGreaterThan(mine);
      assertThat(loss(fixture, new PlattScaling(curve.slope(), curve.intercept() + off)))
          .isGreaterThan(mine);
    }
  }

  /** With Platt's targets. */
  private static double loss(CalibrationFixtures.Case fixture, PlattScaling curve) {
    double positives = 0;
    for (double label : fixture.labels()) {
      positives += label;
    }
    double negatives = fixture.labels().length - positives;
    double loss = 0;
    for (int i = 0; i < fixture.scores().length; i++) {
      double target =
          fixture.labels()[i] == 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
      double p = fixture.scores()[i];
      double odds =
          Math.log(Math.max(p, Float.MIN_NORMAL)) - Math.log(Math.max(1 - p, Float.MIN_NORMAL));
      double f = curve.slope() * odds + curve.intercept();
      loss += Math.max(f, 0) + Math.log1p(Math.exp(-Math.abs(f))) - target * f;
    }
    return loss;
  }

  @Test
  void aModelThatIsAlwaysWrongBecomesOneThatSaysNothing() {
    double[] scores = new double[100];
    boolean[] positive = new boolean[100];
    for (int i = 0; i < 100; i++) {
      scores[i] = (i + 1) / 102.0;
      positive[i] = i < 25;
    }
    PlattScaling curve = PlattScaling.fit(ScoreHistogram.of(scores, positive));
    assertThat(curve.slope()).isZero();
    assertThat(curve.apply(0.9)).isEqualTo(curve.apply(0.1)).isCloseTo(0.25, within(0.02));
  }

  @Test
  void equalScoresAndTheEndsHaveAValue() {
    double[] same = {0.5, 0.5, 0.5, 0.5};
    PlattScaling curve =
        PlattScaling.fit(ScoreHistogram.of(same, new boolean[] {true, false, false, false}));
    assertThat(curve.apply(0.5)).isBetween(0.2, 0.5);
    assertThat(new PlattScaling(1, 0).apply(0)).isBetween(0.0, 1e-30);
    assertThat(new PlattScaling(1, 0).apply(1)).isBetween(1 - 1e-12, 1.0);
    assertThatThrownBy(() -> PlattScaling.fit(ScoreHistogram.of(same, new boolean[4])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
