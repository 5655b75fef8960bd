package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.UserException;

/**
 * The learning rate over a training: a linear warm-up to the peak, then a decay of a given shape.
 *
 * @param peak the highest rate
 * @param minimum the rate at which the decay ends
 * @param warmupRatio the share of all updates over which the rate rises to its peak, 0 to below 1
 * @param shape the shape of the decay
 * @param byEpoch whether the rate changes between epochs only, and not at every update
 */
public record Schedule(
    double peak, double minimum, double warmupRatio, Shape shape, boolean byEpoch)
    implements Serializable {

  /** The shape of the decay after the warm-up. */
  public enum Shape {
    /** The rate stays at its peak. */
    CONSTANT,
    /** The rate decays linearly. */
    LINEAR,
    /** The rate decays by half a cosine (Loshchilov and Hutter 2017, without restarts). */
    COSINE
  }

  /** Checks that the rate does not rise after the warm-up. */
  public Schedule {
    UserException.require(
        minimum <= peak, "--min-learning-rate", minimum, "0 up to the learning rate, " + peak);
  }

  /** Returns a schedule that decays by half a cosine from the peak to 0, after a warm-up. */
  public static Schedule cosine(double peak, double warmupRatio) {
    return new Schedule(peak, 0, warmupRatio, Shape.COSINE, false);
  }
}
