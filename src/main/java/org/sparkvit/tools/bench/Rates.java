package org.sparkvit.tools.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkvit.core.Progress;

/**
 * The results of measurements that were taken in turn, round by round. Machines are shared and
 * drift, so only results of one round are comparable.
 */
final class Rates {
  private final Map<String, List<Double>> rates = new LinkedHashMap<>();
  private final Map<String, String> units = new HashMap<>();

  /**
   * Takes all measurements in turn, {@code rounds} times, and reports each result, as a measurement
   * takes minutes.
   */
  static Rates take(Progress progress, String of, List<Measurement> measurements, int rounds) {
    Rates rates = new Rates();
    for (int round = 1; round <= rounds; round++) {
      for (Measurement measurement : measurements) {
        double rate = measurement.imagesPerSecond();
        rates.add(measurement.name(), rate);
        rates.units.put(measurement.name(), measurement.unit());
        progress.say(
            String.format(
                Locale.ROOT,
                "%s, round %d of %d: %s %.1f %s",
                of,
                round,
                rounds,
                measurement.name(),
                rate,
                measurement.unit()));
      }
    }
    return rates;
  }

  void add(String name, double rate) {
    rates.computeIfAbsent(name, missing -> new ArrayList<>()).add(rate);
  }

  /** Reports the median of each measurement, also for each core where there are several. */
  void say(Progress progress, String of, int cores) {
    rates.forEach(
        (name, values) ->
            progress.say(
                String.format(
                    Locale.ROOT,
                    "%s: %s %.1f %s, %.1f per core",
                    of,
                    name,
                    median(values),
                    units.getOrDefault(name, "images/s"),
                    median(values) / cores)));
  }

  /** Reports how many times as fast one measurement is as another, where both were taken. */
  void compare(Progress progress, String of, String one, String other) {
    List<Double> ratios = ratios(one, other);
    if (!ratios.isEmpty()) {
      String rounds =
          ratios.stream()
              .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
              .collect(Collectors.joining(", "));
      progress.say(
          String.format(
              Locale.ROOT,
              "%s: %s / %s = %.2f (rounds: %s)",
              of,
              one,
              other,
              median(ratios),
              rounds));
    }
  }

  /** Returns the ratio of each round, or an empty list where one of the two was not measured. */
  List<Double> ratios(String one, String other) {
    List<Double> above = rates.getOrDefault(one, List.of());
    List<Double> below = rates.getOrDefault(other, List.of());
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(above.size(), below.size()); round++) {
      ratios.add(above.get(round) / below.get(round));
    }
    return ratios;
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
