package org.sparkvit.model.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.sparkvit.model.checkpoint.Family;

/** A parameter with its gradient, AdamW's two moments and its average, all on the device. */
final class TrainedWeight {
  final String key;

  /** See {@link Family#depth}. */
  final int depth;

  final PtNDArray value;

  /** Moments, null before the first update. */
  PtNDArray average;

  PtNDArray square;

  /** Updates so far, a float: torch counts them for each parameter. */
  PtNDArray steps;

  /** Average over the steps, or null where none is kept. */
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

  /** Whether weight decay applies to it: not to biases and norms. */
  boolean isDecayed() {
    return value.getShape().dimension() > 1;
  }

  void train(boolean wanted) {
    JniUtils.attachGradient(value, wanted);
    trained = wanted;
  }

  /** Makes the moments, before the first update. */
  void prepare() {
    if (average == null) {
      average = (PtNDArray) value.zerosLike();
      square = (PtNDArray) value.zerosLike();
      steps = (PtNDArray) value.getManager().create(0f);
    }
  }

  /** Made by the first backward pass, which later ones add to in place: asked for just once. */
  PtNDArray gradient() {
    if (gradient == null) {
      gradient = value.getGradient();
    }
    return gradient;
  }
}
