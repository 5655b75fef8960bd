package org.sparkvit.stats.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.sparkvit.core.StableHash;

/**
 * Values by chance (Bergstra and Bengio 2012). What a trial gets depends on its number and the seed
 * alone.
 *
 * @param seed decides the values
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
