package org.sparkvit.inference;

import org.sparkvit.core.UserException;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

/**
 * Converts the preprocessing of a model directory to the one that training and scoring share.
 * Rescaling and normalisation are not part of it, as the model's graph does them.
 */
public final class InputSpec {
  private InputSpec() {}

  /**
   * Returns how images become the model's square of {@code imageSize} pixels.
   *
   * @throws UserException when the two files contradict each other or the preprocessing is not
   *     supported
   */
  public static PreprocessSpec of(PreprocessorConfig preprocessor, ViTConfig config) {
    return of(preprocessor, config.imageSize());
  }

  /**
   * Returns how images become a square, where only {@code preprocessor_config.json} states its
   * size.
   *
   * @param side the side of the square in pixels
   * @throws UserException when the file states another side or the preprocessing is not supported
   */
  public static PreprocessSpec of(PreprocessorConfig preprocessor, int side) {
    PreprocessSpec spec = opaque(preprocessor, side);
    return preprocessor.background() == null ? spec : spec.on(preprocessor.background());
  }

  private static PreprocessSpec opaque(PreprocessorConfig preprocessor, int side) {
    if (!preprocessor.doResize()) {
      throw new UserException(
          "preprocessor_config.json has do_resize false, but images differ in size and the model"
              + " needs "
              + side
              + " pixels; set it to true");
    }
    ResampleFilter filter;
    try {
      filter = ResampleFilter.ofPillowCode(preprocessor.resample());
    } catch (IllegalArgumentException e) {
      throw new UserException("preprocessor_config.json: " + e.getMessage(), e);
    }
    if (preprocessor.doCenterCrop()) {
      requireSide(side, preprocessor.cropHeight(), preprocessor.cropWidth(), "crop_size");
      if (preprocessor.shortestEdge() > 0) {
        return rounded(
            PreprocessSpec.centreCrop(side, side, preprocessor.shortestEdge(), filter),
            preprocessor);
      }
      if (preprocessor.height() != preprocessor.width()) {
        throw new UserException(
            "preprocessor_config.json has size "
                + preprocessor.height()
                + "x"
                + preprocessor.width()
                + " before the crop; only squares are supported");
      }
      return rounded(
          PreprocessSpec.squashCrop(side, side, preprocessor.height(), filter), preprocessor);
    }
    requireSide(side, preprocessor.height(), preprocessor.width(), "size");
    return PreprocessSpec.squash(side, side, filter);
  }

  private static PreprocessSpec rounded(PreprocessSpec spec, PreprocessorConfig preprocessor) {
    return preprocessor.torchvisionCrop() ? spec.withTorchvisionCrop() : spec;
  }

  private static void requireSide(int side, int height, int width, String key) {
    if (height != side || width != side) {
      throw new UserException(
          "preprocessor_config.json has "
              + key
              + " "
              + height
              + "x"
              + width
              + ", but config.json has image_size "
              + side
              + "; they must agree");
    }
  }
}
