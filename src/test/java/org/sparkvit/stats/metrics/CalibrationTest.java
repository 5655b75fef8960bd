package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final List<Double> NO_SHIFT = List.of(0.0, 0.0, 0.0);

  private record Drawn(List<float[]> probabilities, List<Integer> labels) {}

  /** Labels drawn from probabilities, which are then said too surely by a temperature. */
  private static Drawn draw(int n, double temperature, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> probabilities = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double[] logits = new double[3];
      for (int c = 0; c < 3; c++) {
        logits[c] = random.nextDouble(-2, 2);
      }
      double[] truth = Calibration.softmax(logits, 1);
      double u = random.nextDouble();
      labels.add(u < truth[0] ? 0 : u < truth[0] + truth[1] ? 1 : 2);
      double[] said = Calibration.softmax(logits, temperature);
      probabilities.add(new float[] {(float) said[0], (float) said[1], (float) said[2]});
    }
    return new Drawn(probabilities, labels);
  }

  private static double fit(Drawn drawn, List<Double> shift) {
    return TemperatureFit.find(
        factor -> {
          TemperatureFit.Slope slope = new TemperatureFit.Slope(factor, shift);
          for (int i = 0; i < drawn.labels().size(); i++) {
            slope.add(drawn.probabilities().get(i), drawn.labels().get(i));
          }
          return slope;
        });
  }

  private static Evaluation evaluate(Drawn drawn, Calibration calibration) {
    ClassificationEvaluator book = new ClassificationEvaluator(3);
    for (int i = 0; i < drawn.labels().size(); i++) {
      float[] p = drawn.probabilities().get(i);
      book.add(drawn.labels().get(i), calibration == null ? p : calibration.apply(p));
    }
    return book.evaluation();
  }

  @Test
  void theTemperatureIsTheOneWithTheLeastLoss() {
    for (double planted : new double[] {0.4, 1, 3}) {
      Drawn drawn = draw(20_000, planted, 1);
      double temperature = fit(drawn, NO_SHIFT);
      assertThat(temperature).isCloseTo(planted, within(0.06 * planted));
      double least = evaluate(drawn, new Calibration(temperature, NO_SHIFT)).value(Metric.LOG_LOSS);
      for (double off : new double[] {0.95, 0.995, 1.005, 1.05}) {
        Calibration other = new Calibration(temperature * off, NO_SHIFT);
        assertThat(evaluate(drawn, other).value(Metric.LOG_LOSS)).isGreaterThan(least);
      }
    }
  }

  @Test
  void onImagesThatItWasNotFittedOnLossAndErrorFallAndThePredictionStays() {
    double temperature = fit(draw(5000, 3, 2), NO_SHIFT);
    Calibration calibration = new Calibration(temperature, NO_SHIFT);
    Drawn other = draw(5000, 3, 3);
    Evaluation before = evaluate(other, null);
    Evaluation after = evaluate(other, calibration);
    assertThat(after.value(Metric.LOG_LOSS)).isLessThan(before.value(Metric.LOG_LOSS) - 0.1);
    assertThat(before.value(Metric.ECE)).isGreaterThan(0.15);
    assertThat(after.value(Metric.ECE)).isLessThan(0.03);
    assertThat(after.confusion().accuracy()).isEqualTo(before.confusion().accuracy());
    for (float[] p : other.probabilities()) {
      float[] q = calibration.apply(p);
      assertThat(q[0] + q[1] + q[2]).isCloseTo(1f, within(1e-6f));
    }
  }

  @Test
  void perfectAndHopelessModelsEndAtTheLimits() {
    Drawn right = new Drawn(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 30; i++) {
      right.probabilities().add(new float[] {0.8f, 0.1f, 0.1f});
      right.labels().add(0);
    }
    // Below this the loss is next to nothing.
    assertThat(fit(right, NO_SHIFT)).isLessThan(0.2);
    Drawn wrong = new Drawn(right.probabilities(), Collections.nCopies(30, 1));
    assertThat(fit(wrong, NO_SHIFT)).isGreaterThan(50);
  }

  /** A Bayes classifier of two classes half each, used where one is a twentieth of all. */
  @Test
  void aPriorShiftGivesTheRealPrevalence() {
    double real = 0.05;
    Calibration calibration =
        new Calibration(
            1, Calibration.shift(new double[] {0.5, 0.5}, new double[] {1 - real, real}));
    SplittableRandom random = new SplittableRandom(5);
    double before = 0;
    double after = 0;
    int n = 50_000;
    for (int i = 0; i < n; i++) {
      // Scores of the classes are normal around -1 and 1, so that the odds are e^2x.
      double center = random.nextDouble() < real ? 1 : -1;
      double sum = -6;
      for (int k = 0; k < 12; k++) {
        sum += random.nextDouble();
      }
      float p = (float) (1 / (1 + Math.exp(-2 * (center + sum))));
      before += p;
      after += calibration.apply(new float[] {1 - p, p})[1];
    }
    assertThat(before / n).isGreaterThan(3 * real);
    assertThat(after / n).isCloseTo(real, within(0.1 * real));
  }

  @Test
  void eachClassGoesThroughItsOwnCurve() {
    IsotonicScaling steep = new IsotonicScaling(List.of(0.25, 0.75), List.of(0.0, 1.0));
    assertThat(steep.apply(0)).isEqualTo(0);
    assertThat(steep.apply(0.25)).isEqualTo(0);
    assertThat(steep.apply(0.5)).isEqualTo(0.5);
    assertThat(steep.apply(0.75)).isEqualTo(1);
    assertThat(steep.apply(1)).isEqualTo(1);
    IsotonicScaling half = new IsotonicScaling(List.of(0.0, 1.0), List.of(0.0, 0.5));
    Calibration calibration = new Calibration(1, NO_SHIFT, List.of(half, steep, steep));
    float[] p = calibration.apply(new float[] {0.4f, 0.5f, 0.1f});
    assertThat(p[0]).isCloseTo(0.2f / 0.7f, within(1e-6f));
    assertThat(p[1]).isCloseTo(0.5f / 0.7f, within(1e-6f));
    assertThat(p[2]).isZero();
    // No class is left: any is as good as another.
    IsotonicScaling never = new IsotonicScaling(List.of(0.5), List.of(0.0));
    assertThat(
            new Calibration(1, NO_SHIFT, List.of(never, never, never))
                .apply(new float[] {0.2f, 0.2f, 0.6f}))
        .containsExactly(1 / 3f, 1 / 3f, 1 / 3f);
  }

  @Test
  void mistakes() {
    assertThatThrownBy(() -> new IsotonicScaling(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Calibration(1, NO_SHIFT, List.of(new PlattScaling(1, 0))))
        .hasMessageContaining("1 curves, 3 classes");
    assertThatThrownBy(() -> new Calibration(0, NO_SHIFT)).hasMessageContaining("temperature");
    assertThat(Calibration.shift(new double[] {1, 0}, new double[] {0.5, 0.5}))
        .containsExactly(Math.log(0.5), 0.0);
    float[] same = {0.25f, 0.75f, 0};
    float[] kept = new Calibration(1, NO_SHIFT).apply(same);
    for (int c = 0; c < 3; c++) {
      assertThat(kept[c]).isCloseTo(same[c], within(1e-7f));
    }
  }
}
