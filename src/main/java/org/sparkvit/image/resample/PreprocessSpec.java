package org.sparkvit.image.resample;

import java.io.Serializable;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;

/**
 * Describes how an image becomes a model's input of fixed size.
 *
 * @param height the number of rows of the result
 * @param width the number of columns of the result
 * @param mode the treatment of the aspect ratio
 * @param filter the resampling filter
 * @param shortestEdge with {@link Mode#CENTRE_CROP}, the shorter side after resizing and before the
 *     crop; with {@link Mode#SQUASH_CROP}, both sides; otherwise 0
 * @param padRgb with {@link Mode#PAD}, the colour of the borders as 0xRRGGBB; otherwise 0
 * @param background the background that transparent images are put on before they are resized
 * @param scaledDecoding whether large JPEG files may be decoded at a half, a quarter or an eighth
 *     of their size, see {@link #mostReduction}. This is faster, and the pixels differ slightly
 * @param torchvisionCrop whether the modes that crop round half of an odd border to even where it
 *     is cut and down where it is added, as torchvision does; transformers' Pillow processors round
 *     down where it is cut and up where it is added
 */
public record PreprocessSpec(
    int height,
    int width,
    Mode mode,
    ResampleFilter filter,
    int shortestEdge,
    int padRgb,
    Background background,
    boolean scaledDecoding,
    boolean torchvisionCrop)
    implements Serializable {
  /**
   * The least ratio of each side after scaled decoding to that side after resizing, as Pillow
   * advises for its {@code reducing_gap}.
   */
  private static final int GAP = 2;

  private static final int LARGEST_REDUCTION = 8;

  /** The treatment of the aspect ratio. */
  public enum Mode {
    /** Both sides are resized on their own, as Hugging Face's ViTImageProcessor does. */
    SQUASH,
    /** The shorter side is resized to {@code shortestEdge}, then the centre is cut out. */
    CENTRE_CROP,
    /** Both sides are resized to {@code shortestEdge}, then the centre is cut out (DeiT). */
    SQUASH_CROP,
    /** The image is resized to fit inside and centred on a plain background (letterbox). */
    PAD
  }

  public PreprocessSpec {
    if (height < 1 || width < 1 || height > 4096 || width > 4096) {
      throw new IllegalArgumentException(
          "input size " + width + "x" + height + " is not between 1 and 4096");
    }
    boolean crops = mode == Mode.CENTRE_CROP || mode == Mode.SQUASH_CROP;
    if (crops != (shortestEdge > 0)) {
      throw new IllegalArgumentException(
          "shortest edge " + shortestEdge + " does not go with " + mode);
    }
  }

  /**
   * Returns a spec that resizes to {@code width} x {@code height} regardless of the aspect ratio.
   * {@code google/vit-*} uses this with BILINEAR.
   */
  public static PreprocessSpec squash(int height, int width, ResampleFilter filter) {
    return new PreprocessSpec(
        height, width, Mode.SQUASH, filter, 0, 0, Background.NONE, false, false);
  }

  /**
   * Returns a spec that resizes the shorter side to {@code shortestEdge} (usually 256 for 224),
   * then cuts out the centre.
   */
  public static PreprocessSpec centreCrop(
      int height, int width, int shortestEdge, ResampleFilter filter) {
    return new PreprocessSpec(
        height, width, Mode.CENTRE_CROP, filter, shortestEdge, 0, Background.NONE, false, false);
  }

  /**
   * Returns a spec that resizes to {@code edge} x {@code edge} (usually 256 for 224), then cuts out
   * the centre.
   */
  public static PreprocessSpec squashCrop(int height, int width, int edge, ResampleFilter filter) {
    return new PreprocessSpec(
        height, width, Mode.SQUASH_CROP, filter, edge, 0, Background.NONE, false, false);
  }

  /**
   * Returns a spec that fits the image inside and centres it on the colour {@code padRgb}
   * (0xRRGGBB).
   */
  public static PreprocessSpec pad(int height, int width, ResampleFilter filter, int padRgb) {
    return new PreprocessSpec(
        height, width, Mode.PAD, filter, 0, padRgb, Background.NONE, false, false);
  }

  /**
   * Returns this spec with scaled decoding: large JPEG files may be decoded at a part of their
   * size.
   */
  public PreprocessSpec withScaledDecoding() {
    return new PreprocessSpec(
        height, width, mode, filter, shortestEdge, padRgb, background, true, torchvisionCrop);
  }

  /** Returns this spec with the centre cut out as torchvision does. */
  public PreprocessSpec withTorchvisionCrop() {
    return new PreprocessSpec(
        height, width, mode, filter, shortestEdge, padRgb, background, scaledDecoding, true);
  }

  /** Returns this spec with another background for transparent images. */
  public PreprocessSpec on(Background other) {
    return new PreprocessSpec(
        height, width, mode, filter, shortestEdge, padRgb, other, scaledDecoding, torchvisionCrop);
  }

  /**
   * Returns the divisor by which scaled decoding may reduce an image's sides before it is resized:
   * 1, 2, 4 or 8.
   *
   * @param columns the image's columns, before or after its EXIF orientation is applied
   * @param rows the image's rows, likewise
   */
  public int mostReduction(int columns, int rows) {
    // The turn is not applied yet, and cropping or padding can only make the result smaller.
    int needed = GAP * Math.max(shortestEdge, Math.max(height, width));
    int shorter = Math.min(columns, rows);
    int reduction = 1;
    while (scaledDecoding && reduction < LARGEST_REDUCTION && shorter / (2 * reduction) >= needed) {
      reduction *= 2;
    }
    return reduction;
  }

  /**
   * Checks that a batch fits into one buffer.
   *
   * @throws UserException when it does not
   */
  public void requireFits(int batchSize) {
    int most = Integer.MAX_VALUE / bytes();
    if (batchSize > most) {
      throw new UserException(
          "--batch-size is "
              + batchSize
              + ", but of images of "
              + width
              + "x"
              + height
              + " pixels at most "
              + most
              + " fit into one buffer; use fewer");
    }
  }

  /** Returns the number of bytes of one result: height * width * 3. */
  public int bytes() {
    return height * width * 3;
  }
}
