package org.sparkvit.inference;

import java.nio.ByteBuffer;
import org.sparkvit.model.runtime.Classifier;

/** What is asked of a model. */
public enum ModelOutput {
  /** One value a class, before the softmax. */
  LOGITS {
    @Override
    float[] of(Classifier session, ByteBuffer pixels, int n) {
      return session.logits(pixels, n);
    }
  },
  /**
   * What the head reads, mostly the class token after the final layer norm: {@code embeddingSize}
   * values.
   */
  EMBEDDINGS {
    @Override
    float[] of(Classifier session, ByteBuffer pixels, int n) {
      return session.embeddings(pixels, n);
    }
  };

  /** The values of n images, one after the other. */
  abstract float[] of(Classifier session, ByteBuffer pixels, int n);
}
