package org.sparkvit.stats.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Asynchronous successive halving (ASHA; Li et al. 2020). Trials are compared at some points
 * (rungs), each {@code reduction} times as far as the one before. A trial goes on only if it is
 * among the best 1 / reduction of the trials that have reached the rung so far. While they are few,
 * the best one goes on.
 *
 * @param first the resource (epoch) of the first rung
 * @param reduction the factor between rungs, 2 or more
 */
public record SuccessiveHalving(int first, int reduction) {
  public SuccessiveHalving {
    if (first < 1 || reduction < 2) {
      throw new IllegalArgumentException(first + ", " + reduction);
    }
  }

  /**
   * Returns the resources (epochs) of the rungs before the end.
   *
   * @param end the resource of a complete trial
   */
  public List<Integer> rungs(int end) {
    List<Integer> rungs = new ArrayList<>();
    for (long rung = first; rung < end; rung *= reduction) {
      rungs.add((int) rung);
    }
    return rungs;
  }

  /**
   * Returns whether a trial goes on after a rung.
   *
   * @param trial the trial, which has a report at the rung
   * @param rung the resource (epoch) of the rung
   * @param all all trials; it may or may not hold this trial, or an earlier state of it
   */
  public boolean goesOn(Trial trial, int rung, List<Trial> all) {
    double mine = trial.reports().get(rung);
    List<Double> losses =
        new ArrayList<>(
            all.stream()
                .filter(other -> other.number() != trial.number())
                .map(other -> other.reports().get(rung))
                .filter(Objects::nonNull)
                .toList());
    losses.add(mine);
    losses.sort(null);
    int good = Math.max(1, losses.size() / reduction);
    return mine <= losses.get(good - 1);
  }
}
