package org.sparkvit.model.runtime;

import java.nio.ByteBuffer;

/**
 * A loaded model that scores images. Any number of threads may use it at the same time: the module
 * is shared and every call keeps its arrays to itself.
 */
public interface Classifier extends AutoCloseable {
  /**
   * Scores a batch.
   *
   * @param pixels direct buffer that holds {@code [n, side, side, 3]} unsigned bytes (RGB) from
   *     index 0, whatever its position and limit
   * @return {@code n * labels} logits, row by row
   */
  float[] logits(ByteBuffer pixels, int n);

  /**
   * What the head reads.
   *
   * @return {@code n * embeddingSize} values, row by row
   * @throws UnsupportedOperationException of a model whose head is not known
   */
  float[] embeddings(ByteBuffer pixels, int n);

  /** Numbers that were learned. */
  long parameters();

  /** Frees the weights; no other call may be running. */
  @Override
  void close();
}
