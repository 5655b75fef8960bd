package org.sparkvit.stats.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what to try next. */
@FunctionalInterface
public interface Sampler {
  /**
   * Values for a new trial.
   *
   * @param number of the trial; with the seed it decides what chance decides
   * @param trials all that have begun so far
   * @return empty when there is nothing more to try
   */
  Optional<Map<String, String>> next(int number, List<Trial> trials);
}
