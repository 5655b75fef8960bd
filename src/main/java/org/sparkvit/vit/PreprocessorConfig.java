package org.sparkvit.vit;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code preprocessor_config.json} says: how an image becomes the model's pixels.
 *
 * @param doResize whether the image is resized at all
 * @param height target height in pixels; with {@code shortestEdge} unused
 * @param width target width in pixels; with {@code shortestEdge} unused
 * @param shortestEdge length in pixels that the shorter side is resized to with the aspect ratio
 *     kept, or 0 for squashing to height x width
 * @param resample Pillow's number of the filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4
 *     box, 5 Hamming
 * @param doCenterCrop whether cropHeight x cropWidth are cut from the middle after the resize
 * @param rescaleFactor what bytes are multiplied with when {@code doRescale}, usually 1/255
 * @param imageMean mean of red, green and blue after rescaling
 * @param imageStd standard deviation of red, green and blue after rescaling
 */
public record PreprocessorConfig(
    boolean doResize,
    int height,
    int width,
    int shortestEdge,
    int resample,
    boolean doCenterCrop,
    int cropHeight,
    int cropWidth,
    boolean doRescale,
    double rescaleFactor,
    boolean doNormalize,
    List<Double> imageMean,
    List<Double> imageStd) {

  /** Squash to a square, bilinear, mean = std = 0.5: what google/vit-* checkpoints use. */
  public static PreprocessorConfig squash(int side) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Reads {@code preprocessor_config.json}; {@code size} may be a number or an object. */
  public static PreprocessorConfig read(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Writes {@code preprocessor_config.json} for {@code ViTImageProcessor}. */
  public void write(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** The same preparation for another image side in pixels. */
  public PreprocessorConfig withSide(int side) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
