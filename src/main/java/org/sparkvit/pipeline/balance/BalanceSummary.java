package org.sparkvit.pipeline.balance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import org.sparkvit.stats.metrics.ClassBalance;
import org.sparkvit.training.recipe.ClassPlan;

/** The balance before and after, for people and for the run record. */
final class BalanceSummary {
  /** More classes than this are left out of the lines; the table has them all. */
  private static final int SHOWN = 20;

  private final SortedMap<String, ClassPlan> plans;

  BalanceSummary(SortedMap<String, ClassPlan> plans) {
    this.plans = plans;
  }

  List<String> lines() {
    int width = "smallest : largest".length();
    for (String label : plans.keySet()) {
      width = Math.max(width, label.length());
    }
    String format = "%-" + width + "s %12s %12s %12s %12s";
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(Locale.ROOT, format, "class", "images", "shown", "weight", "shown*weight"));
    plans.entrySet().stream()
        .limit(SHOWN)
        .forEach(
            entry -> {
              ClassPlan plan = entry.getValue();
              lines.add(
                  String.format(
                      Locale.ROOT,
                      format,
                      entry.getKey(),
                      String.format(Locale.ROOT, "%,d", plan.before()),
                      String.format(Locale.ROOT, "%,d", plan.after()),
                      String.format(Locale.ROOT, "%.4f", plan.weight()),
                      String.format(Locale.ROOT, "%,.1f", plan.weighted())));
            });
    if (plans.size() > SHOWN) {
      lines.add((plans.size() - SHOWN) + " more classes are in the table 'balance'");
    }
    lines.add(figures(format, "smallest : largest", ClassBalance::ratio));
    lines.add(figures(format, "entropy, bits", ClassBalance::entropyBits));
    lines.add(figures(format, "entropy, 0 to 1", ClassBalance::evenness));
    return lines;
  }

  /** The three figures for the three distributions. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("before", figures(before()));
    map.put("after", figures(after()));
    map.put("weighted", figures(weighted()));
    return map;
  }

  private static Map<String, Double> figures(double[] counts) {
    Map<String, Double> map = new LinkedHashMap<>();
    ClassBalance balance = ClassBalance.of(counts);
    map.put("ratio", balance.ratio());
    map.put("entropy.bits", balance.entropyBits());
    map.put("entropy.normalised", balance.evenness());
    return map;
  }

  private String figures(String format, String name, ToDoubleFunction<ClassBalance> figure) {
    return String.format(
        Locale.ROOT,
        format,
        name,
        String.format(Locale.ROOT, "%.4f", figure.applyAsDouble(ClassBalance.of(before()))),
        String.format(Locale.ROOT, "%.4f", figure.applyAsDouble(ClassBalance.of(after()))),
        "",
        String.format(Locale.ROOT, "%.4f", figure.applyAsDouble(ClassBalance.of(weighted()))));
  }

  private double[] before() {
    return plans.values().stream().mapToDouble(ClassPlan::before).toArray();
  }

  private double[] after() {
    return plans.values().stream().mapToDouble(ClassPlan::after).toArray();
  }

  private double[] weighted() {
    return plans.values().stream().mapToDouble(ClassPlan::weighted).toArray();
  }
}
