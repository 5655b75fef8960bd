package org.sparkvit.model.runtime;

import org.sparkvit.model.architecture.Precision;

/**
 * What a loss is multiplied by, so that its gradients do not vanish in half precision (Micikevicius
 * et al. 2018), with the constants of torch's {@code GradScaler}: it is halved when a gradient
 * overflows, and doubled after 2,000 steps without that.
 */
final class LossScale {
  private static final double INITIAL = 65_536;
  private static final int GROWS_AFTER = 2_000;

  private double value;
  private int steps;

  LossScale(double value, int steps) {
    this.value = value;
    this.steps = steps;
  }

  /** FP16 needs one; the exponents of bf16 are those of float32. */
  static LossScale of(Precision precision) {
    return new LossScale(precision == Precision.FP16 ? INITIAL : 1, 0);
  }

  double value() {
    return value;
  }

  /** Steps since the last change. */
  int steps() {
    return steps;
  }

  /** Takes note of whether a step's gradients were numbers. */
  void update(boolean finite) {
    if (!finite) {
      value /= 2;
      steps = 0;
    } else if (++steps == GROWS_AFTER) {
      value *= 2;
      steps = 0;
    }
  }
}
