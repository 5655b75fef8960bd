package org.sparkvit.model.runtime;

import java.nio.ByteBuffer;

/**
 * A batch of images to learn from.
 *
 * @param pixels a direct buffer with {@code uint8 [n, side, side, 3]} from index 0
 * @param targets the targets {@code [n, K]}, from 0 to 1: 1 for an image's class and 0 elsewhere,
 *     or shares of several classes
 * @param weights the factors of the images' losses, {@code [n]}
 * @param seeds the seeds {@code [n]} of what is drawn for each image, such as the branches that it
 *     skips
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the model, never compared
public record TrainingBatch(ByteBuffer pixels, float[] targets, float[] weights, long[] seeds) {

  /** Returns the number of images, n. */
  public int size() {
    return weights.length;
  }

  /** Returns the sum of the weights. */
  public double weight() {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
