package org.sparkvit.vit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model at rest: its configuration, how its images are prepared, and its tensors by Hugging Face
 * key, in the order of {@link ViTConfig#parameterShapes}. Read and written by {@link
 * ModelDirectory}.
 */
public record Checkpoint(
    ViTConfig config, PreprocessorConfig preprocessor, Map<String, Tensor> tensors) {

  public Checkpoint {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (Map.Entry<String, List<Long>> parameter : config.parameterShapes().entrySet()) {
      Tensor tensor = tensors.get(parameter.getKey());
      if (tensor == null || !tensor.shape().equals(parameter.getValue())) {
        throw new IllegalArgumentException(
            parameter.getKey() + " must be a tensor of shape " + parameter.getValue());
      }
      ordered.put(parameter.getKey(), tensor);
    }
    tensors = Collections.unmodifiableMap(ordered);
  }

  /**
   * Fresh weights as Hugging Face draws them: matrices, patch filters, class token and position
   * embeddings normal with the configured standard deviation, biases 0, layer norms and scales 1.
   * Each tensor has its own stream, so the same seed gives the same bits for the layers that two
   * sizes share.
   */
  public static Checkpoint random(ViTConfig config, PreprocessorConfig preprocessor, long seed) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    config
        .parameterShapes()
        .forEach((key, shape) -> tensors.put(key, Initializer.draw(config, key, shape, seed)));
    return new Checkpoint(config, preprocessor, tensors);
  }

  /** This model with a new classifier for these labels, drawn from the seed. */
  public Checkpoint withLabels(List<String> labels, long seed) {
    ViTConfig newConfig = config.withLabels(labels);
    Map<String, Tensor> copy = new LinkedHashMap<>(tensors);
    newConfig
        .parameterShapes()
        .forEach(
            (key, shape) -> {
              if (newConfig.family().isHead(key)) {
                copy.put(key, Initializer.draw(newConfig, key, shape, seed));
              }
            });
    return new Checkpoint(newConfig, preprocessor, copy);
  }

  /**
   * This model with a given classifier.
   *
   * @param weight {@code [K, E]} row by row, E being {@link ViTConfig#embeddingSize}
   * @param bias {@code [K]}
   */
  public Checkpoint withHead(List<String> labels, float[] weight, float[] bias) {
    ViTConfig newConfig = config.withLabels(labels);
    List<String> heads = newConfig.family().heads();
    int classes = labels.size();
    int size = newConfig.embeddingSize();
    // Of several heads each reads its part of the embedding, and the logits are their mean.
    int part = size / heads.size();
    Map<String, Tensor> copy = new LinkedHashMap<>(tensors);
    for (int h = 0; h < heads.size(); h++) {
      float[] columns = new float[classes * part];
      for (int c = 0; c < classes; c++) {
        for (int i = 0; i < part; i++) {
          columns[c * part + i] = heads.size() * weight[c * size + h * part + i];
        }
      }
      copy.put(heads.get(h) + ".weight", Tensor.of(columns, classes, part));
      copy.put(heads.get(h) + ".bias", Tensor.of(bias, classes));
    }
    return new Checkpoint(newConfig, preprocessor, copy);
  }

  /** This model for another image side: position embeddings are interpolated bicubically. */
  public Checkpoint withImageSize(int pixels) {
    if (pixels == config.imageSize() && preprocessor.yields(pixels)) {
      return this;
    }
    ViTConfig newConfig = config.withImageSize(pixels);
    Map<String, Tensor> copy = new LinkedHashMap<>(tensors);
    copy.computeIfPresent(
        config.family().positionEmbeddings(),
        (key, tensor) -> PositionEmbeddings.resize(tensor, config.grid(), newConfig.grid()));
    return new Checkpoint(newConfig, preprocessor.withSide(pixels), copy);
  }
}
