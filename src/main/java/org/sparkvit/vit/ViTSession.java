package org.sparkvit.vit;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A loaded model that scores images; any number of threads may use it at the same time. */
public final class ViTSession implements AutoCloseable {
  private final ViTConfig config;

  ViTSession(ViTConfig config) {
    this.config = config;
  }

  /** Writes the archive of a model directory to a temporary file and loads it. */
  public static ViTSession open(Path modelDirectory, Device device, Precision precision) {
    return load(modelDirectory, ViTConfig.read(modelDirectory.resolve("config.json")), device);
  }

  /** Loads an archive that {@link TorchScriptArchive} wrote. */
  public static ViTSession load(Path archive, ViTConfig config, Device device) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** The model's configuration. */
  public ViTConfig config() {
    return config;
  }

  /**
   * Scores a batch.
   *
   * @param pixels direct buffer in native order that holds {@code [n, imageSize, imageSize, 3]}
   *     unsigned bytes (RGB) from index 0; position and limit do not matter
   * @return {@code n * labels} logits, row by row
   */
  public float[] logits(ByteBuffer pixels, int n) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /**
   * The class token after the final layer norm.
   *
   * @return {@code n * hiddenSize} values, row by row
   */
  public float[] embeddings(ByteBuffer pixels, int n) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** Frees the weights; waits for no one, so callers stop first. */
  @Override
  public void close() {}
}
