package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;

/**
 * The image processors of transformers that are supported. Each has defaults for the keys that its
 * files leave out, and rules by which it resizes and normalises. A file of each is converted to the
 * {@link PreprocessorConfig} that makes the same pixels.
 *
 * <p>Every key is understood, known to be harmless, or refused by name. A key that was ignored
 * silently would change the probabilities.
 */
// The lists and sets are unmodifiable ones of the JDK.
@SuppressWarnings("ImmutableEnumChecker")
public enum ImageProcessor {
  VIT(
      List.of("ViT"),
      Set.of("vit", "vit_msn", "vit_mae", "ijepa", "swin", "swinv2", "dinat", "swiftformer"),
      Defaults.squash(224, 2).half()),
  DEIT(List.of("DeiT"), Set.of("deit"), Defaults.squash(256, 3).half().crop(224)),
  BIT(
      List.of("Bit", "CLIP", "ChineseCLIP"),
      Set.of("dinov2", "bit", "focalnet", "hiera", "clip", "chinese_clip"),
      Defaults.shortest(224, 3).clip().crop(224)),
  SIGLIP(List.of("Siglip"), Set.of("siglip"), Defaults.squash(224, 3).half().numbersAreShortest()),
  BLIP(List.of("Blip"), Set.of("blip"), Defaults.squash(384, 3).clip()),
  PVT(List.of("Pvt"), Set.of("pvt", "pvt_v2"), Defaults.squash(224, 3).imagenet()),
  BEIT(
      List.of("Beit"),
      Set.of("beit", "data2vec-vision"),
      Defaults.squash(224, 3).half().cropIfAsked(224)),
  SEGFORMER(List.of("Segformer"), Set.of("segformer"), Defaults.squash(512, 2).imagenet()),
  MOBILENET(
      List.of("MobileNetV1", "MobileNetV2"),
      Set.of("mobilenet_v1", "mobilenet_v2"),
      Defaults.shortest(256, 2).half().crop(224)),
  LEVIT(List.of("Levit"), Set.of("levit"), Defaults.shortest(224, 3).imagenet().crop(224)) {
    @Override
    Size resized(Size size, JsonFields fields) {
      // The size in the file is that of the crop, which is 7/8 of the side after resizing.
      return size.edge > 0 ? new Size(0, 0, (int) (256.0 / 224 * size.edge)) : size;
    }
  },
  POOLFORMER(
      List.of("PoolFormer"), Set.of("poolformer"), Defaults.shortest(224, 3).imagenet().crop(224)) {
    @Override
    Size resized(Size size, JsonFields fields) {
      double share = share(fields, 0.9);
      if (size.edge == 0 && size.height != size.width) {
        return new Size((int) (size.height / share), (int) (size.width / share), 0);
      }
      return new Size(0, 0, (int) (Math.max(size.edge, size.height) / share));
    }
  },
  CONVNEXT(
      List.of("ConvNext"),
      Set.of("convnext", "convnextv2", "resnet", "regnet", "cvt"),
      Defaults.shortest(384, 3).half()) {
    @Override
    Crop cropOf(Size size, JsonFields fields) {
      Crop asked = super.cropOf(size, fields);
      if (size.edge == 0) {
        throw fields.bad("size", size, "{shortest_edge} for a ConvNextImageProcessor");
      }
      if (asked.done && (asked.height != size.edge || asked.width != size.edge)) {
        throw fields.bad(
            "crop_size",
            asked.height + " x " + asked.width,
            "absent, as a ConvNextImageProcessor crops by itself, to " + size.edge + " pixels");
      }
      return size.edge < WARPED ? new Crop(true, size.edge, size.edge) : Crop.NONE;
    }

    @Override
    Size resized(Size size, JsonFields fields) {
      double share = share(fields, 224.0 / 256);
      return size.edge < WARPED
          ? new Size(0, 0, (int) (size.edge / share))
          : new Size(size.edge, size.edge, 0);
    }
  },
  EFFICIENTNET(
      List.of("EfficientNet"),
      Set.of("efficientnet"),
      Defaults.squash(346, 3).half().cropIfAsked(289)) {
    @Override
    Norm norm(JsonFields fields, boolean rescaled, Norm norm) {
      double offset = fields.takeStep("rescale_offset", false) && rescaled ? 1 : 0;
      boolean twice = fields.takeStep("include_top", true);
      List<Double> mean = norm.mean.stream().map(m -> (norm.done ? m : 0.0) + offset).toList();
      List<Double> std =
          norm.std.stream().map(s -> (norm.done ? s : 1.0) * (twice ? s : 1.0)).toList();
      return new Norm(norm.done || twice || offset != 0, mean, std);
    }
  };

  /** The file in which transformers 5 saves all processors of a model. */
  static final String NESTED_FILE = "processor_config.json";

  /**
   * A key of this program, which says how the centre crop halves an odd border. Other programs
   * ignore it.
   */
  static final String CROP_ROUNDING = "center_crop_rounding";

  static final String HALF_TO_EVEN = "half_to_even";

  /** The number of pixels from which on a ConvNeXt's images are squashed instead of cropped. */
  private static final int WARPED = 384;

  private static final Pattern SUFFIX =
      Pattern.compile("(ImageProcessor|FeatureExtractor)(Fast|Pil)?$");

  /** The keys that change no pixel that a model sees. */
  private static final Set<String> HARMLESS =
      Set.of(
          "_commit_hash",
          "_name_or_path",
          "_processor_class",
          "_valid_processor_keys",
          "data_format",
          "device",
          "disable_grouping",
          // Every image is decoded to red, green and blue anyway.
          "do_convert_rgb",
          // These two concern label maps for segmentation.
          "do_reduce_labels",
          "reduce_labels",
          "image_seq_length",
          "model_input_names",
          "processor_class",
          "return_tensors",
          "transformers_version",
          "use_fast");

  /** The keys that change pixels, each with the value at which it changes none. */
  private static final Map<String, String> REFUSED_BUT =
      Map.of(
          "do_align_long_axis", "false",
          "do_flip_channel_order", "false",
          "do_grayscale", "false",
          "do_pad", "false",
          "do_thumbnail", "false",
          "include_top", "false",
          "input_data_format", "\"channels_last\"",
          "rescale_offset", "false",
          "use_square_size", "false");

  private final List<String> names;
  private final Set<String> modelTypes;
  private final Defaults defaults;

  ImageProcessor(List<String> names, Set<String> modelTypes, Defaults defaults) {
    this.names = names;
    this.modelTypes = modelTypes;
    this.defaults = defaults;
  }

  /**
   * Returns the processor that transformers chooses for a model type where a file names none. It is
   * empty for an unknown model type.
   */
  public static Optional<ImageProcessor> ofModelType(String modelType) {
    return Arrays.stream(values()).filter(p -> p.modelTypes.contains(modelType)).findFirst();
  }

  /** Returns whether a directory has a file that says how its images are prepared. */
  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(ModelDirectory.PREPROCESSOR))
        || nested(directory).isPresent();
  }

  /**
   * Reads {@code image_processor} of {@code processor_config.json}, or else {@code
   * preprocessor_config.json}, as transformers does.
   *
   * @param unnamed the processor to assume where the file names none, or null if there is no such
   *     default
   * @throws UserException when neither file exists, or a key or value is not understood
   */
  public static PreprocessorConfig in(Path directory, ImageProcessor unnamed) {
    Path file = directory.resolve(ModelDirectory.PREPROCESSOR);
    return nested(directory)
        .map(fields -> read(fields, unnamed))
        .orElseGet(
            () ->
                read(
                    new JsonFields(file.toString(), ModelJson.readObject(file).deepCopy()),
                    unnamed));
  }

  private static Optional<JsonFields> nested(Path directory) {
    Path file = directory.resolve(NESTED_FILE);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    JsonNode node = ModelJson.readObject(file).get("image_processor");
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    JsonFields all = new JsonFields(file.toString(), ModelJson.JSON.createObjectNode());
    if (!(node instanceof ObjectNode object)) {
      throw all.bad("image_processor", node, "an object");
    }
    return Optional.of(all.within("image_processor", object.deepCopy()));
  }

  static PreprocessorConfig read(JsonFields fields, ImageProcessor unnamed) {
    String formerName = fields.takeString("feature_extractor_type", "");
    String name = fields.takeString("image_processor_type", formerName);
    if (name.isEmpty() && unnamed == null) {
      throw fields.bad(
          "image_processor_type", "absent", "there, as none is known for the model_type");
    }
    ImageProcessor processor = name.isEmpty() ? unnamed : named(name, fields);
    try {
      PreprocessorConfig config = processor.config(fields);
      requireNothingLeft(fields);
      return config;
    } catch (UserException e) {
      String message = e.getMessage();
      throw message.startsWith(fields.source())
          ? e
          : new UserException(fields.source() + ": " + message, e);
    }
  }

  private static ImageProcessor named(String name, JsonFields fields) {
    String bare = SUFFIX.matcher(name).replaceFirst("");
    return Arrays.stream(values())
        .filter(p -> p.names.contains(bare) && !bare.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                fields.bad(
                    "image_processor_type",
                    "'" + name + "'",
                    "one of "
                        + Arrays.stream(values())
                            .flatMap(p -> p.names.stream())
                            .map(n -> n + "ImageProcessor")
                            .collect(Collectors.joining(", "))
                        + "; name one of them, with keys that make the same pixels"));
  }

  private static void requireNothingLeft(JsonFields fields) {
    fields
        .rest()
        .forEach(
            (key, value) -> {
              if (!value.isNull()
                  && !HARMLESS.contains(key)
                  && !value.toString().equals(REFUSED_BUT.get(key))) {
                throw fields.bad(
                    key,
                    value,
                    REFUSED_BUT.containsKey(key)
                        ? REFUSED_BUT.get(key) + " or absent: what it does to pixels is not done"
                        : "absent: it is not known, and may change pixels");
              }
            });
  }

  private PreprocessorConfig config(JsonFields fields) {
    boolean resize = fields.takeStep("do_resize", true);
    boolean square = fields.takeBoolean("default_to_square", defaults.squareNumbers);
    JsonNode given = fields.take("size");
    Size size = given == null ? defaults.size : size(fields, "size", given, square);
    Crop crop = cropOf(size, fields);
    Size resized = resized(size, fields);
    boolean rescale = fields.takeStep("do_rescale", true);
    Norm norm =
        norm(
            fields,
            rescale,
            new Norm(
                fields.takeStep("do_normalize", true),
                fields.takeDoubles("image_mean", 3, defaults.mean),
                fields.takeDoubles("image_std", 3, defaults.std)));
    String rounding = fields.takeString(CROP_ROUNDING, "");
    if (!rounding.isEmpty() && !rounding.equals(HALF_TO_EVEN)) {
      throw fields.bad(CROP_ROUNDING, "'" + rounding + "'", "'" + HALF_TO_EVEN + "' or absent");
    }
    String background = fields.takeString(PreprocessorConfig.BACKGROUND, "");
    return new PreprocessorConfig(
        resize,
        resized.height,
        resized.width,
        resized.edge,
        resample(fields),
        crop.done,
        crop.height,
        crop.width,
        !rounding.isEmpty(),
        rescale,
        fields.takeDouble("rescale_factor", 1 / 255.0),
        norm.done,
        norm.mean,
        norm.std,
        background.isEmpty() ? null : Background.parse(PreprocessorConfig.BACKGROUND, background));
  }

  /** Returns the crop after the resize. */
  Crop cropOf(Size size, JsonFields fields) {
    JsonNode given = fields.take("crop_size");
    if (!fields.takeStep("do_center_crop", defaults.cropped)) {
      return Crop.NONE;
    }
    if (given == null && defaults.crop == 0) {
      throw fields.bad("crop_size", "absent", "there where do_center_crop is true");
    }
    Size cut =
        given == null
            ? new Size(defaults.crop, defaults.crop, 0)
            : size(fields, "crop_size", given, true);
    if (cut.edge > 0) {
      throw fields.bad("crop_size", given, "a number or {height, width}");
    }
    return new Crop(true, cut.height, cut.width);
  }

  /** Returns the size after the resize, given the size in the file. */
  Size resized(Size size, JsonFields fields) {
    return size;
  }

  /**
   * Returns the normalisation, given that in the file.
   *
   * @param rescaled whether values are rescaled before
   */
  Norm norm(JsonFields fields, boolean rescaled, Norm norm) {
    return norm;
  }

  private int resample(JsonFields fields) {
    JsonNode given = fields.take("resample");
    if (given != null && given.isTextual()) {
      throw fields.bad(
          "resample",
          given,
          "Pillow's number: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming");
    }
    return given == null ? defaults.resample : fields.asInt("resample", given);
  }

  private static double share(JsonFields fields, double absent) {
    double share = fields.takeDouble("crop_pct", absent);
    if (!(share > 0.01 && share <= 100)) {
      throw fields.bad("crop_pct", share, "above 0.01 and at most 100, usually below 1");
    }
    return share;
  }

  private static Size size(JsonFields fields, String key, JsonNode node, boolean square) {
    if (node.isIntegralNumber()) {
      int side = fields.asInt(key, node);
      return square ? new Size(side, side, 0) : new Size(0, 0, side);
    }
    if (node.isArray() && node.size() == 2) {
      return new Size(fields.asInt(key, node.get(0)), fields.asInt(key, node.get(1)), 0);
    }
    if (node.isObject() && node.size() == 2 && node.has("height") && node.has("width")) {
      return new Size(
          fields.asInt(key, node.get("height")), fields.asInt(key, node.get("width")), 0);
    }
    if (node.isObject() && node.size() == 1 && node.has("shortest_edge")) {
      return new Size(0, 0, fields.asInt(key, node.get("shortest_edge")));
    }
    throw fields.bad(
        key, node, "a number, [height, width], {height, width} or {shortest_edge} alone");
  }

  /**
   * A size in pixels: the height and the width, or the length of the shorter side. What is not
   * given is 0.
   */
  record Size(int height, int width, int edge) {}

  /**
   * The crop of the centre, in pixels.
   *
   * @param done whether there is a crop
   */
  record Crop(boolean done, int height, int width) {
    static final Crop NONE = new Crop(false, 0, 0);
  }

  /**
   * The means and standard deviations of red, green and blue.
   *
   * @param done whether values are normalised
   */
  record Norm(boolean done, List<Double> mean, List<Double> std) {}

  /**
   * The defaults for absent keys.
   *
   * @param size the size to resize to
   * @param squareNumbers whether a bare number gives both sides and not the shorter one
   * @param resample Pillow's number of the filter
   * @param cropped whether there is a crop by default
   * @param crop the side of the crop in pixels; 0 where a file must state it
   * @param mean the means of red, green and blue
   * @param std the standard deviations of red, green and blue
   */
  private record Defaults(
      Size size,
      boolean squareNumbers,
      int resample,
      boolean cropped,
      int crop,
      List<Double> mean,
      List<Double> std) {
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    static Defaults squash(int side, int resample) {
      return new Defaults(new Size(side, side, 0), true, resample, false, 0, HALF, HALF);
    }

    static Defaults shortest(int edge, int resample) {
      return new Defaults(new Size(0, 0, edge), false, resample, false, 0, HALF, HALF);
    }

    Defaults numbersAreShortest() {
      return new Defaults(size, false, resample, cropped, crop, mean, std);
    }

    Defaults crop(int side) {
      return new Defaults(size, squareNumbers, resample, true, side, mean, std);
    }

    Defaults cropIfAsked(int side) {
      return new Defaults(size, squareNumbers, resample, false, side, mean, std);
    }

    Defaults half() {
      return with(HALF, HALF);
    }

    Defaults clip() {
      return with(
          List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));
    }

    Defaults imagenet() {
      return with(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
    }

    private Defaults with(List<Double> newMean, List<Double> newStd) {
      return new Defaults(size, squareNumbers, resample, cropped, crop, newMean, newStd);
    }
  }
}
