package org.sparkvit.stats.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.sparkvit.core.StableHash;

/**
 * Draws values at random (Bergstra and Bengio 2012). The values of a trial depend on its number and
 * the seed alone.
 *
 * @param seed the seed of the values, with the trial's number
 */
public record RandomSampler(SearchSpace space, long seed) implements Sampler {
  @Override
  public Optional<Map<String, String>> next(int number, List<Trial> trials) {
    return Optional.of(space.sample(random(seed, number)));
  }

  static SplittableRandom random(long seed, int number) {
    return new SplittableRandom(StableHash.hash64(seed, "trial", Integer.toString(number)));
  }
}
