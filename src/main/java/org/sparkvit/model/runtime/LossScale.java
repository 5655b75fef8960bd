package org.sparkvit.model.runtime;

import org.sparkvit.model.architecture.Precision;

/**
 * The factor of a loss that keeps its gradients from vanishing in half precision (Micikevicius et
 * al. 2018). The constants are those of torch's {@code GradScaler}. The factor is halved when a
 * gradient overflows, and doubled after 2,000 steps without an overflow.
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

  /**
   * Returns the initial factor. Only FP16 needs one other than 1, as bf16 has the exponents of
   * float32.
   */
  static LossScale of(Precision precision) {
    return new LossScale(precision == Precision.FP16 ? INITIAL : 1, 0);
  }

  double value() {
    return value;
  }

  /** Returns the number of steps since the factor changed. */
  int steps() {
    return steps;
  }

  /**
   * Updates the factor after a step.
   *
   * @param finite whether the step's gradients were finite
   */
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
