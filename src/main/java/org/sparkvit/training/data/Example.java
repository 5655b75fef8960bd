package org.sparkvit.training.data;

import org.sparkvit.core.StableHash;

/**
 * One image of the train or validation split, with everything that is kept of it in memory.
 *
 * @param id the id in the {@code images} table
 * @param label the index of its class
 * @param weight the weight of its loss, above 0; 1 is neutral
 * @param copies the number of times it is shown in an epoch, at least 1
 * @param slot the place of its pixels in the {@link PixelCache}
 */
public record Example(String id, int label, float weight, int copies, int slot) {

  /**
   * Returns a hash of this example. The sum of the hashes identifies a data set.
   *
   * @param split the split that the example is in
   */
  public long hash(String split) {
    return StableHash.hash64(
        label, split, id, Integer.toString(Float.floatToIntBits(weight)), Integer.toString(copies));
  }
}
