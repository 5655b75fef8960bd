package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkvit.stats.metrics.BootstrapAccumulator.Interval;

class BootstrapAccumulatorTest {
  private static final List<ToDoubleFunction<Evaluation>> FIGURES =
      List.of(
          e -> e.value(Metric.ACCURACY),
          e -> e.value(Metric.F1_MACRO),
          e -> e.value(Metric.LOG_LOSS),
          e -> e.value(Metric.BRIER),
          e -> e.value(ClassMetric.RECALL, 1),
          e -> e.value(ClassMetric.PRECISION, 1),
          e -> e.value(ClassMetric.ROC_AUC, 1),
          e -> e.value(ClassMetric.AVERAGE_PRECISION, 1));
  private static final List<Boolean> RANKINGS =
      List.of(false, false, false, false, false, false, true, true);

  /** An image of two classes, the second of which is a third of all. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Image(String id, int label, float[] probabilities) {
    static Image draw(SplittableRandom random, String id) {
      int label = random.nextInt(3) == 0 ? 1 : 0;
      double odds = 1.5 * (label - 0.5) + random.nextDouble(-2, 2) + random.nextDouble(-1, 1);
      float p = (float) (1 / (1 + Math.exp(-odds)));
      return new Image(id, label, new float[] {1 - p, p});
    }

    int prediction() {
      return probabilities[1] > probabilities[0] ? 1 : 0;
    }
  }

  private static List<Image> images(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      images.add(Image.draw(random, seed + "/" + i));
    }
    return images;
  }

  /** Scores of which most are within some 1e-7 of 1 and in order even there, a few wrong. */
  private static List<Image> sure(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int label = random.nextInt(3) == 0 ? 1 : 0;
      double odds = -18 + 4 * label + random.nextDouble(-1.6, 1.6) + random.nextDouble(-1.6, 1.6);
      float p = (float) (1 / (1 + Math.exp(-odds)));
      images.add(new Image(seed + "/" + i, label, new float[] {1 - p, p}));
    }
    return images;
  }

  private static List<Double> values(
      List<ToDoubleFunction<Evaluation>> figures, List<Image> images) {
    ClassificationEvaluator book = new ClassificationEvaluator(2);
    images.forEach(image -> book.add(image.label(), image.probabilities()));
    Evaluation evaluation = book.evaluation();
    return figures.stream().map(figure -> figure.applyAsDouble(evaluation)).toList();
  }

  private static BootstrapAccumulator sum(List<Image> images, int resamples) {
    BootstrapAccumulator sums = new BootstrapAccumulator(2, resamples, true);
    int[] weights = new int[resamples + 1];
    for (Image image : images) {
      BootstrapAccumulator.draw(image.id(), weights);
      sums.add(image.probabilities(), image.label(), image.prediction(), weights);
    }
    return sums;
  }

  private static List<Double> exact(List<Image> images) {
    ClassificationEvaluator book = new ClassificationEvaluator(2);
    images.forEach(image -> book.add(image.label(), image.probabilities()));
    Evaluation evaluation = book.evaluation();
    return FIGURES.stream().map(figure -> figure.applyAsDouble(evaluation)).toList();
  }

  @Test
  void imagesCountAsOftenAsInAPoissonDistribution() {
    int[] counts = new int[21];
    int[] weights = new int[1001];
    for (int i = 0; i < 1000; i++) {
      BootstrapAccumulator.draw("image" + i, weights);
      assertThat(weights[0]).isEqualTo(1);
      for (int b = 1; b < weights.length; b++) {
        counts[weights[b]]++;
      }
    }
    double expected = Math.exp(-1);
    for (int k = 0; k < 6; k++) {
      // Five standard deviations of a million draws.
      assertThat(counts[k] / 1e6)
          .isCloseTo(expected, within(5 * Math.sqrt(expected * (1 - expected) / 1e6)));
      expected /= k + 1;
    }
  }

  @Test
  void imagesThemselvesGiveTheExactFigures() {
    List<Image> images = images(2000, 5);
    Evaluation once = sum(images, 10).evaluation(0);
    List<Double> exact = exact(images);
    for (int f = 0; f < exact.size(); f++) {
      double tolerance = RANKINGS.get(f) ? 0.004 : 1e-9;
      assertThat(FIGURES.get(f).applyAsDouble(once)).isCloseTo(exact.get(f), within(tolerance));
    }
  }

  @Test
  void partsInAnyOrderGiveTheIntervalsOfTheWhole() {
    List<Image> images = images(900, 7);
    List<Double> exact = exact(images);
    List<Interval> whole = sum(images, 60).intervals(FIGURES, exact, RANKINGS);
    for (int parts : new int[] {3, 7}) {
      BootstrapAccumulator merged = new BootstrapAccumulator(2, 60, true);
      for (int part = parts - 1; part >= 0; part--) {
        List<Image> some = new ArrayList<>();
        for (int i = part; i < images.size(); i += parts) {
          some.add(images.get(i));
        }
        merged.merge(sum(some, 60));
      }
      assertThat(merged.intervals(FIGURES, exact, RANKINGS)).isEqualTo(whole);
    }
    for (int f = 0; f < exact.size(); f++) {
      assertThat(exact.get(f)).isBetween(whole.get(f).low(), whole.get(f).high());
    }
  }

  /** 500 samples of a thousand images each; the truth is that of a million. */
  @Test
  @Tag("slow")
  void intervalsHoldTheTruthInNinetyFiveOfAHundredCases() {
    List<Double> truth = exact(images(1_000_000, 1));
    int[] held = new int[FIGURES.size()];
    int cases = 500;
    for (int i = 0; i < cases; i++) {
      List<Image> images = images(1000, 1000 + i);
      List<Interval> intervals = sum(images, 200).intervals(FIGURES, exact(images), RANKINGS);
      for (int f = 0; f < held.length; f++) {
        boolean inside =
            truth.get(f) >= intervals.get(f).low() && truth.get(f) <= intervals.get(f).high();
        held[f] += inside ? 1 : 0;
      }
    }
    for (int f = 0; f < held.length; f++) {
      assertThat(held[f] / (double) cases).as("figure " + f).isBetween(0.93, 0.97);
    }
  }

  /**
   * A sure model on a small test split: its scores are so near to 0 and 1 that many count as equal
   * in the resamples, from which intervals were moved beyond 1.
   */
  @Test
  void intervalsOfRankingsStayWithinTheirBoundsAndHoldTheTruthOnSmallSplits() {
    List<ToDoubleFunction<Evaluation>> rankings =
        List.of(
            e -> e.value(ClassMetric.ROC_AUC, 1), e -> e.value(ClassMetric.AVERAGE_PRECISION, 1));
    List<Boolean> both = List.of(true, true);
    List<Double> truth = values(rankings, sure(400_000, 1));
    int[] held = new int[2];
    int cases = 400;
    for (int i = 0; i < cases; i++) {
      List<Image> images = sure(120, 2000 + i);
      List<Double> exact = values(rankings, images);
      List<Interval> intervals = sum(images, 200).intervals(rankings, exact, both);
      for (int f = 0; f < 2; f++) {
        Interval interval = intervals.get(f);
        assertThat(interval.low()).isBetween(0.0, interval.high());
        assertThat(interval.high()).isLessThanOrEqualTo(1);
        boolean inside = truth.get(f) >= interval.low() && truth.get(f) <= interval.high();
        held[f] += inside ? 1 : 0;
      }
    }
    for (int f = 0; f < 2; f++) {
      assertThat(held[f] / (double) cases).as("figure " + f).isBetween(0.9, 0.98);
    }
  }

  @Test
  void aMovedIntervalKeepsItsPlaceAmongTheBounds() {
    Interval interval = new Interval(0.9, 1);
    assertThat(interval.moved(0.97, 0.97).low()).isCloseTo(0.9, within(1e-12));
    assertThat(interval.moved(0.97, 0.99).low()).isBetween(0.9, 0.97);
    assertThat(interval.moved(0.97, 0.99).high()).isEqualTo(1);
    assertThat(interval.moved(0.97, 1).low()).isLessThan(1);
    assertThat(new Interval(0, 0.1).moved(0.05, 0).low()).isZero();
    assertThat(new Interval(0, 0.1).moved(0.05, Double.NaN).low()).isNaN();
  }

  @Test
  void whatIsUndefinedHasNoInterval() {
    BootstrapAccumulator one = sum(List.of(new Image("a", 0, new float[] {1, 0})), 50);
    Interval recall = one.intervals(FIGURES, exact(List.of()), RANKINGS).get(6);
    assertThat(recall.low()).isNaN();
    assertThat(recall.high()).isNaN();
  }
}
