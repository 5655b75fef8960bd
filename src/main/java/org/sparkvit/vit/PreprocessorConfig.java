package org.sparkvit.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
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
    List<Double> imageStd)
    implements Serializable {
  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

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
  }

  /** Kinds of image processors, which differ in what absent keys mean. */
  enum Kind {
    /** Squashes to 224 pixels, bilinear. */
    VIT("ViTImageProcessor", 2),
    /** Squashes to 256 pixels, bicubic, and cuts out 224. */
    DEIT("DeiTImageProcessor", 3),
    /** Resizes the shorter side to 224 pixels, bicubic, and cuts out 224. */
    BIT("BitImageProcessor", 3);

    private final String type;
    private final int resample;

    Kind(String type, int resample) {
      this.type = type;
      this.resample = resample;
    }

    /** The kind of a name of today or of earlier versions of transformers; VIT if unknown. */
    private static Kind of(String name) {
      if (name.startsWith("DeiT")) {
        return DEIT;
      }
      return name.startsWith("Bit") || name.startsWith("CLIP") ? BIT : VIT;
    }

    private int[] defaultSize() {
      return switch (this) {
        case VIT -> new int[] {224, 224, 0};
        case DEIT -> new int[] {256, 256, 0};
        case BIT -> new int[] {0, 0, 224};
      };
    }
  }

  /** Squash to a square, bilinear, mean = std = 0.5: what google/vit-* checkpoints use. */
  public static PreprocessorConfig squash(int side) {
    return new PreprocessorConfig(
        true, side, side, 0, 2, false, 0, 0, true, 1 / 255.0, true, HALF, HALF);
  }

  /**
   * Reads {@code preprocessor_config.json}; {@code size} and {@code crop_size} may be numbers or
   * objects, and absent keys have the defaults of the image processor that it names, or of {@code
   * ViTImageProcessor}.
   */
  public static PreprocessorConfig read(Path file) {
    return read(file, Kind.VIT);
  }

  /** As above, with the kind that is meant where the file names none. */
  static PreprocessorConfig read(Path file, Kind unnamed) {
    String source = file.toString();
    JsonFields fields = new JsonFields(source, ModelFiles.readObject(file).deepCopy());
    String formerName = fields.takeString("feature_extractor_type", "");
    String name = fields.takeString("image_processor_type", formerName);
    Kind kind = name.isEmpty() ? unnamed : Kind.of(name);
    boolean resize = fields.takeBoolean("do_resize", true);
    boolean crop = fields.takeBoolean("do_center_crop", kind != Kind.VIT);
    int[] size = size(fields, "size", kind == Kind.BIT, kind.defaultSize());
    int[] cropSize = crop ? size(fields, "crop_size", false, Kind.VIT.defaultSize()) : new int[3];
    try {
      return new PreprocessorConfig(
          resize,
          size[0],
          size[1],
          size[2],
          fields.takeInt("resample", kind.resample),
          crop,
          cropSize[0],
          cropSize[1],
          fields.takeBoolean("do_rescale", true),
          fields.takeDouble("rescale_factor", 1 / 255.0),
          fields.takeBoolean("do_normalize", true),
          fields.takeDoubles("image_mean", 3, kind == Kind.BIT ? CLIP_MEAN : HALF),
          fields.takeDoubles("image_std", 3, kind == Kind.BIT ? CLIP_STD : HALF));
    } catch (UserException e) {
      String message = e.getMessage();
      throw message.startsWith(source) ? e : new UserException(source + ": " + message, e);
    }
  }

  /** Height, width and shortest edge; the unused ones are 0. */
  private static int[] size(
      JsonFields fields, String key, boolean numberIsShortestEdge, int[] absent) {
    JsonNode node = fields.take(key);
    if (node == null) {
      return absent;
    }
    if (node.isIntegralNumber()) {
      int side = fields.asInt(key, node);
      return numberIsShortestEdge ? new int[] {0, 0, side} : new int[] {side, side, 0};
    }
    if (node.has("height") && node.has("width")) {
      return new int[] {
        fields.asInt(key, node.get("height")), fields.asInt(key, node.get("width")), 0
      };
    }
    if (node.has("shortest_edge")) {
      return new int[] {0, 0, fields.asInt(key, node.get("shortest_edge"))};
    }
    throw fields.bad(key, node, "a number, {height, width} or {shortest_edge}");
  }

  /** Writes {@code preprocessor_config.json} for the image processor that does these steps. */
  public void write(Path file) {
    ObjectNode json = ModelFiles.JSON.createObjectNode();
    Kind kind = shortestEdge > 0 ? Kind.BIT : doCenterCrop ? Kind.DEIT : Kind.VIT;
    json.put("image_processor_type", kind.type);
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
    }
    json.put("do_rescale", doRescale);
    json.put("rescale_factor", rescaleFactor);
    json.put("do_normalize", doNormalize);
    imageMean.forEach(json.putArray("image_mean")::add);
    imageStd.forEach(json.putArray("image_std")::add);
    ModelFiles.writeObject(file, json);
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
        doRescale,
        rescaleFactor,
        doNormalize,
        imageMean,
        imageStd);
  }

  /** Whether every image comes out as a square of this side. */
  boolean yields(int side) {
    return outputSide() == side;
  }

  /** Side of the square that every image comes out as, in pixels; 0 if they do not. */
  int outputSide() {
    if (doCenterCrop) {
      return cropHeight == cropWidth ? cropHeight : 0;
    }
    return doResize && height == width ? height : 0;
  }

  /** What a byte of each channel is multiplied with to be normalised. */
  float[] scale() {
    float[] scale = new float[3];
    for (int c = 0; c < 3; c++) {
      scale[c] = (float) ((doRescale ? rescaleFactor : 1) / (doNormalize ? imageStd.get(c) : 1));
    }
    return scale;
  }

  /** What is added to each channel after {@link #scale}. */
  float[] shift() {
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
