package org.sparkvit.image.augment;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.PixelImage;

/**
 * Random changes of preprocessed images during training, in this order: crop, flips, rotation,
 * colours, erasing. The same seed gives the same result. Every step has random numbers of its own,
 * so that leaving one out does not change what the others do.
 *
 * @param crop the random crop, which selects the part that is shown
 * @param horizontalFlip whether half of the images are mirrored left to right
 * @param verticalFlip whether half of the images are flipped upside down
 * @param rotation the largest angle in either direction, in degrees, 0 for none; the corners that
 *     the image does not reach are gray
 * @param colors the random change of colours
 * @param erasing the share of the images in which a random box is filled with noise, 0 to 1 (Zhong
 *     et al. 2020, with the sizes of torchvision's {@code RandomErasing})
 */
public record Augment(
    RandomCrop crop,
    boolean horizontalFlip,
    boolean verticalFlip,
    double rotation,
    ColorJitter colors,
    double erasing) {
  private static final int GRAY = 128;

  // These are torchvision's defaults.
  private static final int ERASING_TRIES = 10;
  private static final double LEAST_ERASED = 0.02;
  private static final double MOST_ERASED = 0.33;
  private static final double LOG_ERASED_ASPECT = Math.log(3.3);

  /** Copies images without any change. */
  public static final Augment NONE =
      new Augment(RandomCrop.NONE, false, false, 0, ColorJitter.NONE, 0);

  public Augment {
    if (!(rotation >= 0 && rotation <= 180)) {
      throw new IllegalArgumentException("rotation " + rotation + " is not from 0 to 180");
    }
    if (!(erasing >= 0 && erasing <= 1)) {
      throw new IllegalArgumentException("erasing " + erasing + " is not from 0 to 1");
    }
  }

  /** Returns these changes without some of the steps. */
  public Augment without(Set<AugmentStep> steps) {
    return new Augment(
        steps.contains(AugmentStep.CROP) ? RandomCrop.NONE : crop,
        horizontalFlip && !steps.contains(AugmentStep.FLIP),
        verticalFlip && !steps.contains(AugmentStep.FLIP),
        steps.contains(AugmentStep.ROTATION) ? 0 : rotation,
        steps.contains(AugmentStep.COLOR) ? ColorJitter.NONE : colors,
        steps.contains(AugmentStep.ERASING) ? 0 : erasing);
  }

  /**
   * Augments one uint8 height x width x RGB image.
   *
   * @param image the buffer that holds all pixels: {@code height * width * 3} bytes from {@code
   *     offset} on
   * @param offset the absolute index of the image in the buffer
   * @param seed decides everything; give each (image, epoch) its own, e.g. a hash of run seed,
   *     epoch and image id
   * @param out receives as many bytes at its position, which moves past them; it must not overlap
   *     the image
   * @throws IllegalArgumentException if the padding reaches the image's size with REFLECT
   */
  public void apply(
      ByteBuffer image, int offset, int height, int width, long seed, ByteBuffer out) {
    byte[] rgb = new byte[3 * width * height];
    image.get(offset, rgb);
    PixelImage changed = new PixelImage(width, height, rgb);
    changed = crop.apply(changed, chance(seed, "crop"));
    if (horizontalFlip && chance(seed, "flip").nextBoolean()) {
      changed = RandomCrop.mirror(changed, true);
    }
    if (verticalFlip && chance(seed, "vertical flip").nextBoolean()) {
      changed = RandomCrop.mirror(changed, false);
    }
    if (rotation > 0) {
      double degrees = (2 * chance(seed, "rotation").nextDouble() - 1) * rotation;
      changed = Rotation.rotate(changed, degrees, GRAY);
    }
    byte[] pixels = changed.rgb();
    colors.apply(pixels, chance(seed, "colors"));
    if (erasing > 0) {
      erase(pixels, height, width, chance(seed, "erasing"));
    }
    out.put(pixels);
  }

  private static SplittableRandom chance(long seed, String step) {
    return new SplittableRandom(StableHash.hash64(seed, step));
  }

  private void erase(byte[] pixels, int height, int width, SplittableRandom random) {
    if (random.nextDouble() >= erasing) {
      return;
    }
    for (int i = 0; i < ERASING_TRIES; i++) {
      double share = LEAST_ERASED + (MOST_ERASED - LEAST_ERASED) * random.nextDouble();
      double area = share * width * height;
      double aspect = Math.exp((2 * random.nextDouble() - 1) * LOG_ERASED_ASPECT);
      int h = (int) Math.rint(Math.sqrt(area * aspect));
      int w = (int) Math.rint(Math.sqrt(area / aspect));
      if (h >= 1 && w >= 1 && h < height && w < width) {
        int top = random.nextInt(height - h + 1);
        int left = random.nextInt(width - w + 1);
        for (int y = top; y < top + h; y++) {
          for (int at = 3 * (y * width + left); at < 3 * (y * width + left + w); at++) {
            pixels[at] = (byte) random.nextInt(256);
          }
        }
        return;
      }
    }
  }
}
