package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thresholds and bands against trying all that there are. */
class ObjectiveTest {
  private static final Objective.Terms TERMS = new Objective.Terms(2, 0.7, 0.6, 5, 1);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Table(double[] scores, boolean[] positive) {
    /** Few different scores, hence ties. */
    static Table draw(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 1 + random.nextInt(60);
      Table table = new Table(new double[n], new boolean[n]);
      for (int i = 0; i < n; i++) {
        table.positive[i] = random.nextInt(4) == 0;
        table.scores[i] = (random.nextInt(12) + (table.positive[i] ? random.nextInt(8) : 0)) / 20.0;
      }
      return table;
    }

    List<CurvePoint> points() {
      return ScoreHistogram.of(scores, positive).points();
    }

    long flagged(double threshold, boolean of) {
      long count = 0;
      for (int i = 0; i < scores.length; i++) {
        count += scores[i] >= threshold && positive[i] == of ? 1 : 0;
      }
      return count;
    }

    /** A value to be as high as can be; NaN where the threshold is not to be had. */
    double value(Objective objective, double threshold) {
      double tp = flagged(threshold, true);
      double fp = flagged(threshold, false);
      double p = flagged(Double.NEGATIVE_INFINITY, true);
      double n = flagged(Double.NEGATIVE_INFINITY, false);
      double precision = tp + fp == 0 ? 1 : tp / (tp + fp);
      return switch (objective) {
        case F_BETA -> 5 * tp / (5 * tp + 4 * (p - tp) + fp);
        case YOUDEN -> tp / p - fp / n;
        case PRECISION_AT_RECALL -> tp / p >= 0.7 ? precision : Double.NaN;
        case RECALL_AT_PRECISION -> tp + fp > 0 && precision >= 0.6 ? tp / p : Double.NaN;
        case COST -> -5 * (p - tp) - fp;
      };
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void nothingElseIsBetter(long seed) {
    Table table = Table.draw(seed);
    if (table.flagged(-1, true) == 0 || table.flagged(-1, false) == 0) {
      return;
    }
    for (Objective objective : Objective.values()) {
      double most = Double.NaN;
      for (int k = 0; k <= 21; k++) {
        double value = table.value(objective, k == 21 ? Double.POSITIVE_INFINITY : k / 20.0);
        most = Double.isNaN(most) || value > most ? value : most;
      }
      var best = objective.best(table.points(), TERMS);
      if (Double.isNaN(most)) {
        assertThat(best).as(objective.label()).isEmpty();
      } else {
        assertThat(table.value(objective, best.orElseThrow().threshold()))
            .as(objective.label())
            .isCloseTo(most, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.05, 0.2, 0.5, 1})
  void noOtherBandCostsLess(double capacity) {
    for (long seed = 1; seed <= 40; seed++) {
      Table table = Table.draw(seed);
      List<CurvePoint> points = table.points();
      double least = Double.POSITIVE_INFINITY;
      for (CurvePoint upper : points) {
        for (CurvePoint lower : points) {
          ReviewBand band = new ReviewBand(lower, upper);
          if (lower.threshold() <= upper.threshold()
              && band.images() <= capacity * table.scores().length) {
            least = Math.min(least, cost(band));
          }
        }
      }
      ReviewBand best = ReviewBand.of(points, capacity, 5, 1);
      assertThat(best.images()).isBetween(0.0, capacity * table.scores().length);
      assertThat(cost(best)).isEqualTo(least);
    }
  }

  private static double cost(ReviewBand band) {
    return 5.0 * (band.lower().positives() - band.lower().truePositives())
        + band.upper().falsePositives();
  }
}
