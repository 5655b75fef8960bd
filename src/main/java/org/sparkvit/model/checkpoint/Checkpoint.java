package org.sparkvit.model.checkpoint;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.Background;

/**
 * A model in memory: its configuration, the preparation of its images, and its tensors. The tensors
 * are mapped by Hugging Face key in the order of {@link ViTConfig#parameterShapes}. {@link
 * ModelDirectory} reads and writes it.
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
   * Returns fresh weights as Hugging Face draws them. Matrices, patch filters, class token and
   * position embeddings are normal with the configured standard deviation. Biases are 0; layer
   * norms and scales are 1. Each tensor has a random stream of its own, so the same seed gives the
   * same bits for the layers that two sizes share.
   */
  public static Checkpoint random(ViTConfig config, PreprocessorConfig preprocessor, long seed) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    config
        .parameterShapes()
        .forEach((key, shape) -> tensors.put(key, Initializer.draw(config, key, shape, seed)));
    return new Checkpoint(config, preprocessor, tensors);
  }

  /** Returns this model with a new classifier for these labels, drawn from the seed. */
  public Checkpoint withNewHead(List<String> labels, long seed) {
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
   * Returns this model for other labels. Labels that it already has keep their rows of the
   * classifier, so that their logits stay the same. The rows of the other labels are drawn from the
   * seed.
   */
  public Checkpoint withLabels(List<String> labels, long seed) {
    if (labels.equals(config.labels())) {
      return this;
    }
    Checkpoint fresh = withNewHead(labels, seed);
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < config.labels().size(); i++) {
      rows.put(config.labels().get(i), i);
    }
    Map<String, Tensor> copy = new LinkedHashMap<>(fresh.tensors);
    copy.replaceAll(
        (key, drawn) ->
            config.family().isHead(key) ? withRows(drawn, tensors.get(key), labels, rows) : drawn);
    return new Checkpoint(fresh.config, preprocessor, copy);
  }

  private static Tensor withRows(
      Tensor drawn, Tensor own, List<String> labels, Map<String, Integer> rows) {
    float[] values = drawn.toFloats();
    float[] kept = own.toFloats();
    int width = values.length / labels.size();
    for (int i = 0; i < labels.size(); i++) {
      Integer row = rows.get(labels.get(i));
      if (row != null) {
        System.arraycopy(kept, row * width, values, i * width, width);
      }
    }
    return Tensor.of(values, drawn.shape());
  }

  /** Returns a sentence that says what {@link #withLabels} does with the head. */
  static String headNote(List<String> own, List<String> wanted) {
    if (own.equals(wanted)) {
      return "the head is the checkpoint's, for the same " + own.size() + " classes";
    }
    Set<String> known = new HashSet<>(own);
    List<String> added = wanted.stream().filter(label -> !known.contains(label)).toList();
    int kept = wanted.size() - added.size();
    if (kept == 0) {
      return "the head is drawn anew: the checkpoint has other classes ("
          + ClassNames.first(own)
          + ")";
    }
    Set<String> asked = new HashSet<>(wanted);
    List<String> dropped = own.stream().filter(label -> !asked.contains(label)).toList();
    String rows =
        added.isEmpty() && dropped.isEmpty()
            ? "the head is the checkpoint's, its "
                + kept
                + " rows in the order of the data's classes"
            : "the head keeps the checkpoint's rows of "
                + kept
                + (kept == 1 ? " class" : " classes");
    return rows
        + (added.isEmpty() ? "" : "; drawn anew for: " + ClassNames.first(added))
        + (dropped.isEmpty() ? "" : "; left out: " + ClassNames.first(dropped))
        + "; --new-head draws all of it anew";
  }

  /**
   * Returns this model with a given classifier.
   *
   * @param labels the names of the K classes
   * @param weight the weights {@code [K, E]} row by row, where E is {@link ViTConfig#embeddingSize}
   * @param bias the biases {@code [K]}
   */
  public Checkpoint withHead(List<String> labels, float[] weight, float[] bias) {
    ViTConfig newConfig = config.withLabels(labels);
    List<String> heads = newConfig.family().heads();
    int classes = labels.size();
    int size = newConfig.embeddingSize();
    // Where there are several heads, each reads its part of the embedding, and the logits are their
    // mean.
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

  /** Returns this model with a background for its images. */
  public Checkpoint on(Background background) {
    return new Checkpoint(config, preprocessor.on(background), tensors);
  }

  /**
   * Returns this model for another image side in pixels. Position embeddings are interpolated
   * bicubically.
   */
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
