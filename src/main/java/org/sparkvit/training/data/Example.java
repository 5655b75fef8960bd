package org.sparkvit.training.data;

import org.sparkvit.core.StableHash;

/**
 * One image of the train or validation split, all that is kept of it in memory.
 *
 * @param id as in the {@code images} table
 * @param label index of its class
 * @param weight of its loss; 1 is neutral
 * @param copies times it is shown in an epoch, at least 1
 * @param slot where its pixels are in the {@link PixelCache}
 */
public record Example(String id, int label, float weight, int copies, int slot) {

  /** Returns a number of which the sum over a data set tells it apart from others. */
  public long hash(String split) {
    return StableHash.hash64(
        label, split, id, Integer.toString(Float.floatToIntBits(weight)), Integer.toString(copies));
  }
}
