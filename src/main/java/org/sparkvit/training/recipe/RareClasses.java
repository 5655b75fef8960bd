package org.sparkvit.training.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.UserException;

/**
 * What training does about rare classes: those without an image in the validation split, which then
 * has no figure for them, and those of fewer images than wanted. A class without any image to train
 * on cannot be learnt, and is rare in any case.
 *
 * @param rare what becomes of them
 * @param minClass images in the train and validation splits together that a class needs not to be
 *     rare, 1 or more
 */
public record RareClasses(Rare rare, int minClass) {
  /** What becomes of rare classes. */
  public enum Rare {
    /** They are learnt where there is an image to train on; the figures leave them out. */
    KEEP,
    /** Their images are left out, and the model does not know them. */
    DROP,
    /** They stop the training. */
    ERROR
  }

  /** All classes that have an image to train on are learnt. */
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

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rare", rare.name());
    map.put("min-class", minClass);
    return map;
  }

  /** Returns whether a class with so many images in the two splits is rare. */
  public boolean isRare(long train, long validation) {
    return train == 0 || validation == 0 || train + validation < minClass;
  }

  /** Returns whether the training goes without such a class. */
  public boolean leavesOut(long train, long validation) {
    return train == 0 || (rare == Rare.DROP && isRare(train, validation));
  }
}
