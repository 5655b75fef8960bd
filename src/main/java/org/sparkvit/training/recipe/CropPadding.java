package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.Numbers;

/**
 * The width of the reflected border that random crops are taken from, in pixels or in proportion to
 * the image.
 *
 * @param pixels the pixels on each side; 0 for no crop, -1 for an eighth of the image's side
 */
public record CropPadding(int pixels) implements Serializable {
  /** A border of an eighth of the image's side. */
  public static final CropPadding AUTO = new CropPadding(-1);

  private static final String AUTO_NAME = "auto";
  private static final int GREATEST = 4096;

  /**
   * Reads {@code auto} or a number of pixels.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static CropPadding parse(String text) {
    return text.strip().equals(AUTO_NAME)
        ? AUTO
        : new CropPadding((int) Numbers.whole(text, 0, GREATEST));
  }

  /**
   * Returns the pixels on each side of an image.
   *
   * @param side the side of the image in pixels
   */
  public int of(int side) {
    return equals(AUTO) ? side / 8 : pixels;
  }

  @Override
  public String toString() {
    return equals(AUTO) ? AUTO_NAME : Integer.toString(pixels);
  }
}
