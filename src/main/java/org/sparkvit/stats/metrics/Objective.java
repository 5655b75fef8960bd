package org.sparkvit.stats.metrics;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a threshold is to be best at, among all that tell images of a validation set apart. */
public enum Objective {
  /** F-beta: recall counts beta times as much as precision (van Rijsbergen 1979). */
  F_BETA,
  /** Recall less false-positive rate (Youden 1950). */
  YOUDEN,
  /** The highest precision of those that find enough. */
  PRECISION_AT_RECALL,
  /** The highest recall of those that are right often enough. */
  RECALL_AT_PRECISION,
  /** The least cost of misses and false alarms. */
  COST;

  /** Returns the name in options and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What the objectives go by.
   *
   * @param beta above 0
   * @param recallFloor 0 to 1
   * @param precisionFloor 0 to 1
   * @param missCost of an image of the class that is not found
   * @param alarmCost of another image that is flagged
   */
  public record Terms(
      double beta, double recallFloor, double precisionFloor, double missCost, double alarmCost) {}

  /**
   * Returns the best operating point; of equals the one with the highest threshold.
   *
   * @param points all that there are, the highest threshold first
   * @return absent where no point meets the floor
   */
  public Optional<CurvePoint> best(List<CurvePoint> points, Terms terms) {
    return points.stream()
        .filter(point -> meets(point, terms))
        .max(
            Comparator.comparingDouble((CurvePoint point) -> value(point, terms))
                .thenComparingDouble(CurvePoint::threshold));
  }

  private boolean meets(CurvePoint point, Terms terms) {
    return switch (this) {
      case PRECISION_AT_RECALL -> point.recall() >= terms.recallFloor();
      // Nothing flagged is nothing found, whatever its precision is said to be.
      case RECALL_AT_PRECISION ->
          point.truePositives() + point.falsePositives() > 0
              && point.precision() >= terms.precisionFloor();
      default -> true;
    };
  }

  private double value(CurvePoint point, Terms terms) {
    double found = point.truePositives();
    double missed = point.positives() - found;
    double alarms = point.falsePositives();
    return switch (this) {
      case F_BETA -> {
        double square = terms.beta() * terms.beta();
        double whole = (1 + square) * found + square * missed + alarms;
        yield whole == 0 ? 0 : (1 + square) * found / whole;
      }
      case YOUDEN -> point.recall() - point.falsePositiveRate();
      case PRECISION_AT_RECALL -> point.precision();
      case RECALL_AT_PRECISION -> point.recall();
      case COST -> -(terms.missCost() * missed + terms.alarmCost() * alarms);
    };
  }
}
