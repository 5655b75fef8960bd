package org.sparkvit.model.runtime;

import java.nio.ByteBuffer;

/**
 * Images to learn from.
 *
 * @param pixels direct buffer with {@code uint8 [n, side, side, 3]} from index 0
 * @param targets {@code [n, K]}, from 0 to 1: 1 for an image's class and 0 elsewhere, or shares
 * @param weights {@code [n]}: factors of the images' losses
 * @param seeds {@code [n]}: what decides by chance about an image, such as which branches it skips
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the model, never compared
public record TrainingBatch(ByteBuffer pixels, float[] targets, float[] weights, long[] seeds) {

  /** Number of images, n. */
  public int size() {
    return weights.length;
  }

  /** Sum of the weights. */
  public double weight() {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
