package org.sparkvit.pipeline.split;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Converts counts of {@link LabelSet}s in each split to counts of the classes and labels in the
 * sets.
 */
final class LabelCounts {
  private LabelCounts() {}

  /** Returns the number of images of each class in each split. */
  static SortedMap<String, long[]> classes(SortedMap<String, long[]> sets) {
    return of(sets, set -> List.of(LabelSet.className(set)));
  }

  /**
   * Returns the number of images with each of the further labels in each split. An image counts for
   * each label that it has.
   */
  static SortedMap<String, long[]> labels(SortedMap<String, long[]> sets) {
    return of(sets, LabelSet::labels);
  }

  private static SortedMap<String, long[]> of(
      SortedMap<String, long[]> sets, Function<String, List<String>> names) {
    SortedMap<String, long[]> counts = new TreeMap<>();
    sets.forEach(
        (set, splits) -> {
          for (String name : names.apply(set)) {
            long[] sum = counts.computeIfAbsent(name, missing -> new long[splits.length]);
            for (int s = 0; s < sum.length; s++) {
              sum[s] += splits[s];
            }
          }
        });
    return counts;
  }
}
