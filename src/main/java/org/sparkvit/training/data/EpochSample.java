package org.sparkvit.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkvit.core.StableHash;

/**
 * One sample of an epoch: an image, or one of several copies of an image that the plan shows more
 * than once.
 *
 * @param example the image
 * @param copy the number of the copy, from 0
 * @param key the sort key of the sample in the epoch's order
 */
public record EpochSample(Example example, int copy, long key) {
  private static final Comparator<EpochSample> ORDER =
      Comparator.comparingLong(EpochSample::key)
          .thenComparing(epochSample -> epochSample.example().id())
          .thenComparingInt(EpochSample::copy);

  /**
   * Returns all samples of an epoch in random order. The order depends on the seed, the epoch and
   * the images' ids alone.
   */
  public static List<EpochSample> shuffled(List<Example> examples, long seed, int epoch) {
    List<EpochSample> samples = new ArrayList<>();
    for (Example example : examples) {
      for (int copy = 0; copy < example.copies(); copy++) {
        samples.add(new EpochSample(example, copy, hash("order", seed, epoch, example, copy)));
      }
    }
    samples.sort(ORDER);
    return samples;
  }

  /**
   * Returns random bits for this sample. They do not depend on the batch that the sample is in.
   *
   * @param purpose the decision that they are for; the bits of different purposes are independent
   */
  long chance(String purpose, long seed, int epoch) {
    return hash(purpose, seed, epoch, example, copy);
  }

  private static long hash(String purpose, long seed, int epoch, Example example, int copy) {
    return StableHash.hash64(
        seed, purpose, Integer.toString(epoch), example.id(), Integer.toString(copy));
  }
}
