package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every metric against scikit-learn: ties, missing classes, one-class slices, odd predictions. */
class SklearnTest {
  private static final double TOLERANCE = 1e-9;

  static List<SklearnFixtures.Case> cases() {
    return SklearnFixtures.cases();
  }

  static Stream<SklearnFixtures.Case> casesWithCurves() {
    return cases().stream().filter(c -> !c.curve().isMissingNode());
  }

  @Test
  void theFixtureHoldsWhatItIsFor() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(200);
    assertThat(casesWithCurves()).hasSizeGreaterThan(5);
    assertThat(cases()).anyMatch(c -> Double.isNaN(c.expected(ClassMetric.ROC_AUC, 0)));
    assertThat(cases()).anyMatch(c -> c.classes() == 7);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyMetricEqualsScikitLearn(SklearnFixtures.Case fixture) {
    Evaluation evaluation = evaluate(fixture);
    for (Metric metric : Metric.values()) {
      assertClose(metric.label(), evaluation.value(metric), fixture.expected(metric));
    }
    for (ClassMetric metric : ClassMetric.values()) {
      for (int c = 0; c < fixture.classes(); c++) {
        assertClose(metric.label() + c, evaluation.value(metric, c), fixture.expected(metric, c));
      }
    }
    for (int a = 0; a < fixture.classes(); a++) {
      for (int p = 0; p < fixture.classes(); p++) {
        assertThat(evaluation.confusion().cell(a, p))
            .isEqualTo(fixture.expected().get("confusion").get(a).get(p).longValue());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logLossOfDoublesIsClippedAtTheirEpsilon(SklearnFixtures.Case fixture) {
    LogLoss loss = LogLoss.ofDoubles();
    for (int i = 0; i < fixture.labels().size(); i++) {
      loss.add(fixture.probabilities().get(i)[fixture.labels().get(i)]);
    }
    assertThat(loss.value())
        .isCloseTo(fixture.expected().get("log_loss_double").doubleValue(), within(TOLERANCE));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theScorebookPredictsTheMostProbableClass(SklearnFixtures.Case fixture) {
    ClassificationEvaluator book = new ClassificationEvaluator(fixture.classes());
    ConfusionMatrix expected = new ConfusionMatrix(fixture.classes());
    for (int i = 0; i < fixture.labels().size(); i++) {
      book.add(fixture.labels().get(i), fixture.probabilities().get(i));
      int best = 0;
      for (int c = fixture.classes() - 1; c >= 0; c--) {
        best = fixture.probabilities().get(i)[c] >= fixture.probabilities().get(i)[best] ? c : best;
      }
      expected.add(fixture.labels().get(i), best);
    }
    Evaluation evaluation = book.evaluation();
    assertThat(evaluation.value(Metric.ACCURACY)).isEqualTo(expected.accuracy());
    if (fixture.argmax()) {
      for (Metric metric : Metric.values()) {
        assertClose(metric.label(), evaluation.value(metric), fixture.expected(metric));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("casesWithCurves")
  void curvePointsEqualScikitLearns(SklearnFixtures.Case fixture) {
    JsonNode curve = fixture.curve();
    List<CurvePoint> points = ranking(fixture, curve.get("class").intValue()).points();
    assertThat(points).hasSameSizeAs(curve.get("recall"));
    assertThat(points.get(0).threshold()).isEqualTo(Double.POSITIVE_INFINITY);
    for (int i = 0; i < points.size(); i++) {
      CurvePoint point = points.get(i);
      assertClose("tpr", point.recall(), curve.get("recall").get(i).doubleValue());
      assertClose(
          "fpr", point.falsePositiveRate(), curve.get("false_positive_rate").get(i).doubleValue());
      assertClose("recall", point.recall(), curve.get("pr_recall").get(i).doubleValue());
      assertClose("precision", point.precision(), curve.get("precision").get(i).doubleValue());
      if (i > 0) {
        assertThat(point.threshold()).isEqualTo(curve.get("threshold").get(i - 1).doubleValue());
      }
    }
  }

  private static Evaluation evaluate(SklearnFixtures.Case fixture) {
    ConfusionMatrix confusion = new ConfusionMatrix(fixture.classes());
    LogLoss loss = LogLoss.ofFloats();
    ProbabilityAccumulator sums = new ProbabilityAccumulator();
    for (int i = 0; i < fixture.labels().size(); i++) {
      int label = fixture.labels().get(i);
      sums.add(fixture.probabilities().get(i), label, label == fixture.predicted().get(i));
      confusion.add(fixture.labels().get(i), fixture.predicted().get(i));
      loss.add(fixture.probabilities().get(i)[fixture.labels().get(i)]);
    }
    List<RankingAccumulator> rankings = new ArrayList<>();
    for (int c = 0; c < fixture.classes(); c++) {
      rankings.add(ranking(fixture, c).sums());
    }
    return new Evaluation(confusion, sums.figures(loss.value()), rankings);
  }

  private static ScoreHistogram ranking(SklearnFixtures.Case fixture, int c) {
    double[] scores = new double[fixture.labels().size()];
    boolean[] positive = new boolean[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = fixture.probabilities().get(i)[c];
      positive[i] = fixture.labels().get(i) == c;
    }
    return ScoreHistogram.of(scores, positive);
  }

  private static void assertClose(String what, double actual, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(actual).as(what).isNaN();
    } else {
      assertThat(actual).as(what).isCloseTo(expected, within(TOLERANCE));
    }
  }
}
