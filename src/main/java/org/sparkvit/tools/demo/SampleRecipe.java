package org.sparkvit.tools.demo;

import java.util.Locale;
import java.util.OptionalDouble;
import org.sparkvit.core.UserException;

/**
 * What decides a sample data set: two recipes that are equal draw the same bytes.
 *
 * @param images number of files, 100 to 99,999
 * @param sensitiveShare share of the files that show something sensitive, {@link #USUAL_SENSITIVE}
 *     to {@link #MOST_SENSITIVE}
 * @param wrongLabels share of each class that is given the other's label, 0 to {@link
 *     #MOST_WRONG_LABELS}; where absent, the usual few
 */
public record SampleRecipe(
    int images, double sensitiveShare, long seed, OptionalDouble wrongLabels) {
  /** About as rare as sensitive images are in real collections. */
  public static final double USUAL_SENSITIVE = 0.1;

  /** With more than this, the sensitive class would no longer be the rare one. */
  public static final double MOST_SENSITIVE = 0.5;

  /** Below this the rare class would have too few images to split. */
  public static final int FEWEST_IMAGES = 100;

  /** With more than this, what is wrong would soon be what is right. */
  public static final double MOST_WRONG_LABELS = 0.4;

  private static final int MOST_IMAGES = 99_999;

  /**
   * Checks the numbers.
   *
   * @throws UserException when one is out of range
   */
  public SampleRecipe {
    if (images < FEWEST_IMAGES || images > MOST_IMAGES) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the sample data set cannot have %d images; ask for %d to %d",
              images,
              FEWEST_IMAGES,
              MOST_IMAGES));
    }
    requireShare("sensitive images", sensitiveShare, USUAL_SENSITIVE, MOST_SENSITIVE);
    wrongLabels.ifPresent(share -> requireShare("wrong labels", share, 0, MOST_WRONG_LABELS));
  }

  /** The recipe with the usual, few, sensitive images and wrong labels. */
  public static SampleRecipe usual(int images, long seed) {
    return new SampleRecipe(images, USUAL_SENSITIVE, seed, OptionalDouble.empty());
  }

  private static void requireShare(String what, double share, double least, double most) {
    if (!(share >= least && share <= most)) {
      throw new UserException(
          "the sample data set cannot have a share of "
              + share
              + " "
              + what
              + "; ask for "
              + least
              + " to "
              + most);
    }
  }
}
