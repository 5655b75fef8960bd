package org.sparkvit.stats.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Asynchronous successive halving (ASHA; Li et al. 2020): at some points, each {@code reduction}
 * times as far as the one before, a trial goes on only if it is among the best 1 / reduction of
 * those that have got there so far, or the best while they are few.
 *
 * @param first resource (epoch) of the first point
 * @param reduction 2 or more
 */
public record SuccessiveHalving(int first, int reduction) {
  public SuccessiveHalving {
    if (first < 1 || reduction < 2) {
      throw new IllegalArgumentException(first + ", " + reduction);
    }
  }

  /**
   * Returns the points before the end.
   *
   * @param end resource of a complete trial
   */
  public List<Integer> rungs(int end) {
    List<Integer> rungs = new ArrayList<>();
    for (long rung = first; rung < end; rung *= reduction) {
      rungs.add((int) rung);
    }
    return rungs;
  }

  /**
   * Returns whether a trial goes on.
   *
   * @param trial with a report at the rung
   * @param all trials, this one or an earlier state of it among them or not
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
