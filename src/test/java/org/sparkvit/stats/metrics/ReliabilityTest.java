package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bins of as many images, and the parts of the Brier score, against scikit-learn and numpy. */
class ReliabilityTest {
  static List<CalibrationFixtures.Case> cases() {
    return CalibrationFixtures.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void binsOfAsManyImagesAreScikitLearns(CalibrationFixtures.Case fixture) {
    Reliability reliability = Reliability.ofEqualMass(fixture.counts());
    assertThat(reliability.bins()).hasSize(Reliability.BINS);
    List<Reliability.Bin> filled =
        reliability.bins().stream().filter(bin -> bin.images() > 0).toList();
    double[] right = fixture.numbers("right");
    double[] mean = fixture.numbers("mean");
    assertThat(filled).hasSize(right.length);
    double error = 0;
    for (int i = 0; i < right.length; i++) {
      assertThat(filled.get(i).accuracy()).isCloseTo(right[i], within(1e-12));
      assertThat(filled.get(i).confidence()).isCloseTo(mean[i], within(1e-12));
      error += filled.get(i).images() * Math.abs(right[i] - mean[i]) / fixture.scores().length;
    }
    assertThat(reliability.meanError()).isCloseTo(error, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partsOfTheBrierScoreAreNumpys(CalibrationFixtures.Case fixture) {
    // Of a single class the highest probability is the probability.
    ProbabilityAccumulator sums = new ProbabilityAccumulator();
    for (int i = 0; i < fixture.scores().length; i++) {
      sums.add(new float[] {(float) fixture.scores()[i]}, 0, fixture.labels()[i] == 1);
    }
    Reliability.BrierParts parts = sums.reliability().brierParts();
    assertThat(parts.reliability())
        .isCloseTo(fixture.expected().at("/parts/reliability").doubleValue(), within(1e-8));
    assertThat(parts.resolution())
        .isCloseTo(fixture.expected().at("/parts/resolution").doubleValue(), within(1e-8));
    assertThat(parts.uncertainty())
        .isCloseTo(fixture.expected().at("/parts/uncertainty").doubleValue(), within(1e-12));
  }

  @Test
  void withoutImagesNothingIsDefined() {
    Reliability none = Reliability.ofEqualMass(ScoreHistogram.of(new double[0], new boolean[0]));
    assertThat(none.bins()).isEmpty();
    assertThat(none.meanError()).isNaN();
    assertThat(none.brierParts().uncertainty()).isNaN();
    Reliability one =
        Reliability.ofEqualMass(ScoreHistogram.of(new double[] {0.75}, new boolean[] {true}));
    assertThat(one.meanError()).isEqualTo(0.25);
  }
}
