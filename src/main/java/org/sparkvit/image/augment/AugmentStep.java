package org.sparkvit.image.augment;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A way in which training images are changed at random. */
public enum AugmentStep {
  CROP,
  FLIP,
  ROTATION,
  COLOR,
  ERASING,
  MIXUP,
  CUTMIX;

  /** Returns the step of a name, or empty where no step has the name. */
  public static Optional<AugmentStep> named(String name) {
    return Arrays.stream(values()).filter(step -> step.label().equals(name)).findFirst();
  }

  /** Returns the name of the step as options spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
