package org.sparkvit.inference;

import java.nio.ByteBuffer;
import org.sparkvit.model.runtime.Classifier;

/** The kind of values that a model computes for an image. */
public enum ModelOutput {
  /** One value for each class, before the softmax. */
  LOGITS {
    @Override
    float[] of(Classifier session, ByteBuffer pixels, int n) {
      return session.logits(pixels, n);
    }
  },
  /**
   * The input of the head, {@code embeddingSize} values. It is mostly the class token after the
   * final layer norm.
   */
  EMBEDDINGS {
    @Override
    float[] of(Classifier session, ByteBuffer pixels, int n) {
      return session.embeddings(pixels, n);
    }
  };

  /** Returns the values of n images, one image after the other. */
  abstract float[] of(Classifier session, ByteBuffer pixels, int n);
}
