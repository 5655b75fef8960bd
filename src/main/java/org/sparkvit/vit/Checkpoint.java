package org.sparkvit.vit;

import java.util.List;
import java.util.Map;

/**
 * A model at rest: its configuration, how its images are prepared, and its tensors by Hugging Face
 * key. Read and written by {@link ModelDirectory}.
 */
public record Checkpoint(
    ViTConfig config, PreprocessorConfig preprocessor, Map<String, Tensor> tensors) {

  /** Fresh weights as Hugging Face draws them; the same seed gives the same bits. */
  public static Checkpoint random(ViTConfig config, PreprocessorConfig preprocessor, long seed) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** This model with a new classifier for these labels, drawn from the seed. */
  public Checkpoint withLabels(List<String> labels, long seed) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** This model for another image side: position embeddings are interpolated bicubically. */
  public Checkpoint withImageSize(int pixels) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
