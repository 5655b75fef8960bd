package org.sparkvit.stats.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;

class SamplerTest {
  private static final int TRIALS = 50;

  /** An objective with its space; less is better. */
  private record Objective(SearchSpace space, ToDoubleFunction<Map<String, String>> loss) {
    static Objective named(String name) {
      return switch (name) {
        case "bowl" ->
            new Objective(
                SearchSpace.parse(Map.of("x", "float -5 5", "y", "float -5 5")),
                at -> Math.pow(number(at, "x") - 1.3, 2) + Math.pow(number(at, "y") + 2.1, 2));
        case "rates" ->
            // A valley on the logarithm, whole numbers beside it.
            new Objective(
                SearchSpace.parse(
                    Map.of("rate", "log-float 1e-6 1e-1", "layers", "int 1 24", "z", "float 0 1")),
                at ->
                    Math.abs(Math.log10(number(at, "rate")) + 3.4)
                        + Math.abs(number(at, "layers") - 9) / 6
                        + 0.2 * number(at, "z"));
        case "kinds" ->
            new Objective(
                SearchSpace.parse(
                    Map.of(
                        "kind", "categorical a b c d e f", "x", "float 0 10", "y", "float 0 10")),
                at ->
                    "fdbeac".indexOf(at.get("kind"))
                        + Math.pow(number(at, "x") - 7, 2) / 10
                        + Math.abs(number(at, "y") - 3) / 3);
        default -> throw new IllegalArgumentException(name);
      };
    }

    private static double number(Map<String, String> at, String name) {
      return Double.parseDouble(at.get(name));
    }

    /** The best of some trials, two of which run at any time. */
    double best(Sampler sampler) {
      List<Trial> trials = new ArrayList<>();
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < TRIALS; i++) {
        trials.add(Trial.begin(i, sampler.next(i, trials).orElseThrow()));
        if (i > 0) {
          Trial ending = trials.get(i - 1);
          double value = loss.applyAsDouble(ending.values());
          trials.set(i - 1, ending.end(Trial.State.COMPLETE, value));
          best = Math.min(best, value);
        }
      }
      return Math.min(best, loss.applyAsDouble(trials.get(TRIALS - 1).values()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bowl", "rates", "kinds"})
  void tpeFindsBetterValuesThanChance(String name) {
    Objective objective = Objective.named(name);
    double[] tpe = new double[20];
    double[] random = new double[20];
    for (int seed = 0; seed < 20; seed++) {
      tpe[seed] = objective.best(new TpeSampler(objective.space(), seed));
      random[seed] = objective.best(new RandomSampler(objective.space(), seed));
    }
    System.out.printf(
        java.util.Locale.ROOT,
        "%s: median of the best of 50 trials over 20 seeds: TPE %.4f, random %.4f%n",
        name,
        median(tpe),
        median(random));
    assertThat(median(tpe)).isLessThan(median(random));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return (sorted[9] + sorted[10]) / 2;
  }

  @Test
  void theGridHasEachCombinationOnce() {
    SearchSpace space =
        SearchSpace.parse(
            Map.of(
                "a", "categorical x y", "b", "int 1 2", "c", "log-float 0.01 1", "d", "float 0 1"));
    GridSampler grid = new GridSampler(space, 3);
    assertThat(grid.size()).isEqualTo(2 * 2 * 3 * 3);
    Set<Map<String, String>> seen = new HashSet<>();
    for (int i = 0; i < 36; i++) {
      seen.add(grid.next(i, List.of()).orElseThrow());
    }
    assertThat(seen).hasSize(36);
    assertThat(grid.next(36, List.of())).isEmpty();
    assertThat(Parameter.parse("c", "log-float 0.01 1").grid(3))
        .containsExactly("0.01", "0.1", "1.0");
  }

  @Test
  void aTrialDependsOnItsNumberAndTheSeed() {
    SearchSpace space = SearchSpace.parse(Map.of("x", "float 0 1", "n", "int 3 5"));
    RandomSampler sampler = new RandomSampler(space, 1);
    assertThat(sampler.next(4, List.of())).isEqualTo(sampler.next(4, List.of()));
    assertThat(sampler.next(4, List.of())).isNotEqualTo(sampler.next(5, List.of()));
    assertThat(sampler.next(4, List.of()))
        .isNotEqualTo(new RandomSampler(space, 2).next(4, List.of()));
    Set<String> whole = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      whole.add(sampler.next(i, List.of()).orElseThrow().get("n"));
    }
    assertThat(whole).containsExactlyInAnyOrder("3", "4", "5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float 1",
        "float 2 1",
        "log-float 0 1",
        "int a b",
        "int 1 1",
        "categorical",
        "normal 0 1",
        "",
        "categorical a a"
      })
  void saysWhatIsWrongWithASpace(String text) {
    assertThatThrownBy(() -> Parameter.parse("rate", text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("rate");
  }

  @Test
  void halvingKeepsTheBestQuarter() {
    SuccessiveHalving halving = new SuccessiveHalving(1, 4);
    assertThat(halving.rungs(17)).containsExactly(1, 4, 16);
    assertThat(halving.rungs(16)).containsExactly(1, 4);
    List<Trial> trials = new ArrayList<>();
    List<Boolean> goesOn = new ArrayList<>();
    for (double loss : new double[] {0.5, 0.6, 0.4, 0.45, 0.3, 0.7, 0.2, 0.35}) {
      Trial trial = Trial.begin(trials.size(), Map.of()).report(1, loss);
      trials.add(trial);
      goesOn.add(halving.goesOn(trial, 1, trials));
    }
    // The first is the best until then; of eight the second best still goes on.
    assertThat(goesOn).containsExactly(true, false, true, false, true, false, true, false);
    Trial late = Trial.begin(8, Map.of()).report(1, 0.29);
    assertThat(halving.goesOn(late, 1, trials)).isTrue();
    assertThat(new Trial(1, Map.of(), Trial.State.RUNNING, new TreeMap<>(), 0).reports()).isEmpty();
  }
}
