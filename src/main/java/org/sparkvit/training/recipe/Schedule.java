package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    COSINE;

    /** Returns the shape of a name. */
    public static Shape named(String name) {
      return Arrays.stream(values())
          .filter(shape -> shape.label().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new UserException(
                      "--schedule is '" + name + "'; use constant, linear or cosine"));
    }

    /** Returns the name of the shape in options. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Schedule {
    // Comparisons are written so that NaN fails them.
    UserException.require(
        peak > 0 && peak < Double.POSITIVE_INFINITY, "--learning-rate", peak, "a number above 0");
    UserException.require(
        minimum >= 0 && minimum <= peak,
        "--min-learning-rate",
        minimum,
        "0 up to the learning rate, " + peak);
    UserException.require(
        warmupRatio >= 0 && warmupRatio < 1,
        "--warmup-ratio",
        warmupRatio,
        "0 or more and less than 1");
  }

  /** Returns a schedule that decays by half a cosine from the peak to 0, after a warm-up. */
  public static Schedule cosine(double peak, double warmupRatio) {
    return new Schedule(peak, 0, warmupRatio, Shape.COSINE, false);
  }

  /** Returns the names and values of the options, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("learning-rate", peak);
    map.put("min-learning-rate", minimum);
    map.put("warmup-ratio", warmupRatio);
    map.put("schedule", shape.label());
    map.put("schedule-by", byEpoch ? "epoch" : "step");
    return map;
  }
}
