package org.sparkvit.image;

import java.io.Serializable;
import org.sparkvit.core.UserException;

/**
 * How an image becomes a model's input of fixed size.
 *
 * @param height rows of the result
 * @param width columns of the result
 * @param mode how the aspect ratio is dealt with
 * @param filter resampling filter
 * @param shortestEdge for {@link Mode#CENTRE_CROP}: the shorter side after resizing and before the
 *     crop; for {@link Mode#SQUASH_CROP} both sides; otherwise 0
 * @param padRgb for {@link Mode#PAD}: colour of the borders as 0xRRGGBB; otherwise 0
 */
public record PreprocessSpec(
    int height, int width, Mode mode, ResampleFilter filter, int shortestEdge, int padRgb)
    implements Serializable {

  /** What happens to the aspect ratio. */
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
   * Resize to {@code size} x {@code size} regardless of the aspect ratio; {@code google/vit-*} does
   * this with BILINEAR.
   */
  public static PreprocessSpec squash(int height, int width, ResampleFilter filter) {
    return new PreprocessSpec(height, width, Mode.SQUASH, filter, 0, 0);
  }

  /**
   * Resize the shorter side to {@code shortestEdge} (usually 256 for 224), then cut out the centre.
   */
  public static PreprocessSpec centreCrop(
      int height, int width, int shortestEdge, ResampleFilter filter) {
    return new PreprocessSpec(height, width, Mode.CENTRE_CROP, filter, shortestEdge, 0);
  }

  /** Resize to {@code edge} x {@code edge} (usually 256 for 224), then cut out the centre. */
  public static PreprocessSpec squashCrop(int height, int width, int edge, ResampleFilter filter) {
    return new PreprocessSpec(height, width, Mode.SQUASH_CROP, filter, edge, 0);
  }

  /** Fit inside, centred on the colour {@code padRgb} (0xRRGGBB). */
  public static PreprocessSpec pad(int height, int width, ResampleFilter filter, int padRgb) {
    return new PreprocessSpec(height, width, Mode.PAD, filter, 0, padRgb);
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

  /** Bytes of one result: height * width * 3. */
  public int bytes() {
    return height * width * 3;
  }
}
