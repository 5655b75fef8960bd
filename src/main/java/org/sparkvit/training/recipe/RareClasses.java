package org.sparkvit.training.recipe;

import java.util.Objects;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;

/**
 * The treatment of rare classes. A class is rare if it has no image in the validation split, which
 * then has no metrics for it, or fewer images than wanted. A class without any image to train on
 * cannot be learnt, and is always rare. These are options of every command that trains.
 *
 * @param rare the treatment
 * @param minClass the number of images in the train and validation splits together from which on a
 *     class is not rare, 1 or more
 */
public record RareClasses(
    @Option(
            standard = "keep",
            advanced = true,
            help =
                "What becomes of classes that have no image in the train or validation split, or"
                    + " fewer than --min-class. keep learns all that have an image to train on, and"
                    + " figures are of the classes that the validation split has; drop leaves them"
                    + " out; error stops.")
        Rare rare,
    @Option(
            standard = "1",
            least = 1,
            advanced = true,
            help =
                "With --rare drop or error: images in train and validation together that a class"
                    + " needs.")
        int minClass) {
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

  /** Checks what the ranges of the options cannot. */
  public RareClasses {
    Objects.requireNonNull(rare);
    if (rare == Rare.KEEP && minClass > 1) {
      throw new UserException(
          "--min-class is "
              + minClass
              + ", but --rare keep leaves out no class that can be learnt; add --rare drop or"
              + " --rare error");
    }
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
