package org.sparkvit.training;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.image.Augment;
import org.sparkvit.image.ColorJitter;

/**
 * How training images are changed at random, so that the model learns what does not matter.
 *
 * @param cropPadding pixels of reflected border for random crops; null for an eighth of the side, 0
 *     for none
 * @param flip whether half of the images are mirrored
 * @param colorJitter strength of random brightness, contrast and saturation, 0 or more
 * @param hueJitter largest random turn of the hue as a share of the circle, 0 to 0.5
 */
public record Augmentation(Integer cropPadding, boolean flip, double colorJitter, double hueJitter)
    implements Serializable {

  public Augmentation {
    Recipe.require(
        cropPadding == null || cropPadding >= 0,
        "--crop-padding",
        cropPadding,
        "0 (no crop) or more pixels");
    Recipe.require(
        colorJitter >= 0 && colorJitter < Double.POSITIVE_INFINITY,
        "--color-jitter",
        colorJitter,
        "0 (none) or more");
    Recipe.require(
        hueJitter >= 0 && hueJitter <= 0.5, "--hue-jitter", hueJitter, "0 (none) to 0.5");
  }

  /**
   * Checks that images have enough pixels for the crop.
   *
   * @param side of the images, in pixels
   * @throws UserException when there is too little image to reflect
   */
  public void requireFits(int side) {
    if (padding(side) >= side) {
      throw new UserException(
          "--crop-padding is "
              + padding(side)
              + ", but images have "
              + side
              + " pixels a side; use less than that, or 0 for no random crop");
    }
  }

  /** What is done to images of this side, in pixels. */
  Augment forSide(int side) {
    return new Augment(
        padding(side), Augment.Border.REFLECT, flip, new ColorJitter(colorJitter, hueJitter));
  }

  private int padding(int side) {
    return cropPadding == null ? side / 8 : cropPadding;
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (cropPadding != null) {
      map.put("crop-padding", cropPadding);
    }
    map.put("flip", flip);
    map.put("color-jitter", colorJitter);
    map.put("hue-jitter", hueJitter);
    return map;
  }
}
