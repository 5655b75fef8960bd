package org.sparkvit.vit;

import java.nio.file.Path;
import java.util.List;

/**
 * A Hugging Face model directory: {@code config.json}, {@code preprocessor_config.json} and {@code
 * model.safetensors}.
 */
public final class ModelDirectory {
  private ModelDirectory() {}

  /**
   * Reads a complete classifier. Tensors are mapped, not copied.
   *
   * @throws org.sparkvit.core.UserException when a file is absent or malformed, or tensors are
   *     missing, unexpected or mis-shaped; one message names them all
   */
  public static Checkpoint read(Path directory) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /**
   * Reads a classifier or a headless model as the start of a training for these labels: the head is
   * kept when the labels are the same in the same order, and drawn anew from the seed otherwise.
   */
  public static Checkpoint readForTraining(Path directory, List<String> labels, long seed) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Writes the three files into a directory, which is made; each file appears at once. */
  public static void write(Path directory, Checkpoint checkpoint) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** SHA-256 over the three files, 64 hex digits: the identity of the model in tables. */
  public static String hash(Path directory) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
