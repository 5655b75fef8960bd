package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;

/**
 * The content of {@code preprocessor_config.json}, which says how an image becomes the model's
 * pixels. The model's graph does the rescaling and normalisation. The resizing and cropping are
 * done before.
 *
 * @param doResize whether the image is resized at all
 * @param height the height after resizing in pixels; 0 with {@code shortestEdge}
 * @param width the width after resizing in pixels; 0 with {@code shortestEdge}
 * @param shortestEdge the length of the shorter side after resizing in pixels, with the aspect
 *     ratio kept; 0 for squashing to height x width
 * @param resample Pillow's number of the filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4
 *     box, 5 Hamming
 * @param doCenterCrop whether cropHeight x cropWidth are cut from the centre after the resize
 * @param cropHeight the height of that cut in pixels; 0 without one
 * @param cropWidth the width of that cut in pixels; 0 without one
 * @param torchvisionCrop whether half of an odd border is rounded to even, as in torchvision and
 *     timm; otherwise it is rounded down, as in transformers
 * @param doRescale whether bytes are multiplied by {@code rescaleFactor}
 * @param rescaleFactor the factor of bytes where they are rescaled, usually 1/255
 * @param doNormalize whether the mean is subtracted and the result divided by the deviation
 * @param imageMean the means of red, green and blue after rescaling
 * @param imageStd the standard deviations of red, green and blue after rescaling
 * @param background the background of transparent images, from the key {@code background}, which
 *     transformers does not know; null where the file does not say
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
    boolean torchvisionCrop,
    boolean doRescale,
    double rescaleFactor,
    boolean doNormalize,
    List<Double> imageMean,
    List<Double> imageStd,
    Background background)
    implements Serializable {
  /** A key of this program, which transformers ignores. */
  static final String BACKGROUND = "background";

  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

  public PreprocessorConfig {
    imageMean = List.copyOf(imageMean);
    imageStd = List.copyOf(imageStd);
    if (doResize && shortestEdge == 0) {
      side("size height", height);
      side("size width", width);
    } else if (doResize) {
      side("size shortest_edge", shortestEdge);
    }
    if (doCenterCrop) {
      side("crop_size height", cropHeight);
      side("crop_size width", cropWidth);
    }
    if (resample < 0 || resample > 5) {
      throw new UserException("resample is " + resample + "; it must be 0 to 5");
    }
    if (!(rescaleFactor > 0) || Double.isInfinite(rescaleFactor)) {
      throw new UserException("rescale_factor is " + rescaleFactor + "; it must be above 0");
    }
    if (imageMean.size() != 3 || imageStd.size() != 3) {
      throw new UserException("image_mean and image_std must have 3 numbers each");
    }
    if (imageStd.stream().anyMatch(std -> !(std > 0))) {
      throw new UserException("image_std is " + imageStd + "; its numbers must be above 0");
    }
    for (int c = 0; c < 3; c++) {
      double std = doNormalize ? imageStd.get(c) : 1;
      float scale = (float) ((doRescale ? rescaleFactor : 1) / std);
      float shift = (float) (doNormalize ? -imageMean.get(c) / std : 0);
      if (!(scale > 0) || Float.isInfinite(scale) || !Float.isFinite(shift)) {
        throw new UserException(
            "image_mean "
                + imageMean
                + ", image_std "
                + imageStd
                + " and rescale_factor "
                + rescaleFactor
                + " leave nothing of a channel; use finite numbers of a usual size");
      }
    }
  }

  /** Creates a preparation without a background for transparent images. */
  public PreprocessorConfig(
      boolean doResize,
      int height,
      int width,
      int shortestEdge,
      int resample,
      boolean doCenterCrop,
      int cropHeight,
      int cropWidth,
      boolean torchvisionCrop,
      boolean doRescale,
      double rescaleFactor,
      boolean doNormalize,
      List<Double> imageMean,
      List<Double> imageStd) {
    this(
        doResize,
        height,
        width,
        shortestEdge,
        resample,
        doCenterCrop,
        cropHeight,
        cropWidth,
        torchvisionCrop,
        doRescale,
        rescaleFactor,
        doNormalize,
        imageMean,
        imageStd,
        null);
  }

  /** Returns the same preparation with a background for transparent images. */
  public PreprocessorConfig on(Background other) {
    return new PreprocessorConfig(
        doResize,
        height,
        width,
        shortestEdge,
        resample,
        doCenterCrop,
        cropHeight,
        cropWidth,
        torchvisionCrop,
        doRescale,
        rescaleFactor,
        doNormalize,
        imageMean,
        imageStd,
        other);
  }

  /**
   * Returns a preparation that squashes to a square, bilinear, with mean = std = 0.5. The
   * checkpoints google/vit-* use it.
   */
  public static PreprocessorConfig squash(int side) {
    return new PreprocessorConfig(
        true, side, side, 0, 2, false, 0, 0, false, true, 1 / 255.0, true, HALF, HALF);
  }

  /**
   * Reads {@code preprocessor_config.json}. A file that names no processor is read as that of a
   * {@code ViTImageProcessor}.
   */
  public static PreprocessorConfig read(Path file) {
    return ImageProcessor.read(
        new JsonFields(file.toString(), ModelJson.readObject(file).deepCopy()), ImageProcessor.VIT);
  }

  /** Writes {@code preprocessor_config.json} for the image processor that does these steps. */
  public void write(Path file) {
    ObjectNode json = ModelJson.JSON.createObjectNode();
    String kind = shortestEdge > 0 ? "Bit" : doCenterCrop ? "DeiT" : "ViT";
    json.put("image_processor_type", kind + "ImageProcessor");
    json.put("do_resize", doResize);
    ObjectNode size = json.putObject("size");
    if (shortestEdge == 0) {
      size.put("height", height).put("width", width);
    } else {
      size.put("shortest_edge", shortestEdge);
    }
    json.put("resample", resample);
    json.put("do_center_crop", doCenterCrop);
    if (doCenterCrop) {
      json.putObject("crop_size").put("height", cropHeight).put("width", cropWidth);
      if (torchvisionCrop) {
        json.put(ImageProcessor.CROP_ROUNDING, ImageProcessor.HALF_TO_EVEN);
      }
    }
    json.put("do_rescale", doRescale);
    json.put("rescale_factor", rescaleFactor);
    json.put("do_normalize", doNormalize);
    imageMean.forEach(json.putArray("image_mean")::add);
    imageStd.forEach(json.putArray("image_std")::add);
    if (background != null) {
      json.put(BACKGROUND, background.toString());
    }
    ModelJson.writeObject(file, json);
  }

  /**
   * Returns the same preparation for another image side in pixels. The size before a crop keeps its
   * ratio to the size of the crop.
   */
  public PreprocessorConfig withSide(int side) {
    int edge = 0;
    if (shortestEdge != 0) {
      edge = doCenterCrop ? (int) Math.round((double) shortestEdge * side / cropHeight) : side;
    }
    int squashed = 0;
    if (edge == 0) {
      squashed = doCenterCrop ? (int) Math.round((double) height * side / cropHeight) : side;
    }
    return new PreprocessorConfig(
        doResize,
        squashed,
        squashed,
        edge,
        resample,
        doCenterCrop,
        doCenterCrop ? side : 0,
        doCenterCrop ? side : 0,
        torchvisionCrop,
        doRescale,
        rescaleFactor,
        doNormalize,
        imageMean,
        imageStd,
        background);
  }

  /** Returns whether every image becomes a square of this side. */
  boolean yields(int side) {
    return outputSide() == side;
  }

  /**
   * Returns the side of the square that every image becomes, in pixels, or 0 if they do not become
   * squares of one size.
   */
  public int outputSide() {
    if (doCenterCrop) {
      return cropHeight == cropWidth ? cropHeight : 0;
    }
    return doResize && height == width ? height : 0;
  }

  /** Returns the factor by which a byte of each channel is multiplied in normalisation. */
  public float[] scale() {
    float[] scale = new float[3];
    for (int c = 0; c < 3; c++) {
      scale[c] = (float) ((doRescale ? rescaleFactor : 1) / (doNormalize ? imageStd.get(c) : 1));
    }
    return scale;
  }

  /** Returns the number that is added to each channel after {@link #scale}. */
  public float[] shift() {
    float[] shift = new float[3];
    for (int c = 0; c < 3; c++) {
      shift[c] = (float) (doNormalize ? -imageMean.get(c) / imageStd.get(c) : 0);
    }
    return shift;
  }

  private static void side(String key, int value) {
    if (value < 1 || value > ViTConfig.MAX_IMAGE_SIZE) {
      throw new UserException(
          key + " is " + value + "; it must be 1 to " + ViTConfig.MAX_IMAGE_SIZE);
    }
  }
}
