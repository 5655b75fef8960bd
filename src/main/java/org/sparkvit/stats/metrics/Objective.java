package org.sparkvit.stats.metrics;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkvit.core.options.Option;

/**
 * The criterion by which a threshold is chosen, among all thresholds that separate images of a
 * validation set.
 */
public enum Objective {
  /** The highest F-beta: recall counts beta times as much as precision (van Rijsbergen 1979). */
  F_BETA,
  /** The highest difference of recall and false-positive rate (Youden 1950). */
  YOUDEN,
  /** The highest precision among the thresholds that reach a given recall. */
  PRECISION_AT_RECALL,
  /** The highest recall among the thresholds that reach a given precision. */
  RECALL_AT_PRECISION,
  /** The lowest total cost of misses and false alarms. */
  COST;

  /** Returns the name of the objective in options and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The parameters of the objectives.
   *
   * @param beta the weight of recall against precision in F-beta, above 0
   * @param recallFloor the least recall for {@link #PRECISION_AT_RECALL}, 0 to 1
   * @param precisionFloor the least precision for {@link #RECALL_AT_PRECISION}, 0 to 1
   * @param missCost the cost of an image of the class that is not flagged
   * @param alarmCost the cost of another image that is flagged
   */
  public record Terms(
      @Option(
              standard = "1",
              least = 0,
              aboveLeast = true,
              advanced = true,
              help = "For F-beta: how much more recall counts than precision.")
          double beta,
      @Option(
              label = "SHARE",
              standard = "0.9",
              least = 0,
              greatest = 1,
              help = "For the highest precision that finds so many.")
          double recallFloor,
      @Option(
              label = "SHARE",
              standard = "0.9",
              least = 0,
              greatest = 1,
              help = "For the highest recall that is right so often.")
          double precisionFloor,
      @Option(
              label = "COST",
              standard = "10",
              least = 0,
              help = "What an image of the class costs that is not flagged.")
          double missCost,
      @Option(
              name = "false-alarm-cost",
              label = "COST",
              standard = "1",
              least = 0,
              help = "What another image costs that is flagged.")
          double alarmCost) {}

  /**
   * Returns the best operating point. Among equally good points it is the one with the highest
   * threshold.
   *
   * @param points all operating points, the highest threshold first
   * @return the point, or empty where no point reaches the floor
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
      // Where nothing is flagged, nothing is found, whatever the precision is said to be.
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
