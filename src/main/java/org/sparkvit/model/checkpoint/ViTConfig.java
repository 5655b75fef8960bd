package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * The content of {@code config.json} of a Hugging Face ViT, DeiT or DINOv2. Every instance is
 * valid: sizes are divisible as required and stay within bounds.
 *
 * @param family the kind of Vision Transformer
 * @param hiddenSize the width of the token vectors
 * @param layers the number of transformer blocks
 * @param heads the number of attention heads per block, which divides {@code hiddenSize}
 * @param intermediateSize the width inside the feed-forward part of a block
 * @param activation the non-linearity of the feed-forward part
 * @param layerNormEps the number added to the variance in layer norms, above 0 and below 1
 * @param imageSize the side of the square input in pixels, a multiple of {@code patchSize}
 * @param patchSize the side of a patch in pixels
 * @param qkvBias whether query, key and value projections have biases
 * @param initializerRange the standard deviation of fresh weights
 * @param hiddenDropout the probability of dropping a hidden unit in training
 * @param attentionDropout the probability of dropping an attention weight in training
 * @param labels the names of the classes; the index in this list is the index of the logit
 * @param other the keys that are not interpreted, which are written back as they came
 */
public record ViTConfig(
    Family family,
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    Activation activation,
    double layerNormEps,
    int imageSize,
    int patchSize,
    boolean qkvBias,
    double initializerRange,
    double hiddenDropout,
    double attentionDropout,
    List<String> labels,
    Map<String, JsonNode> other)
    implements Serializable {

  /** The largest side of an image in pixels. */
  static final int MAX_IMAGE_SIZE = 4_096;

  /** The key by which DINOv2 states the intermediate size. It is kept among {@link #other}. */
  static final String MLP_RATIO = "mlp_ratio";

  private static final String PROBLEM_TYPE = "problem_type";
  private static final String USE_MASK_TOKEN = "use_mask_token";

  public ViTConfig {
    labels = List.copyOf(labels);
    other = Collections.unmodifiableMap(new LinkedHashMap<>(other));
    range("hidden_size", hiddenSize, 1, 16_384);
    range("num_hidden_layers", layers, 1, 256);
    range("num_attention_heads", heads, 1, 1_024);
    range("intermediate_size", intermediateSize, 1, 65_536);
    range("image_size", imageSize, 1, MAX_IMAGE_SIZE);
    range("patch_size", patchSize, 1, 1_024);
    range("number of labels", labels.size(), 1, ClassNames.MAX);
    if (hiddenSize % heads != 0) {
      throw new UserException(
          "hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + heads);
    }
    if (imageSize % patchSize != 0) {
      throw new UserException(
          "image_size " + imageSize + " is not a multiple of patch_size " + patchSize);
    }
    long tokens =
        (long) (imageSize / patchSize) * (imageSize / patchSize) + family.specialTokens().size();
    long mlpRows = family.isGated() ? 2L * intermediateSize : intermediateSize;
    long logits = (long) labels.size() * family.embeddingParts();
    for (long width : List.of(mlpRows, logits, tokens)) {
      // Every tensor has to fit into an array.
      if (width * hiddenSize > Integer.MAX_VALUE / Float.BYTES) {
        throw new UserException(
            "hidden_size "
                + hiddenSize
                + " with intermediate_size "
                + intermediateSize
                + ", "
                + labels.size()
                + " labels and "
                + tokens
                + " tokens makes tensors of more than 2 GiB; use smaller ones");
      }
    }
    if (!(layerNormEps > 0 && layerNormEps < 1)) {
      throw new UserException("layer_norm_eps is " + layerNormEps + "; it must be within 0 and 1");
    }
    if (!(initializerRange > 0 && initializerRange <= 1)) {
      throw new UserException(
          "initializer_range is " + initializerRange + "; it must be within 0 and 1");
    }
    if (family.isDinov2()) {
      JsonNode ratio = other.get(MLP_RATIO);
      if (ratio == null || mlpWidth(family, hiddenSize, ratio) != intermediateSize) {
        throw new UserException(
            "mlp_ratio "
                + ratio
                + " does not make feed-forward parts of "
                + intermediateSize
                + " of hidden_size "
                + hiddenSize);
      }
    }
    probability("hidden_dropout_prob", hiddenDropout);
    probability("attention_probs_dropout_prob", attentionDropout);
    Set<String> distinct = new HashSet<>();
    for (String label : labels) {
      if (!distinct.add(label)) {
        throw new UserException("two classes have the name '" + label + "'; give each its own");
      }
    }
  }

  /**
   * Returns a configuration of a published size.
   *
   * @param imageSize the side of the image in pixels
   * @param patchSize the side of a patch in pixels
   */
  public static ViTConfig of(ViTSize size, int imageSize, int patchSize, List<String> labels) {
    return of(
        size.hiddenSize,
        size.layers,
        size.heads,
        size.intermediateSize,
        imageSize,
        patchSize,
        labels);
  }

  /** Returns a ViT of any size, with Hugging Face's defaults for the rest. */
  public static ViTConfig of(
      int hiddenSize,
      int layers,
      int heads,
      int intermediateSize,
      int imageSize,
      int patchSize,
      List<String> labels) {
    return new ViTConfig(
        Family.VIT,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        Activation.GELU,
        1e-12,
        imageSize,
        patchSize,
        true,
        0.02,
        0,
        0,
        labels,
        Map.of());
  }

  /**
   * Reads {@code config.json}. Absent keys have Hugging Face's defaults.
   *
   * @throws UserException when the model is of no supported family, or a value is impossible
   */
  public static ViTConfig read(Path file) {
    ObjectNode object = ModelJson.readObject(file);
    return parse(object, file.toString(), ClassNames.read(object, file.toString()).names());
  }

  /** Reads a configuration whose classes are known already. */
  static ViTConfig parse(ObjectNode object, String source, List<String> labels) {
    JsonFields fields = new JsonFields(source, object.deepCopy());
    String type = fields.takeString("model_type", "vit");
    boolean gated =
        type.equals(Family.DINOV2.modelType()) && fields.takeBoolean("use_swiglu_ffn", false);
    Family family = Family.of(type, fields.take("architectures"), gated, source);
    int channels = fields.takeInt("num_channels", 3);
    if (channels != 3) {
      throw fields.bad("num_channels", channels, "3 (red, green, blue)");
    }
    JsonNode quantization = fields.take("quantization_config");
    if (quantization != null) {
      throw fields.bad(
          "quantization_config",
          quantization,
          "absent: weights are read as they are; save the model without it, by"
              + " model.dequantize() where that is known");
    }
    // The type is that of the file that was read. transformers would round the float32 weights that
    // are written here to it.
    fields.take("dtype");
    fields.take("torch_dtype");
    for (String key : List.of("id2label", "label2id", "num_labels", PROBLEM_TYPE)) {
      // The model's classes may change in training, and each image then has one of them.
      fields.take(key);
    }
    int hidden = fields.takeInt("hidden_size", 768);
    int layers = fields.takeInt("num_hidden_layers", 12);
    int heads = fields.takeInt("num_attention_heads", 12);
    JsonNode ratio = family.isDinov2() ? fields.takeNumber(MLP_RATIO, 4) : null;
    int intermediate =
        family.isDinov2()
            ? mlpWidth(family, hidden, ratio)
            : fields.takeInt("intermediate_size", 3072);
    Activation activation = Activation.of(fields.takeString("hidden_act", "gelu"), source);
    double eps = fields.takeDouble("layer_norm_eps", family.isDinov2() ? 1e-6 : 1e-12);
    int image = fields.takeSquare("image_size", 224);
    int patch = fields.takeSquare("patch_size", family.isDinov2() ? 14 : 16);
    boolean bias = fields.takeBoolean("qkv_bias", true);
    double range = fields.takeDouble("initializer_range", 0.02);
    double hiddenDropout = fields.takeDouble("hidden_dropout_prob", 0);
    double attentionDropout = fields.takeDouble("attention_probs_dropout_prob", 0);
    Map<String, JsonNode> other = fields.rest();
    if (family.isDinov2()) {
      other.put(MLP_RATIO, ratio);
      // Masked patches are used before fine-tuning only.
      other.remove(USE_MASK_TOKEN);
    }
    try {
      return new ViTConfig(
          family,
          hidden,
          layers,
          heads,
          intermediate,
          activation,
          eps,
          image,
          patch,
          bias,
          range,
          hiddenDropout,
          attentionDropout,
          labels,
          other);
    } catch (UserException e) {
      throw new UserException(source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the width that DINOv2 derives from its ratio. A gated model has two thirds of it,
   * rounded up to a multiple of 8.
   */
  private static int mlpWidth(Family family, int hidden, JsonNode ratio) {
    int width = (int) (hidden * ratio.doubleValue());
    return family.isGated() ? ((int) (width * 2L / 3.0) + 7) / 8 * 8 : width;
  }

  /**
   * Returns the number of multiplications, each with an addition, that an image takes. It counts
   * attention and the linear maps, including those of patches and heads.
   */
  public long multiplyAdds() {
    long tokens = tokens();
    long width = hiddenSize;
    long patches = tokens - family.specialTokens().size();
    long mlp = (family.isGated() ? 3 : 2) * width * intermediateSize;
    long block = tokens * (4 * width * width + mlp) + 2 * tokens * tokens * width;
    return patches * 3 * patchSize * patchSize * width
        + layers * block
        + (long) embeddingSize() * labels.size();
  }

  /** Writes {@code config.json} for the family's classifier. */
  public void write(Path file) {
    ModelJson.writeObject(file, toJson());
  }

  ObjectNode toJson() {
    ObjectNode json = ModelJson.JSON.createObjectNode();
    json.putArray("architectures").add(family.architecture());
    json.put("model_type", family.modelType());
    json.put("dtype", "float32");
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", heads);
    if (family.isDinov2()) {
      json.put("use_swiglu_ffn", family.isGated());
      json.put(USE_MASK_TOKEN, false);
    } else {
      json.put("intermediate_size", intermediateSize);
    }
    json.put("hidden_act", activation.configName());
    json.put("hidden_dropout_prob", hiddenDropout);
    json.put("attention_probs_dropout_prob", attentionDropout);
    json.put("initializer_range", initializerRange);
    json.put("layer_norm_eps", layerNormEps);
    json.put("image_size", imageSize);
    json.put("patch_size", patchSize);
    json.put("num_channels", 3);
    json.put("qkv_bias", qkvBias);
    ObjectNode id2label = json.putObject("id2label");
    ObjectNode label2id = json.putObject("label2id");
    for (int i = 0; i < labels.size(); i++) {
      id2label.put(Integer.toString(i), labels.get(i));
      label2id.put(labels.get(i), i);
    }
    if (labels.size() > 1) {
      json.put(PROBLEM_TYPE, "single_label_classification");
    }
    other.forEach(json::set);
    return json;
  }

  /** Returns the same model with another head. */
  public ViTConfig withLabels(List<String> newLabels) {
    return new ViTConfig(
        family,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        activation,
        layerNormEps,
        imageSize,
        patchSize,
        qkvBias,
        initializerRange,
        hiddenDropout,
        attentionDropout,
        newLabels,
        other);
  }

  /** Returns the same model for another image side in pixels. */
  public ViTConfig withImageSize(int pixels) {
    return new ViTConfig(
        family,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        activation,
        layerNormEps,
        pixels,
        patchSize,
        qkvBias,
        initializerRange,
        hiddenDropout,
        attentionDropout,
        labels,
        other);
  }

  /** Returns the same model with another standard deviation of fresh weights. */
  public ViTConfig withInitializerRange(double standardDeviation) {
    return new ViTConfig(
        family,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        activation,
        layerNormEps,
        imageSize,
        patchSize,
        qkvBias,
        standardDeviation,
        hiddenDropout,
        attentionDropout,
        labels,
        other);
  }

  /** Returns the number of patches plus the class token, and for DeiT the distillation token. */
  public int tokens() {
    return grid() * grid() + family.specialTokens().size();
  }

  /** Returns the number of patches along a side. */
  int grid() {
    return imageSize / patchSize;
  }

  /**
   * Returns the length of the input of the head: the class token and what the family adds to it.
   */
  public int embeddingSize() {
    return hiddenSize * family.embeddingParts();
  }

  /** Returns the number of scalars in all parameters. */
  public long parameterCount() {
    return parameterShapes().values().stream().mapToLong(Tensor::elements).sum();
  }

  /** Returns every parameter's Hugging Face key and shape, in the order of the checkpoint. */
  public Map<String, List<Long>> parameterShapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    long hidden = hiddenSize;
    family.specialTokens().forEach(token -> shapes.put(token, List.of(1L, 1L, hidden)));
    shapes.put(family.positionEmbeddings(), List.of(1L, (long) tokens(), hidden));
    shapes.put(
        family.patches() + ".weight", List.of(hidden, 3L, (long) patchSize, (long) patchSize));
    shapes.put(family.patches() + ".bias", List.of(hidden));
    for (int i = 0; i < layers; i++) {
      String layer = family.layer(i);
      for (String name : List.of("query", "key", "value")) {
        linear(shapes, layer + "attention.attention." + name, hidden, hidden, qkvBias);
      }
      linear(shapes, layer + "attention.output.dense", hidden, hidden, true);
      long mlpRows = family.isGated() ? 2L * intermediateSize : intermediateSize;
      linear(shapes, layer + family.mlpIn(), mlpRows, hidden, true);
      linear(shapes, layer + family.mlpOut(), hidden, intermediateSize, true);
      layerNorm(shapes, layer + family.attentionNorm());
      layerNorm(shapes, layer + family.mlpNorm());
      family.layerScales().forEach(scale -> shapes.put(layer + scale, List.of(hidden)));
    }
    layerNorm(shapes, family.finalNorm());
    for (String head : family.heads()) {
      long width = family.heads().size() > 1 ? hidden : embeddingSize();
      linear(shapes, head, labels.size(), width, true);
    }
    return shapes;
  }

  private void layerNorm(Map<String, List<Long>> shapes, String name) {
    shapes.put(name + ".weight", List.of((long) hiddenSize));
    shapes.put(name + ".bias", List.of((long) hiddenSize));
  }

  private static void linear(
      Map<String, List<Long>> shapes, String name, long out, long in, boolean bias) {
    shapes.put(name + ".weight", List.of(out, in));
    if (bias) {
      shapes.put(name + ".bias", List.of(out));
    }
  }

  private static void range(String key, int value, int min, int max) {
    if (value < min || value > max) {
      throw new UserException(key + " is " + value + "; it must be " + min + " to " + max);
    }
  }

  private static void probability(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new UserException(key + " is " + value + "; it must be at least 0 and below 1");
    }
  }
}
