package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;

/**
 * What {@code preprocessor_config.json} says: how an image becomes the model's pixels. Rescaling
 * and normalisation are done by the model's graph; resizing and cropping by whoever prepares the
 * pixels.
 *
 * @param doResize whether the image is resized at all
 * @param height target height in pixels; 0 with {@code shortestEdge}
 * @param width target width in pixels; 0 with {@code shortestEdge}
 * @param shortestEdge length in pixels that the shorter side is resized to with the aspect ratio
 *     kept, or 0 for squashing to height x width
 * @param resample Pillow's number of the filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4
 *     box, 5 Hamming
 * @param doCenterCrop whether cropHeight x cropWidth are cut from the middle after the resize
 * @param cropHeight height of that cut in pixels; 0 without one
 * @param cropWidth width of that cut in pixels; 0 without one
 * @param torchvisionCrop whether half of an odd border is rounded to even, as torchvision and timm
 *     do, not down, as transformers does
 * @param rescaleFactor what bytes are multiplied with when {@code doRescale}, usually 1/255
 * @param imageMean mean of red, green and blue after rescaling
 * @param imageStd standard deviation of red, green and blue after rescaling
 * @param background what transparent images are put on, which the key {@code background} says and
 *     transformers does not know; null where nothing is said
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
  /** Key of our own, which transformers passes over. */
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

  /** A preparation that says nothing of transparent images. */
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

  /** The same preparation of images on that background. */
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

  /** Squash to a square, bilinear, mean = std = 0.5: what google/vit-* checkpoints use. */
  public static PreprocessorConfig squash(int side) {
    return new PreprocessorConfig(
        true, side, side, 0, 2, false, 0, 0, false, true, 1 / 255.0, true, HALF, HALF);
  }

  /** Reads {@code preprocessor_config.json}, by default of a {@code ViTImageProcessor}. */
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
   * The same preparation for another image side in pixels: what is resized to keeps its proportion
   * to what is cropped.
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

  /** Whether every image comes out as a square of this side. */
  boolean yields(int side) {
    return outputSide() == side;
  }

  /** Side of the square that every image comes out as, in pixels; 0 if they do not. */
  public int outputSide() {
    if (doCenterCrop) {
      return cropHeight == cropWidth ? cropHeight : 0;
    }
    return doResize && height == width ? height : 0;
  }

  /** What a byte of each channel is multiplied with to be normalised. */
  public float[] scale() {
    float[] scale = new float[3];
    for (int c = 0; c < 3; c++) {
      scale[c] = (float) ((doRescale ? rescaleFactor : 1) / (doNormalize ? imageStd.get(c) : 1));
    }
    return scale;
  }

  /** What is added to each channel after {@link #scale}. */
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
