package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted in parts is, bit for bit, what is counted as a whole. */
class MergeTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aScorebookMayBeSplitInAnyWay(long seed) {
    Random random = new Random(seed);
    int classes = 2 + random.nextInt(5);
    ClassificationEvaluator whole = new ClassificationEvaluator(classes);
    List<ClassificationEvaluator> parts = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      parts.add(new ClassificationEvaluator(classes));
    }
    for (int i = 0; i < 2000; i++) {
      int label = random.nextInt(classes);
      float[] scores = softmax(random, classes, label);
      whole.add(label, scores);
      parts.get(random.nextInt(parts.size())).add(label, scores);
    }
    Collections.shuffle(parts, random);
    ClassificationEvaluator merged = new ClassificationEvaluator(classes);
    parts.forEach(merged::merge);

    Evaluation expected = whole.evaluation();
    Evaluation actual = merged.evaluation();
    for (Metric metric : Metric.values()) {
      assertThat(actual.value(metric)).as(metric.label()).isEqualTo(expected.value(metric));
    }
    for (ClassMetric metric : ClassMetric.values()) {
      for (int c = 0; c < classes; c++) {
        assertThat(actual.value(metric, c)).isEqualTo(expected.value(metric, c));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aRankingMayBeCutBetweenAnyScores(long seed) {
    Random random = new Random(seed);
    RankingAccumulator whole = new RankingAccumulator();
    List<RankingAccumulator> ranges = new ArrayList<>();
    RankingAccumulator range = new RankingAccumulator();
    long positives = 0;
    long negatives = 0;
    for (int i = 0; i < 3000; i++) {
      if (random.nextInt(500) == 0) {
        ranges.add(range);
        range = new RankingAccumulator(positives, negatives);
      }
      long pos = random.nextInt(3);
      long neg = pos == 0 ? 1 + random.nextInt(5) : random.nextInt(5);
      whole.add(pos, neg);
      range.add(pos, neg);
      positives += pos;
      negatives += neg;
    }
    ranges.add(range);
    Collections.shuffle(ranges, random);
    RankingAccumulator merged = new RankingAccumulator();
    ranges.forEach(merged::merge);
    assertThat(ranges).hasSizeGreaterThan(2);
    assertThat(merged.positives()).isEqualTo(positives);
    assertThat(merged.negatives()).isEqualTo(negatives);
    assertThat(merged.rocAuc()).isEqualTo(whole.rocAuc()).isBetween(0.0, 1.0);
    assertThat(merged.averagePrecision()).isEqualTo(whole.averagePrecision()).isBetween(0.0, 1.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aFixedPointSumDependsNeitherOnOrderNorOnGrouping(long seed) {
    Random random = new Random(seed);
    List<Double> terms = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      terms.add(Math.exp(8 * random.nextGaussian()));
    }
    double forward = sum(terms).value();
    Collections.sort(terms);
    FixedPointSum halves = sum(terms.subList(0, 5000));
    halves.add(sum(terms.subList(5000, 10_000)));
    double exact = terms.stream().mapToDouble(Double::doubleValue).sum();
    assertThat(halves.value()).isEqualTo(forward).isCloseTo(exact, within(exact * 1e-14));
  }

  private static FixedPointSum sum(List<Double> terms) {
    FixedPointSum sum = new FixedPointSum();
    terms.forEach(sum::add);
    return sum;
  }

  private static float[] softmax(Random random, int classes, int label) {
    double[] raw = new double[classes];
    double total = 0;
    for (int c = 0; c < classes; c++) {
      raw[c] = Math.exp(random.nextGaussian() + (c == label ? 1 : 0));
      total += raw[c];
    }
    float[] scores = new float[classes];
    for (int c = 0; c < classes; c++) {
      scores[c] = (float) (raw[c] / total);
    }
    return scores;
  }
}
