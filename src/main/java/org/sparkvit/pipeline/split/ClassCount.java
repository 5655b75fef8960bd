package org.sparkvit.pipeline.split;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The numbers of a class's images by how freely they can be placed. It is immutable, as Spark may
 * evaluate a plan that uses it at any later time.
 */
final class ClassCount implements Serializable {
  private final long[] placed;
  private final long grouped;
  private final long single;

  private ClassCount(long[] placed, long grouped, long single) {
    this.placed = placed;
    this.grouped = grouped;
    this.single = single;
  }

  /** Returns a count of no images for so many splits. */
  static ClassCount none(int splits) {
    return new ClassCount(new long[splits], 0, 0);
  }

  /** Returns the number of images whose split is known, for each split in order. */
  long[] placed() {
    return placed.clone();
  }

  /** Returns the number of images of groups that can still go anywhere. */
  long grouped() {
    return grouped;
  }

  /** Returns the number of images that can go anywhere by themselves. */
  long single() {
    return single;
  }

  long total() {
    return Arrays.stream(placed).sum() + grouped + single;
  }

  /** Returns the sum of two counts. */
  ClassCount plus(ClassCount other) {
    long[] sum = placed.clone();
    for (int s = 0; s < sum.length; s++) {
      sum[s] += other.placed[s];
    }
    return new ClassCount(sum, grouped + other.grouped, single + other.single);
  }

  ClassCount plusPlaced(int split, long images) {
    long[] more = placed.clone();
    more[split] += images;
    return new ClassCount(more, grouped, single);
  }

  ClassCount plusGrouped(long images) {
    return new ClassCount(placed, grouped + images, single);
  }

  ClassCount plusSingle(long images) {
    return new ClassCount(placed, grouped, single + images);
  }
}
