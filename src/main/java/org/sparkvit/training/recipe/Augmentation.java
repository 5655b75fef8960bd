package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.image.augment.Augment;
import org.sparkvit.image.augment.AugmentStep;
import org.sparkvit.image.augment.ColorJitter;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.image.augment.RandomCrop;

/**
 * The random changes of training images, by which the model learns what does not matter.
 *
 * @param cropPadding the width in pixels of the reflected border for random crops, null for an
 *     eighth of the side, or 0 for no crops
 * @param cropArea the smallest share of the image that a random part has, which is enlarged to the
 *     model's input instead of a padded crop; 0 for padded crops
 * @param flip whether half of the images are mirrored left to right
 * @param verticalFlip whether half of the images are flipped upside down
 * @param rotation the largest angle in either direction, in degrees, 0 to 180
 * @param colorJitter the strength of random brightness, contrast and saturation, 0 or more
 * @param hueJitter the largest random turn of the hue as a share of the circle, 0 to 0.5
 * @param erasing the share of the images in which a box is filled with noise, 0 to 1
 * @param mixing the mixing of pairs of images
 * @param forbidden the steps that are not applied to the images of a class, because they could
 *     change what the images mean, by class name
 */
public record Augmentation(
    Integer cropPadding,
    double cropArea,
    boolean flip,
    boolean verticalFlip,
    double rotation,
    double colorJitter,
    double hueJitter,
    double erasing,
    Mixing mixing,
    Map<String, Set<AugmentStep>> forbidden)
    implements Serializable {

  public Augmentation {
    UserException.require(
        cropPadding == null || cropPadding >= 0,
        "--crop-padding",
        cropPadding,
        "0 (no crop) or more pixels");
    requireShare("--crop-area", cropArea);
    if (cropPadding != null && cropPadding > 0 && cropArea > 0) {
      throw new UserException(
          "--crop-padding and --crop-area are two kinds of random crops; leave out one of them");
    }
    UserException.require(
        rotation >= 0 && rotation <= 180, "--rotation", rotation, "0 (none) to 180 degrees");
    UserException.require(
        colorJitter >= 0 && colorJitter < Double.POSITIVE_INFINITY,
        "--color-jitter",
        colorJitter,
        "0 (none) or more");
    UserException.require(
        hueJitter >= 0 && hueJitter <= 0.5, "--hue-jitter", hueJitter, "0 (none) to 0.5");
    requireShare("--random-erasing", erasing);
    Map<String, Set<AugmentStep>> copy = new TreeMap<>();
    forbidden.forEach((label, steps) -> copy.put(label, EnumSet.copyOf(steps)));
    forbidden = copy;
  }

  private static void requireShare(String option, double value) {
    UserException.require(value >= 0 && value <= 1, option, value, "0 (none) to 1");
  }

  /** Returns an augmentation of padded crops, flips and colours only. */
  public static Augmentation of(
      Integer cropPadding, boolean flip, double colorJitter, double hueJitter) {
    return new Augmentation(
        cropPadding, 0, flip, false, 0, colorJitter, hueJitter, 0, Mixing.NONE, Map.of());
  }

  /**
   * Checks that images have enough pixels for the crop.
   *
   * @param side the side of the images in pixels
   * @throws UserException when the border is too wide to be reflected
   */
  public void requireFits(int side) {
    if (cropArea == 0 && padding(side) >= side) {
      throw new UserException(
          "--crop-padding is "
              + padding(side)
              + ", but images have "
              + side
              + " pixels a side; use less than that, or 0 for no random crop");
    }
  }

  /**
   * Returns the random changes of single images.
   *
   * @param side the side of the images in pixels
   */
  public Augment steps(int side) {
    return new Augment(
        cropArea > 0
            ? new RandomCrop.Resized(cropArea)
            : new RandomCrop.Padded(padding(side), RandomCrop.Border.REFLECT),
        flip,
        verticalFlip,
        rotation,
        new ColorJitter(colorJitter, hueJitter),
        erasing);
  }

  /** Returns the steps that are not applied to the images of a class. */
  public Set<AugmentStep> forbiddenFor(String label) {
    return forbidden.getOrDefault(label, Set.of());
  }

  private int padding(int side) {
    return cropPadding == null ? side / 8 : cropPadding;
  }

  /** Returns the names and values of the options, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (cropPadding != null) {
      map.put("crop-padding", cropPadding);
    }
    map.put("crop-area", cropArea);
    map.put("flip", flip);
    map.put("vertical-flip", verticalFlip);
    map.put("rotation", rotation);
    map.put("color-jitter", colorJitter);
    map.put("hue-jitter", hueJitter);
    map.put("random-erasing", erasing);
    map.put("mixup", mixing.mixup());
    map.put("cutmix", mixing.cutmix());
    map.put("mix-probability", mixing.probability());
    forbidden.forEach(
        (label, steps) ->
            map.put("forbid " + label, steps.stream().map(AugmentStep::label).toList().toString()));
    return map;
  }
}
