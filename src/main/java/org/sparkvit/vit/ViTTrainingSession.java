package org.sparkvit.vit;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model whose weights are being trained. One thread uses it.
 *
 * <p>A step is one or more {@link #backward} (gradients add up), optionally {@link #clipGradients},
 * then {@link #update}, which also clears the gradients.
 */
public final class ViTTrainingSession implements AutoCloseable {
  private ViTTrainingSession() {}

  /** Loads a checkpoint for training. The checkpoint itself is not changed. */
  public static ViTTrainingSession open(
      Checkpoint checkpoint, AdamW optimizer, Device device, Precision precision) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Parameter shapes by Hugging Face key. */
  public Map<String, List<Long>> parameters() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /**
   * Forward and backward of one batch; the gradients are added to those already there.
   *
   * @param pixels as for {@link ViTSession#logits}
   * @param labels n class indices
   * @param weights n factors of the per-image cross-entropies, such as the classes' weights
   * @param normaliser what the weighted sum is divided by: the sum of the weights over all images
   *     of the step (torch's mean for weighted cross-entropy)
   * @return the sum of weight times cross-entropy, divided by the normaliser
   */
  public double backward(
      ByteBuffer pixels, int n, int[] labels, float[] weights, double normaliser) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return 0;
  }

  /**
   * Scales all gradients down so that their global L2 norm is at most {@code maxNorm} (torch's
   * clip_grad_norm_).
   *
   * @return the norm before clipping
   */
  public double clipGradients(double maxNorm) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return 0;
  }

  /** One AdamW step with this learning rate; clears the gradients. */
  public void update(double learningRate) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** Number of updates done. */
  public long step() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return 0;
  }

  /** Logits in evaluation mode; arguments and result as for {@link ViTSession#logits}. */
  public float[] logits(ByteBuffer pixels, int n) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** A copy of the current weights, in the configuration that was given. */
  public Checkpoint checkpoint() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Saves the optimizer's moments and step count, as safetensors. */
  public void saveOptimizer(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** Restores what {@link #saveOptimizer} wrote. */
  public void loadOptimizer(Path file) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** Frees weights, gradients and moments. */
  @Override
  public void close() {}
}
