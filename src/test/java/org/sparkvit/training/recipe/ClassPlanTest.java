package org.sparkvit.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.stats.metrics.ClassBalance;
import org.sparkvit.training.recipe.BalancePolicy.Sampling;
import org.sparkvit.training.recipe.BalancePolicy.Weights;

class ClassPlanTest {
  @Test
  void inverseWeightsSumToTheNumberOfClasses() {
    SortedMap<String, Double> weights = ClassPlan.weights(sizes(900, 100), Weights.INVERSE, 0.9999);

    assertThat(weights.get("c0")).isCloseTo(0.2, within(1e-15));
    assertThat(weights.get("c1")).isCloseTo(1.8, within(1e-15));
  }

  @Test
  void effectiveNumberIsThatOfThePaper() {
    // Direct from the formula: E_n = (1 - beta^n) / (1 - beta), in high precision.
    SortedMap<String, Double> weights =
        ClassPlan.weights(sizes(5000, 500, 50), Weights.EFFECTIVE, 0.999);
    MathContext digits = new MathContext(60);
    BigDecimal[] raw = new BigDecimal[3];
    BigDecimal sum = BigDecimal.ZERO;
    int[] sizes = {5000, 500, 50};
    for (int i = 0; i < 3; i++) {
      BigDecimal power = new BigDecimal("0.999").pow(sizes[i], digits);
      raw[i] = new BigDecimal("0.001").divide(BigDecimal.ONE.subtract(power), digits);
      sum = sum.add(raw[i]);
    }
    for (int i = 0; i < 3; i++) {
      double expected = raw[i].multiply(BigDecimal.valueOf(3)).divide(sum, digits).doubleValue();
      assertThat(weights.get("c" + i)).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void betaReachesFromEqualToInverse() {
    assertThat(ClassPlan.weights(sizes(7, 3000), Weights.EFFECTIVE, 0).values())
        .allSatisfy(w -> assertThat(w).isEqualTo(1.0));
    SortedMap<String, Double> inverse = ClassPlan.weights(sizes(7, 3000), Weights.INVERSE, 0);
    SortedMap<String, Double> nearly =
        ClassPlan.weights(sizes(7, 3000), Weights.EFFECTIVE, 1 - 1e-9);
    assertThat(nearly.get("c0")).isCloseTo(inverse.get("c0"), within(1e-6));
    assertThat(ClassPlan.weights(sizes(7, 3000, 2), Weights.NONE, 0.9).values()).containsOnly(1.0);
  }

  @Test
  void samplingReachesTheRatioAndNotMore() {
    assertThat(targets(Sampling.OVERSAMPLE, "1", 900, 100, 7)).containsExactly(900L, 900L, 900L);
    assertThat(targets(Sampling.OVERSAMPLE, "0.5", 901, 500, 7)).containsExactly(901L, 500L, 451L);
    assertThat(targets(Sampling.UNDERSAMPLE, "1", 900, 100, 7)).containsExactly(7L, 7L, 7L);
    assertThat(targets(Sampling.UNDERSAMPLE, "0.3", 900, 20, 7)).containsExactly(23L, 20L, 7L);
    assertThat(targets(Sampling.NONE, "0.3", 900, 20, 7)).containsExactly(900L, 20L, 7L);

    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      long[] sizes = random.longs(4, 1, 2000).toArray();
      BigDecimal ratio = BigDecimal.valueOf(random.nextInt(1, 101), 2);
      for (Sampling sampling : new Sampling[] {Sampling.OVERSAMPLE, Sampling.UNDERSAMPLE}) {
        double[] after =
            ClassPlan.targets(sizes(sizes), sampling, ratio).values().stream()
                .mapToDouble(Long::doubleValue)
                .toArray();
        assertThat(ClassBalance.of(after).ratio())
            .isGreaterThanOrEqualTo(ratio.doubleValue() - 1e-12);
      }
    }
  }

  @Test
  void copiesAndExtrasMakeUpTheTarget() {
    BalancePolicy config =
        new BalancePolicy(Sampling.OVERSAMPLE, BigDecimal.ONE, Weights.INVERSE, 0.9999, 0);
    SortedMap<String, ClassPlan> plans = ClassPlan.of(sizes(100, 30), config);

    assertThat(plans.get("c0")).isEqualTo(new ClassPlan(100, 1, 0, 1.0));
    assertThat(plans.get("c1")).isEqualTo(new ClassPlan(30, 3, 10, 1.0));
    assertThat(plans.get("c1").after()).isEqualTo(100);
  }

  @Test
  void entropyOfKnownDistributions() {
    assertThat(ClassBalance.of(new double[] {5, 5, 5, 5}).entropyBits())
        .isCloseTo(2, within(1e-15));
    assertThat(ClassBalance.of(new double[] {5, 0}).entropyBits()).isZero();
    // -0.9 log2 0.9 - 0.1 log2 0.1
    assertThat(ClassBalance.of(new double[] {90, 10}).entropyBits())
        .isCloseTo(0.468995593589281, within(1e-15));
    assertThat(ClassBalance.of(new double[] {1, 1, 1}).evenness()).isCloseTo(1, within(1e-15));
    assertThat(ClassBalance.of(new double[] {2, 1, 1}).evenness())
        .isCloseTo(1.5 / 1.584962500721156, within(1e-15));
    assertThat(ClassBalance.of(new double[] {90, 10, 45}).ratio())
        .isCloseTo(1 / 9.0, within(1e-15));
  }

  @Test
  void refusesImpossibleOptions() {
    for (String ratio : new String[] {"0", "-1", "1.01"}) {
      assertThatThrownBy(() -> Options.check(sampled(ratio)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("--ratio is " + ratio);
    }
    for (double beta : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> Options.check(config("1", beta)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("--beta is " + beta);
    }
    assertThatThrownBy(() -> config("0.5", 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--ratio is 0.5")
        .hasMessageContaining("--sampling");
    assertThat(Options.values(config("1", 0))).containsEntry("ratio", BigDecimal.ONE);
  }

  @Test
  void aTinyRatioLeavesClassesAsTheyAre() {
    assertThat(targets(Sampling.UNDERSAMPLE, "1e-30", 10, 500)).containsExactly(10L, 500L);
    assertThat(targets(Sampling.OVERSAMPLE, "1e-30", 10, 500)).containsExactly(10L, 500L);
  }

  private static BalancePolicy sampled(String ratio) {
    return new BalancePolicy(Sampling.OVERSAMPLE, new BigDecimal(ratio), Weights.EFFECTIVE, 0.9, 0);
  }

  private static BalancePolicy config(String ratio, double beta) {
    return new BalancePolicy(Sampling.NONE, new BigDecimal(ratio), Weights.EFFECTIVE, beta, 0);
  }

  private static Iterable<Long> targets(Sampling sampling, String ratio, long... sizes) {
    return ClassPlan.targets(sizes(sizes), sampling, new BigDecimal(ratio)).values();
  }

  private static SortedMap<String, Long> sizes(long... sizes) {
    SortedMap<String, Long> map = new TreeMap<>();
    for (int i = 0; i < sizes.length; i++) {
      map.put("c" + i, sizes[i]);
    }
    return map;
  }
}
