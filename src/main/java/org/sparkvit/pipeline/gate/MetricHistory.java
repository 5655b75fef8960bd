package org.sparkvit.pipeline.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The metrics of earlier runs, and the anomalies of a new run against them, as Deequ's anomaly
 * checks find them (Schelter et al. 2018).
 *
 * @param runs figures by name, the oldest run first
 */
record MetricHistory(List<Map<String, Double>> runs) {
  /** Of fewer runs a spread says little. */
  static final int WARM_UP = 7;

  private static final double DEVIATIONS = 3;

  /** A change against the last run, as a share of what it was. */
  private static final double CHANGE = 0.5;

  /** Credit risk's limit of a population that has shifted (Siddiqi 2006). */
  private static final double UNSTABLE = 0.25;

  private static final double LEAST_SHARE = 1e-4;

  /** Of two distributions, 0 to 1; see {@link #jensenShannon}. */
  private static final double DRIFT = 0.1;

  /** Shares that differ by less are alike, however small they are. */
  private static final double LEAST_CHANGE = 0.01;

  /** Something unusual. */
  record Anomaly(String metric, double value, String text) {}

  List<Anomaly> anomalies(SortedMap<String, Double> now) {
    List<Anomaly> found = new ArrayList<>();
    if (runs.isEmpty()) {
      return found;
    }
    Map<String, Double> last = runs.get(runs.size() - 1);
    now.forEach(
        (metric, value) -> {
          if (!DatasetMetrics.isPart(metric)) {
            spread(metric, value).ifPresent(found::add);
            change(metric, value, last.get(metric)).ifPresent(found::add);
          }
        });
    for (String distribution : DatasetMetrics.DISTRIBUTIONS) {
      Drift drift = Drift.of(parts(now, distribution), parts(last, distribution));
      if (drift.isUnusual()) {
        found.add(new Anomaly(distribution, drift.distance(), drift.text()));
      }
    }
    embeddings(now, last).ifPresent(found::add);
    return found;
  }

  /** How far two distributions are apart, by two measures. */
  private record Drift(double distance, double stability) {
    static Drift of(Map<String, Double> now, Map<String, Double> before) {
      return new Drift(jensenShannon(now, before), populationStability(now, before));
    }

    /**
     * Less twice what two samples of one distribution differ by on average: both measures are then
     * about a chi-squared sum, of as many terms as there are bins less one.
     */
    Drift beyondChance(double images, double before) {
      if (images == 0 || before == 0) {
        return new Drift(0, 0);
      }
      double expected = (EmbeddingMetrics.BINS - 1) * (1 / images + 1 / before);
      double divergence = distance * distance - 2 * expected / (8 * Math.log(2));
      return new Drift(Math.sqrt(Math.max(0, divergence)), Math.max(0, stability - 2 * expected));
    }

    boolean isUnusual() {
      return distance > DRIFT || stability > UNSTABLE;
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "Jensen-Shannon distance %.3f from the last run (usual up to %s), population stability"
              + " index %.3f (up to %s)",
          distance,
          DRIFT,
          stability,
          UNSTABLE);
    }
  }

  /**
   * The direction along which they have moved most, of those that both runs have, beyond what is to
   * be expected of samples of the same images: of few, bins differ by chance.
   */
  private static Optional<Anomaly> embeddings(
      SortedMap<String, Double> now, Map<String, Double> last) {
    Set<String> directions = new TreeSet<>();
    now.keySet().stream()
        .filter(metric -> metric.startsWith(EmbeddingMetrics.SHARE))
        .forEach(metric -> directions.add(metric.substring(0, metric.lastIndexOf('.'))));
    return directions.stream()
        .map(
            direction ->
                Drift.of(parts(now, direction), parts(last, direction))
                    .beyondChance(images(now, direction), images(last, direction)))
        .filter(Drift::isUnusual)
        .max(Comparator.comparingDouble(Drift::distance).thenComparing(Drift::stability))
        .map(
            drift ->
                new Anomaly(
                    "embeddings",
                    drift.distance(),
                    "along one of several directions, beyond chance: " + drift.text()));
  }

  private static double images(Map<String, Double> run, String direction) {
    String key = direction.substring(EmbeddingMetrics.SHARE.length(), direction.lastIndexOf('.'));
    return run.getOrDefault(EmbeddingMetrics.IMAGES + key, 0.0);
  }

  /** A figure of the oldest run that has it. */
  Optional<Double> first(String metric) {
    return runs.stream()
        .filter(run -> run.containsKey(metric))
        .map(run -> run.get(metric))
        .findFirst();
  }

  private Optional<Anomaly> spread(String metric, double value) {
    double[] values =
        runs.stream()
            .filter(run -> run.containsKey(metric))
            .mapToDouble(run -> run.get(metric))
            .toArray();
    if (values.length < WARM_UP) {
      return Optional.empty();
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    double deviation = Math.sqrt(variance);
    // Figures that never moved would make any movement infinitely unusual.
    double margin = Math.max(DEVIATIONS * deviation, Math.abs(mean) * 1e-9);
    return Math.abs(value - mean) <= margin
        ? Optional.empty()
        : Optional.of(
            new Anomaly(
                metric,
                value,
                String.format(
                    Locale.ROOT,
                    "more than %s standard deviations from the mean of %d runs, %.4g +- %.2g",
                    DEVIATIONS,
                    values.length,
                    mean,
                    deviation)));
  }

  private static Optional<Anomaly> change(String metric, double value, Double last) {
    if (last == null
        || Math.abs(value - last) <= LEAST_CHANGE
        || Math.abs(value - last) <= CHANGE * Math.abs(last)) {
      return Optional.empty();
    }
    return Optional.of(
        new Anomaly(
            metric,
            value,
            String.format(
                Locale.ROOT, "was %.4g in the last run, a change of more than %s", last, CHANGE)));
  }

  private static Map<String, Double> parts(Map<String, Double> figures, String distribution) {
    Map<String, Double> parts = new TreeMap<>();
    figures.forEach(
        (metric, value) -> {
          if (metric.startsWith(distribution + ".")) {
            parts.put(metric, value);
          }
        });
    return parts;
  }

  /**
   * The square root of the Jensen-Shannon divergence with logarithms to base 2 (Endres and
   * Schindelin 2003): 0, equal, to 1, nothing in common; 0 where one of the two is empty.
   */
  static double jensenShannon(Map<String, Double> a, Map<String, Double> b) {
    double sumA = a.values().stream().mapToDouble(Double::doubleValue).sum();
    double sumB = b.values().stream().mapToDouble(Double::doubleValue).sum();
    if (!(sumA > 0) || !(sumB > 0)) {
      return 0;
    }
    Set<String> names = new TreeSet<>(a.keySet());
    names.addAll(b.keySet());
    double divergence = 0;
    for (String name : names) {
      double p = a.getOrDefault(name, 0.0) / sumA;
      double q = b.getOrDefault(name, 0.0) / sumB;
      double middle = (p + q) / 2;
      divergence += term(p, middle) + term(q, middle);
    }
    return Math.sqrt(Math.max(0, Math.min(1, divergence / 2)));
  }

  /**
   * The population stability index, the symmetric Kullback-Leibler divergence: 0, equal, and up; 0
   * where one of the two is empty. A share of 0 counts as {@value #LEAST_SHARE}.
   */
  static double populationStability(Map<String, Double> a, Map<String, Double> b) {
    double sumA = a.values().stream().mapToDouble(Double::doubleValue).sum();
    double sumB = b.values().stream().mapToDouble(Double::doubleValue).sum();
    if (!(sumA > 0) || !(sumB > 0)) {
      return 0;
    }
    Set<String> names = new TreeSet<>(a.keySet());
    names.addAll(b.keySet());
    double index = 0;
    for (String name : names) {
      double p = Math.max(LEAST_SHARE, a.getOrDefault(name, 0.0) / sumA);
      double q = Math.max(LEAST_SHARE, b.getOrDefault(name, 0.0) / sumB);
      index += (p - q) * Math.log(p / q);
    }
    return index;
  }

  private static double term(double p, double middle) {
    return p > 0 ? p * Math.log(p / middle) / Math.log(2) : 0;
  }
}
