package org.sparkvit.model.runtime;

import java.nio.ByteBuffer;

/**
 * A loaded model that scores images. Any number of threads may use it at the same time. They share
 * the module, and every call has arrays of its own.
 */
public interface Classifier extends AutoCloseable {
  /**
   * Scores a batch.
   *
   * @param pixels a direct buffer that holds {@code [n, side, side, 3]} unsigned bytes (RGB) from
   *     index 0, whatever its position and limit
   * @param n the number of images, at least 1
   * @return {@code n * labels} logits, row by row
   */
  float[] logits(ByteBuffer pixels, int n);

  /**
   * Returns the inputs of the head for a batch.
   *
   * @param pixels as for {@link #logits}
   * @param n the number of images, at least 1
   * @return {@code n * embeddingSize} values, row by row
   * @throws UnsupportedOperationException when the model's head is not known
   */
  float[] embeddings(ByteBuffer pixels, int n);

  /** Returns the number of learned parameters. */
  long parameters();

  /** Frees the weights. No other call may be running. */
  @Override
  void close();
}
