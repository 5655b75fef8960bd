package org.sparkvit.training.recipe;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkvit.training.recipe.BalancePolicy.Sampling;
import org.sparkvit.training.recipe.BalancePolicy.Weights;

/**
 * The plan of one class. Every image of it is shown {@code copies} times, and the first {@code
 * extra} images, in hashed order, once more.
 *
 * @param before the number of images of the class in the train split
 * @param copies the number of samples in an epoch that every image has
 * @param extra the number of images that are shown once more, fewer than {@code before}
 * @param weight the weight of each sample in the loss
 */
public record ClassPlan(long before, int copies, long extra, double weight) {

  /** Returns the number of samples of the class in an epoch. */
  public long after() {
    return before * copies + extra;
  }

  /** Returns the sum of the loss weights over the samples. */
  public double weighted() {
    return weight * after();
  }

  /** Plans all classes from their sizes, which must be at least 1. */
  static SortedMap<String, ClassPlan> of(SortedMap<String, Long> sizes, BalancePolicy policy) {
    SortedMap<String, Long> targets = targets(sizes, policy.sampling(), policy.ratio());
    SortedMap<String, Double> weights = weights(targets, policy.weights(), policy.beta());
    SortedMap<String, ClassPlan> plans = new TreeMap<>();
    sizes.forEach(
        (label, size) ->
            plans.put(
                label,
                new ClassPlan(
                    size,
                    Math.toIntExact(targets.get(label) / size),
                    targets.get(label) % size,
                    weights.get(label))));
    return plans;
  }

  /**
   * Returns the number of samples of each class, so that smallest over largest is at least {@code
   * ratio}.
   */
  static SortedMap<String, Long> targets(
      SortedMap<String, Long> sizes, Sampling sampling, BigDecimal ratio) {
    LongSummaryStatistics range =
        sizes.values().stream().mapToLong(Long::longValue).summaryStatistics();
    BigDecimal largest = BigDecimal.valueOf(range.getMax());
    long floor = largest.multiply(ratio).setScale(0, RoundingMode.CEILING).longValueExact();
    // No class becomes larger than the largest, whatever a tiny ratio would allow.
    long ceiling =
        BigDecimal.valueOf(range.getMin())
            .divide(ratio, 0, RoundingMode.FLOOR)
            .min(largest)
            .longValueExact();
    SortedMap<String, Long> targets = new TreeMap<>();
    sizes.forEach(
        (label, size) ->
            targets.put(
                label,
                switch (sampling) {
                  case NONE -> size;
                  case OVERSAMPLE -> Math.max(size, floor);
                  case UNDERSAMPLE -> Math.min(size, ceiling);
                }));
    return targets;
  }

  /** Returns the weight of each class. The weights sum to the number of classes. */
  static SortedMap<String, Double> weights(
      SortedMap<String, Long> sizes, Weights weights, double beta) {
    SortedMap<String, Double> raw = new TreeMap<>();
    sizes.forEach(
        (label, n) ->
            raw.put(
                label,
                switch (weights) {
                  case NONE -> 1.0;
                  case INVERSE -> 1.0 / n;
                  // 1 - beta^n, without losing digits where beta^n is close to 1.
                  case EFFECTIVE -> (1 - beta) / -Math.expm1(n * Math.log(beta));
                }));
    double sum = raw.values().stream().mapToDouble(Double::doubleValue).sum();
    SortedMap<String, Double> scaled = new TreeMap<>();
    for (Map.Entry<String, Double> entry : raw.entrySet()) {
      scaled.put(entry.getKey(), entry.getValue() * sizes.size() / sum);
    }
    return scaled;
  }
}
