package org.sparkvit.model.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.sparkvit.model.checkpoint.Family;

/**
 * A parameter with its gradient, AdamW's two moments and its average. All of them are on the
 * device.
 */
final class TrainedWeight {
  final String key;

  /** The place in the model, see {@link Family#depth}. */
  final int depth;

  final PtNDArray value;

  /** The moments, which are null before the first update. */
  PtNDArray average;

  PtNDArray square;

  /** The number of updates so far as a float tensor, since torch counts them for each parameter. */
  PtNDArray steps;

  /** The average over the steps, or null where none is kept. */
  final PtNDArray smoothed;

  private PtNDArray gradient;
  private boolean trained;

  TrainedWeight(String key, int depth, PtNDArray value, boolean smooth) {
    this.key = key;
    this.depth = depth;
    this.value = value;
    this.smoothed = smooth ? (PtNDArray) value.duplicate() : null;
  }

  boolean isTrained() {
    return trained;
  }

  /** Returns whether weight decay applies. It does not apply to biases and norms. */
  boolean isDecayed() {
    return value.getShape().dimension() > 1;
  }

  void train(boolean wanted) {
    JniUtils.attachGradient(value, wanted);
    trained = wanted;
  }

  /** Creates the moments before the first update. */
  void prepare() {
    if (average == null) {
      average = (PtNDArray) value.zerosLike();
      square = (PtNDArray) value.zerosLike();
      steps = (PtNDArray) value.getManager().create(0f);
    }
  }

  /**
   * Returns the gradient. The first backward pass creates it and later ones add to it in place, so
   * it is fetched only once.
   */
  PtNDArray gradient() {
    if (gradient == null) {
      gradient = value.getGradient();
    }
    return gradient;
  }
}
