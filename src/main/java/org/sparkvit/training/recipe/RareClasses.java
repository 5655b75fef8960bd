package org.sparkvit.training.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.UserException;

/**
 * The treatment of rare classes. A class is rare if it has no image in the validation split, which
 * then has no metrics for it, or fewer images than wanted. A class without any image to train on
 * cannot be learnt, and is always rare.
 *
 * @param rare the treatment
 * @param minClass the number of images in the train and validation splits together from which on a
 *     class is not rare, 1 or more
 */
public record RareClasses(Rare rare, int minClass) {
  /** The treatment of rare classes. */
  public enum Rare {
    /**
     * Rare classes are learnt where there is an image to train on. The metrics leave out those
     * without validation images.
     */
    KEEP,
    /** The images of rare classes are left out, and the model does not know the classes. */
    DROP,
    /** Rare classes stop the training with an error. */
    ERROR
  }

  /** Learns all classes that have an image to train on. */
  public static final RareClasses KEPT = new RareClasses(Rare.KEEP, 1);

  public RareClasses {
    Objects.requireNonNull(rare);
    UserException.require(minClass >= 1, "--min-class", minClass, "1 or more");
    if (rare == Rare.KEEP && minClass > 1) {
      throw new UserException(
          "--min-class is "
              + minClass
              + ", but --rare keep leaves out no class that can be learnt; add --rare drop or"
              + " --rare error");
    }
  }

  /** Returns the names and values of the options, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rare", rare.name());
    map.put("min-class", minClass);
    return map;
  }

  /**
   * Returns whether a class is rare.
   *
   * @param train the number of its images in the train split
   * @param validation the number of its images in the validation split
   */
  public boolean isRare(long train, long validation) {
    return train == 0 || validation == 0 || train + validation < minClass;
  }

  /**
   * Returns whether the training leaves a class out.
   *
   * @param train the number of its images in the train split
   * @param validation the number of its images in the validation split
   */
  public boolean leavesOut(long train, long validation) {
    return train == 0 || (rare == Rare.DROP && isRare(train, validation));
  }
}
