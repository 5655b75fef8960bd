package org.sparkvit.stats.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Proposes the parameter values of the next trial. */
@FunctionalInterface
public interface Sampler {
  /**
   * Returns the values for a new trial, by parameter name.
   *
   * @param number the number of the trial; together with the seed it decides all random draws
   * @param trials all trials that have begun so far
   * @return the values, or empty when there is nothing more to try
   */
  Optional<Map<String, String>> next(int number, List<Trial> trials);
}
