package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.image.augment.Augment;
import org.sparkvit.image.augment.AugmentStep;
import org.sparkvit.image.augment.AugmentSteps;
import org.sparkvit.image.augment.ColorJitter;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.image.augment.RandomCrop;

/**
 * The random changes of training images, by which the model learns what does not matter.
 *
 * @param cropPadding the width of the reflected border for random crops
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
    @Option(
            label = "PIXELS",
            standard = "auto",
            advanced = true,
            help =
                "Reflected border for random crops; 0 for none, auto for an eighth of the image's"
                    + " side.")
        CropPadding cropPadding,
    @Option(
            label = "SHARE",
            standard = "0",
            least = 0,
            greatest = 1,
            advanced = true,
            help =
                "Instead of padded crops, enlarge a random part of at least this share of the"
                    + " image, such as 0.5; 0 for padded crops.")
        double cropArea,
    @Option(standard = "true", advanced = true, help = "Mirror half of the training images.")
        boolean flip,
    @Option(advanced = true, help = "Turn half of the training images upside down.")
        boolean verticalFlip,
    @Option(
            label = "DEGREES",
            standard = "0",
            least = 0,
            greatest = 180,
            advanced = true,
            help = "Turn training images by up to this angle either way.")
        double rotation,
    @Option(
            standard = "0",
            least = 0,
            advanced = true,
            help =
                "Change brightness, contrast and saturation of training images by factors from 1 -"
                    + " this to 1 + this.")
        double colorJitter,
    @Option(
            standard = "0",
            least = 0,
            greatest = 0.5,
            advanced = true,
            help = "Turn the hue of training images by up to this share of the colour circle.")
        double hueJitter,
    @Option(
            name = "random-erasing",
            label = "SHARE",
            standard = "0",
            least = 0,
            greatest = 1,
            advanced = true,
            help = "Fill a random box with noise in this share of the training images.")
        double erasing,
    Mixing mixing,
    @Option(
            name = "forbid",
            label = "CLASS=STEP[+STEP...]",
            advanced = true,
            help =
                "What is never done to a class's images, because it could change what they mean:"
                    + " crop, flip, rotation, color, erasing, mixup, cutmix. Several with commas,"
                    + " or the option again.")
        Map<String, AugmentSteps> forbidden)
    implements Serializable {

  /** Checks what the ranges of the options cannot. */
  public Augmentation {
    if (cropPadding.pixels() > 0 && cropArea > 0) {
      throw new UserException(
          "--crop-padding and --crop-area are two kinds of random crops; leave out one of them");
    }
    forbidden = new TreeMap<>(forbidden);
  }

  /** Returns an augmentation of padded crops, flips and colours only. */
  public static Augmentation of(
      CropPadding cropPadding, boolean flip, double colorJitter, double hueJitter) {
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
    if (cropArea == 0 && cropPadding.of(side) >= side) {
      throw new UserException(
          "--crop-padding is "
              + cropPadding.of(side)
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
            : new RandomCrop.Padded(cropPadding.of(side), RandomCrop.Border.REFLECT),
        flip,
        verticalFlip,
        rotation,
        new ColorJitter(colorJitter, hueJitter),
        erasing);
  }

  /** Returns the steps that are not applied to the images of a class. */
  public Set<AugmentStep> forbiddenFor(String label) {
    return forbidden.getOrDefault(label, AugmentSteps.NONE).steps();
  }
}
