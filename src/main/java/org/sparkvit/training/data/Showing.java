package org.sparkvit.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkvit.core.StableHash;

/**
 * One appearance of an image in an epoch.
 *
 * @param example the image
 * @param copy which of its copies, from 0
 * @param key what the order of the epoch is sorted by
 */
public record Showing(Example example, int copy, long key) {
  private static final Comparator<Showing> ORDER =
      Comparator.comparingLong(Showing::key)
          .thenComparing(showing -> showing.example().id())
          .thenComparingInt(Showing::copy);

  /** All showings of an epoch in an order of its own, which depends on nothing but seed and ids. */
  public static List<Showing> shuffled(List<Example> examples, long seed, int epoch) {
    List<Showing> showings = new ArrayList<>();
    for (Example example : examples) {
      for (int copy = 0; copy < example.copies(); copy++) {
        showings.add(new Showing(example, copy, hash("order", seed, epoch, example, copy)));
      }
    }
    showings.sort(ORDER);
    return showings;
  }

  /**
   * What decides by chance about this showing, the same wherever and beside whatever it is shown.
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
