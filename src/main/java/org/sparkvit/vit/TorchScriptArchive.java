package org.sparkvit.vit;

import java.nio.file.Path;

/** Writes a checkpoint as a TorchScript file: weights and forward pass in one archive. */
public final class TorchScriptArchive {
  private TorchScriptArchive() {}

  /** For scoring: weights stored in the given precision. */
  public static void writeForInference(Path file, Checkpoint checkpoint, Precision precision) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /** For training: weights in float32; with BF16 the products are cast in the graph. */
  public static void writeForTraining(Path file, Checkpoint checkpoint, Precision precision) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }
}
