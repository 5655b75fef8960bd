package org.sparkvit.stats.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Samples all combinations of a few values of each parameter, one after the other.
 *
 * @param steps the number of values of each numeric parameter; a choice contributes all of its
 *     values
 */
public record GridSampler(SearchSpace space, int steps) implements Sampler {
  public GridSampler {
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps");
    }
  }

  /** Returns the number of combinations. */
  public long size() {
    return space.parameters().stream()
        .mapToLong(parameter -> parameter.grid(steps).size())
        .reduce(1, Math::multiplyExact);
  }

  @Override
  public Optional<Map<String, String>> next(int number, List<Trial> trials) {
    if (number >= size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    long rest = number;
    for (Parameter parameter : space.parameters()) {
      List<String> grid = parameter.grid(steps);
      values.put(parameter.name(), grid.get((int) (rest % grid.size())));
      rest /= grid.size();
    }
    return Optional.of(values);
  }
}
