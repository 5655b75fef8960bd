package org.sparkvit.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkvit.core.StableHash;

/**
 * One sample of an epoch: an image, which the plan may have trained on several times.
 *
 * @param example the image
 * @param copy which of its copies, from 0
 * @param key what the order of the epoch is sorted by
 */
public record EpochSample(Example example, int copy, long key) {
  private static final Comparator<EpochSample> ORDER =
      Comparator.comparingLong(EpochSample::key)
          .thenComparing(epochSample -> epochSample.example().id())
          .thenComparingInt(EpochSample::copy);

  /** All samples of an epoch in an order of its own, which depends on nothing but seed and ids. */
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
   * What decides by chance about this sample, the same wherever and beside whatever it is shown.
   *
   * @param purpose what it decides, so that one decision says nothing about another
   */
  long chance(String purpose, long seed, int epoch) {
    return hash(purpose, seed, epoch, example, copy);
  }

  private static long hash(String purpose, long seed, int epoch, Example example, int copy) {
    return StableHash.hash64(
        seed, purpose, Integer.toString(epoch), example.id(), Integer.toString(copy));
  }
}
