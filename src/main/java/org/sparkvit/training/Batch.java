package org.sparkvit.training;

import java.nio.ByteBuffer;

/**
 * Images ready for the device.
 *
 * @param pixels direct buffer with {@code [size, side, side, 3]} bytes from index 0; it is used
 *     again for a later batch once the next one has been taken
 * @param labels class indices
 * @param weights of the losses
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the model, never compared
record Batch(ByteBuffer pixels, int[] labels, float[] weights) {
  int size() {
    return labels.length;
  }

  /** Sum of the weights. */
  double weight() {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
