package org.sparkvit.vit;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} of a Hugging Face ViT says.
 *
 * @param labels class names; the index in this list is the index of the logit
 * @param other the keys we do not interpret, written back as they came
 */
public record ViTConfig(
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
    Map<String, JsonNode> other) {

  /** A published size at an image side and patch side in pixels. */
  public static ViTConfig of(ViTSize size, int imageSize, int patchSize, List<String> labels) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Any size, with the defaults of the paper for the rest. */
  public static ViTConfig of(
      int hiddenSize,
      int layers,
      int heads,
      int intermediateSize,
      int imageSize,
      int patchSize,
      List<String> labels) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Reads {@code config.json}. */
  public static ViTConfig read(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Writes {@code config.json} for {@code ViTForImageClassification}. */
  public void write(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** The same model with another head. */
  public ViTConfig withLabels(List<String> newLabels) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** The same model for another image side in pixels. */
  public ViTConfig withImageSize(int pixels) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Number of patches plus one for the class token. */
  public int tokens() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return 0;
  }

  /** Number of scalars in all parameters. */
  public long parameterCount() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return 0;
  }

  /** Every parameter's Hugging Face key and shape, in the order of the checkpoint. */
  public Map<String, List<Long>> parameterShapes() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
