package org.sparkvit.stats.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The tree-structured Parzen estimator (Bergstra et al. 2011) with Optuna's constants. For each
 * parameter on its own, some values are drawn from the density of the good trials. The value with
 * the highest ratio of the good trials' density to the bad trials' density is taken. Running trials
 * count as bad ones, so that trials that run at the same time keep away from each other (constant
 * liar).
 *
 * @param seed the seed of all random draws, with the trial's number
 */
public record TpeSampler(SearchSpace space, long seed) implements Sampler {
  private static final int RANDOM_FIRST = 10;
  private static final double GOOD_SHARE = 0.1;
  private static final int MOST_GOOD = 25;
  private static final int CANDIDATES = 24;

  @Override
  public Optional<Map<String, String>> next(int number, List<Trial> trials) {
    List<Trial> ended = new ArrayList<>();
    List<Trial> others = new ArrayList<>();
    for (Trial trial : trials) {
      switch (trial.state()) {
        case COMPLETE -> ended.add(trial);
        case PRUNED -> {
          if (!trial.reports().isEmpty()) {
            ended.add(trial);
          }
        }
        case RUNNING -> others.add(trial);
        case FAILED -> {
          // A failed trial has no value, and values near its own may be good.
        }
      }
    }
    SplittableRandom random = RandomSampler.random(seed, number);
    if (ended.size() < RANDOM_FIRST) {
      return Optional.of(space.sample(random));
    }
    ended.sort(BEST_FIRST);
    int good = (int) Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * ended.size()));
    others.addAll(ended.subList(good, ended.size()));
    List<Trial> below = byNumber(ended.subList(0, good));
    List<Trial> above = byNumber(others);
    Map<String, String> values = new LinkedHashMap<>();
    for (Parameter parameter : space.parameters()) {
      values.put(parameter.name(), next(parameter, below, above, random));
    }
    return Optional.of(values);
  }

  /** Orders complete trials by their loss, then pruned trials by how far they got. */
  private static final Comparator<Trial> BEST_FIRST =
      Comparator.comparing((Trial trial) -> trial.state() == Trial.State.PRUNED)
          .thenComparing(
              trial -> trial.state() == Trial.State.PRUNED ? -trial.reports().lastKey() : 0)
          .thenComparing(TpeSampler::lossOf)
          .thenComparing(Trial::number);

  private static double lossOf(Trial trial) {
    return trial.state() == Trial.State.PRUNED
        ? trial.reports().lastEntry().getValue()
        : trial.loss();
  }

  private static List<Trial> byNumber(List<Trial> trials) {
    return trials.stream().sorted(Comparator.comparing(Trial::number)).toList();
  }

  private static String next(
      Parameter parameter, List<Trial> below, List<Trial> above, SplittableRandom random) {
    Mixture good = Mixture.tpe(parameter, values(parameter, below));
    Mixture bad = Mixture.tpe(parameter, values(parameter, above));
    String best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      String candidate = good.sample(random);
      double gain = good.logDensity(candidate) - bad.logDensity(candidate);
      if (best == null || gain > most) {
        best = candidate;
        most = gain;
      }
    }
    return best;
  }

  private static List<String> values(Parameter parameter, List<Trial> trials) {
    return trials.stream().map(trial -> trial.values().get(parameter.name())).toList();
  }
}
