package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.sparkvit.core.UserException;

/**
 * Converts a model that timm saved for the Hub to the Hugging Face model that computes the same.
 * Such a model has a {@code config.json} with {@code architecture} and {@code pretrained_cfg}, and
 * tensors such as {@code blocks.0.attn.qkv.weight}. It becomes a ViT, or with a distillation token
 * a DeiT. With layer scale (DeiT III and timm's DINOv2) it becomes a DINOv2 whose head has zeros
 * for the mean of the patches.
 *
 * <p>Sizes come from the tensors' shapes. The number of heads, which no shape tells, comes from
 * {@code model_args} or the width.
 */
final class TimmCheckpoint {
  private static final double EPSILON = 1e-6;
  private static final String BLOCK = "blocks.";

  /** The arguments that the shapes tell as well, or that matter in training only. */
  private static final Set<String> KNOWN_ARGS =
      Set.of(
          "img_size",
          "patch_size",
          "embed_dim",
          "depth",
          "num_heads",
          "mlp_ratio",
          "qkv_bias",
          "init_values",
          "num_classes",
          "no_embed_class",
          "dynamic_img_size",
          "drop_rate",
          "pos_drop_rate",
          "patch_drop_rate",
          "proj_drop_rate",
          "attn_drop_rate",
          "drop_path_rate",
          "weight_init");

  /** The numbers that Pillow gives the filters. */
  private static final Map<String, Integer> FILTERS =
      Map.of("nearest", 0, "lanczos", 1, "bilinear", 2, "bicubic", 3, "box", 4, "hamming", 5);

  private final String source;
  private final Map<String, Tensor> tensors;
  private final Family family;
  private final int hidden;
  private final int patch;
  private final int grid;

  /**
   * Determines the sizes.
   *
   * @param arguments the arguments of the model
   * @param pretrained the fields about the preparation of its images
   */
  private TimmCheckpoint(
      String source,
      String architecture,
      JsonFields arguments,
      JsonFields pretrained,
      Map<String, Tensor> tensors) {
    this.source = source;
    this.tensors = tensors;
    if (tensors.containsKey(BLOCK + "0.ls1.gamma")) {
      family = Family.DINOV2;
    } else if (tensors.containsKey("dist_token")) {
      family = tensors.containsKey("head_dist.weight") ? Family.DEIT_DISTILLED : Family.DEIT;
    } else {
      family = Family.VIT;
    }
    hidden = dimension("cls_token", 3, 2);
    patch = dimension("patch_embed.proj.weight", 4, 2);
    // DeiT III adds no positions to the tokens before the patches.
    boolean patchesOnly =
        arguments.takeBoolean("no_embed_class", architecture.startsWith("deit3_"));
    int positions = dimension("pos_embed", 3, 1);
    int patches = positions - (patchesOnly ? 0 : family.specialTokens().size());
    grid = (int) Math.sqrt(Math.max(patches, 0));
    JsonNode imageSize = arguments.take("img_size");
    JsonNode inputSize = pretrained.take("input_size");
    requireSquare(arguments, "img_size", imageSize, 0);
    if (imageSize == null) {
      requireSquare(pretrained, "input_size", inputSize, 1);
    }
    if (grid < 1 || grid * grid != patches) {
      throw new UserException(
          source
              + ": its "
              + patches
              + " patches make no square; only square images are read yet, and "
              + ForeignModel.AS_TORCHSCRIPT);
    }
    int side = grid * patch;
    if (imageSize != null && imageSize.isNumber() && imageSize.intValue() != side) {
      throw arguments.bad("img_size", imageSize, side + ", as its positions are for");
    }
    if (arguments.takeBoolean("dynamic_img_size", false)
        && inputSize != null
        && inputSize.path(1).asInt() != side) {
      throw pretrained.bad(
          "input_size", inputSize, "[3, " + side + ", " + side + "], as its positions are for");
    }
  }

  private static void requireSquare(JsonFields fields, String key, JsonNode size, int first) {
    if (size != null && size.isArray() && !size.path(first).equals(size.path(first + 1))) {
      throw fields.bad(key, size, "a square; " + ForeignModel.AS_TORCHSCRIPT);
    }
  }

  /** Returns whether a configuration is one of timm's. */
  static boolean isConfig(ObjectNode config) {
    return config.has("architecture") && !config.has("model_type");
  }

  /**
   * Reads the configuration and renames the tensors. Tensors that have no counterpart keep their
   * names.
   *
   * @throws UserException when it is no plain ViT or DeiT
   */
  static ModelDirectory.Contents convert(
      String source, ObjectNode config, Map<String, Tensor> tensors, List<String> labels) {
    JsonFields fields = new JsonFields(source, config.deepCopy());
    String architecture = requireSupported(fields);
    // Earlier versions of timm had no object for these fields.
    JsonFields pretrained =
        config.has("pretrained_cfg") ? object(fields, "pretrained_cfg") : fields;
    JsonFields arguments = object(fields, "model_args");
    TimmCheckpoint checkpoint =
        new TimmCheckpoint(source, architecture, arguments, pretrained, tensors);
    ViTConfig vit = checkpoint.config(arguments, labels);
    return new ModelDirectory.Contents(
        vit, preprocessor(pretrained, vit.imageSize()), checkpoint.renamed(vit));
  }

  private static String requireSupported(JsonFields fields) {
    String architecture = fields.takeString("architecture", "");
    if (!architecture.matches("(vit|deit|deit3)_.*") || architecture.contains("rope")) {
      throw fields.bad(
          "architecture",
          "'" + architecture + "'",
          "one of timm's vit_*, deit_* or deit3_*; " + ForeignModel.AS_TORCHSCRIPT);
    }
    if (architecture.contains("quickgelu")) {
      throw fields.bad(
          "architecture",
          "'" + architecture + "'",
          "one with the usual GELU; " + ForeignModel.AS_TORCHSCRIPT);
    }
    String pooling = fields.takeString("global_pool", "token");
    if (!pooling.equals("token") && !pooling.isEmpty()) {
      throw fields.bad(
          "global_pool",
          "'" + pooling + "'",
          "'token': heads on the class token; " + ForeignModel.AS_TORCHSCRIPT);
    }
    return architecture;
  }

  private static JsonFields object(JsonFields fields, String key) {
    JsonNode node = fields.take(key);
    if (node == null) {
      node = ModelJson.JSON.createObjectNode();
    }
    if (!(node instanceof ObjectNode object)) {
      throw fields.bad(key, node, "an object");
    }
    return fields.within(key, object);
  }

  private ViTConfig config(JsonFields arguments, List<String> labels) {
    JsonNode named = arguments.take("num_heads");
    int heads = named == null ? usualHeads() : arguments.asInt("num_heads", named);
    arguments
        .rest()
        .forEach(
            (name, value) -> {
              if (!KNOWN_ARGS.contains(name)) {
                throw arguments.bad(name, value, "absent: it is not supported");
              }
            });
    int layers = 0;
    while (tensors.containsKey(BLOCK + layers + ".norm1.weight")) {
      layers++;
    }
    int intermediate = dimension(BLOCK + "0.mlp.fc1.weight", 2, 0);
    return new ViTConfig(
        family,
        hidden,
        layers,
        heads,
        intermediate,
        Activation.GELU,
        EPSILON,
        grid * patch,
        patch,
        tensors.containsKey(BLOCK + "0.attn.qkv.bias"),
        0.02,
        0,
        0,
        labels,
        family.isDinov2()
            ? Map.of(ViTConfig.MLP_RATIO, IntNode.valueOf(intermediate / hidden))
            : Map.of());
  }

  /**
   * Returns the number of heads for a width. Each head has 64 numbers, except in the largest
   * models.
   */
  private int usualHeads() {
    return switch (hidden) {
      case 1152, 1280, 1408, 1664 -> 16;
      default -> {
        if (hidden % 64 != 0) {
          throw new UserException(
              source
                  + ": the number of heads of a model of width "
                  + hidden
                  + " is not known; give it as num_heads in model_args");
        }
        yield hidden / 64;
      }
    };
  }

  /**
   * Returns the classes that the configuration names.
   *
   * @throws UserException when there is only one class, or a name is missing
   */
  static ClassNames classes(String source, ObjectNode config) {
    JsonFields fields = new JsonFields(source, config.deepCopy());
    JsonFields pretrained =
        config.has("pretrained_cfg") ? object(fields, "pretrained_cfg") : fields;
    int classes = fields.takeInt("num_classes", pretrained.takeInt("num_classes", 1000));
    JsonNode names = fields.take("label_names");
    if (names == null) {
      names = pretrained.take("label_names");
    }
    if (classes < 0 || classes > ClassNames.MAX) {
      throw fields.bad("num_classes", classes, "0 to " + ClassNames.MAX);
    }
    if (names == null) {
      // A headless model has no classes. A head for the labels of a training replaces the
      // placeholders.
      return ClassNames.of(
          fields,
          "num_classes",
          classes == 0
              ? ClassNames.placeholders()
              : IntStream.range(0, classes).mapToObj(i -> "LABEL_" + i).toList());
    }
    List<String> labels = new ArrayList<>();
    for (JsonNode name : names) {
      labels.add(name.isTextual() || name.isIntegralNumber() ? name.asText() : "");
    }
    if (!names.isArray() || labels.size() != classes) {
      throw new UserException(
          source
              + ": label_names has "
              + (names.isArray() ? labels.size() + " names" : "no list")
              + "; it must be a list of num_classes = "
              + classes
              + " names");
    }
    return ClassNames.of(fields, "label_names", labels);
  }

  /** Returns the preparation of images that timm uses for evaluation. */
  static PreprocessorConfig preprocessor(JsonFields pretrained, int side) {
    String interpolation = pretrained.takeString("interpolation", "bicubic");
    Integer filter = FILTERS.get(interpolation);
    if (filter == null) {
      throw pretrained.bad(
          "interpolation", "'" + interpolation + "'", "one of " + FILTERS.keySet());
    }
    String mode = pretrained.takeString("crop_mode", "center");
    if (!mode.equals("center") && !mode.equals("squash")) {
      throw pretrained.bad("crop_mode", "'" + mode + "'", "'center' or 'squash'");
    }
    double share = pretrained.takeDouble("crop_pct", 0.875);
    if (!(share > 0 && share <= 1)) {
      throw pretrained.bad("crop_pct", share, "above 0 and at most 1");
    }
    int resized = (int) Math.floor(side / share);
    boolean squash = mode.equals("squash");
    return new PreprocessorConfig(
        true,
        squash ? resized : 0,
        squash ? resized : 0,
        squash ? 0 : resized,
        filter,
        true,
        side,
        side,
        true,
        true,
        1 / 255.0,
        true,
        pretrained.takeDoubles("mean", 3, List.of(0.485, 0.456, 0.406)),
        pretrained.takeDoubles("std", 3, List.of(0.229, 0.224, 0.225)));
  }

  private Map<String, Tensor> renamed(ViTConfig config) {
    Map<String, String> names = names(config.layers());
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          if (key.matches("blocks\\.\\d+\\.attn\\.qkv\\.(weight|bias)")) {
            String layer = key.substring(BLOCK.length(), key.indexOf('.', BLOCK.length()));
            splitQkv(renamed, family.layer(Integer.parseInt(layer)), key, tensor);
            return;
          }
          String name = key.endsWith(".weight") || key.endsWith(".bias") ? module(key) : key;
          String suffix = key.substring(name.length());
          renamed.put(names.getOrDefault(name, name) + suffix, tensor);
        });
    renamed.computeIfPresent(family.positionEmbeddings(), (key, tensor) -> withSpecial(tensor));
    if (family.isDinov2()) {
      renamed.computeIfPresent(
          family.heads().get(0) + ".weight", (key, tensor) -> withoutMean(tensor));
    }
    return renamed;
  }

  private static String module(String key) {
    return key.substring(0, key.lastIndexOf('.'));
  }

  /** Returns Hugging Face's names of timm's modules, and of tensors outside of modules. */
  private Map<String, String> names(int layers) {
    Map<String, String> names = new LinkedHashMap<>();
    List<String> special = family.specialTokens();
    names.put("cls_token", special.get(0));
    if (special.size() > 1) {
      names.put("dist_token", special.get(1));
    }
    names.put("pos_embed", family.positionEmbeddings());
    names.put("patch_embed.proj", family.patches());
    names.put("norm", family.finalNorm());
    names.put("head", family.heads().get(0));
    if (family.heads().size() > 1) {
      names.put("head_dist", family.heads().get(1));
    }
    for (int i = 0; i < layers; i++) {
      String block = BLOCK + i + ".";
      String layer = family.layer(i);
      names.put(block + "norm1", layer + family.attentionNorm());
      names.put(block + "attn.proj", layer + "attention.output.dense");
      names.put(block + "norm2", layer + family.mlpNorm());
      names.put(block + "mlp.fc1", layer + family.mlpIn());
      names.put(block + "mlp.fc2", layer + family.mlpOut());
      for (int s = 0; s < family.layerScales().size(); s++) {
        names.put(block + "ls" + (s + 1) + ".gamma", layer + family.layerScales().get(s));
      }
    }
    return names;
  }

  /** Splits a tensor in which query, key and value lie one below the other. */
  private static void splitQkv(
      Map<String, Tensor> renamed, String layer, String key, Tensor tensor) {
    List<Long> shape = new ArrayList<>(tensor.shape());
    if (shape.isEmpty() || shape.get(0) % 3 != 0) {
      renamed.put(key, tensor);
      return;
    }
    shape.set(0, shape.get(0) / 3);
    ByteBuffer bytes = tensor.bytes();
    int length = bytes.remaining() / 3;
    List<String> names = List.of("query", "key", "value");
    for (int i = 0; i < 3; i++) {
      renamed.put(
          layer + "attention.attention." + names.get(i) + key.substring(key.lastIndexOf('.')),
          new Tensor(tensor.dtype(), shape, bytes.slice(i * length, length)));
    }
  }

  /** Adds zeros for the tokens before the patches, as DeiT III gives these no positions. */
  private Tensor withSpecial(Tensor positions) {
    if (positions.shape().get(1) != (long) grid * grid) {
      return positions;
    }
    int special = family.specialTokens().size() * hidden;
    float[] values = positions.toFloats();
    float[] padded = new float[special + values.length];
    System.arraycopy(values, 0, padded, special, values.length);
    return Tensor.of(padded, 1, (long) padded.length / hidden, hidden);
  }

  /** Adds zeros to the head for the mean of the patches, which timm's head does not read. */
  private Tensor withoutMean(Tensor head) {
    if (head.shape().size() != 2 || head.shape().get(1) != hidden) {
      return head;
    }
    float[] values = head.toFloats();
    float[] padded = new float[2 * values.length];
    for (int row = 0; row < values.length / hidden; row++) {
      System.arraycopy(values, row * hidden, padded, 2 * row * hidden, hidden);
    }
    return Tensor.of(padded, head.shape().get(0), 2L * hidden);
  }

  private int dimension(String name, int dimensions, int index) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || tensor.shape().size() != dimensions) {
      throw new UserException(
          source
              + ": tensor "
              + name
              + (tensor == null ? " is missing" : " is " + tensor.shape())
              + "; a timm ViT with a class token has one of "
              + dimensions
              + " dimensions");
    }
    return Math.toIntExact(tensor.shape().get(index));
  }
}
