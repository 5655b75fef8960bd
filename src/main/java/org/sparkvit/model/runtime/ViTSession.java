package org.sparkvit.model.runtime;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/** A loaded Vision Transformer that scores images. */
public final class ViTSession implements Classifier {
  private final ViTModule module;

  private ViTSession(ViTModule module) {
    this.module = module;
  }

  /**
   * Reads a model directory, writes its archive to a temporary file and loads it.
   *
   * @throws UserException when the model cannot be read, or the device does not compute in the
   *     precision
   */
  public static ViTSession open(Path modelDirectory, Device device, Precision precision) {
    return open(ModelDirectory.read(modelDirectory), device, precision);
  }

  /**
   * Writes a checkpoint's archive to a temporary file and loads it.
   *
   * @throws UserException when the device does not compute in the precision
   */
  public static ViTSession open(Checkpoint checkpoint, Device device, Precision precision) {
    Path archive = temporaryArchive();
    try {
      TorchScriptArchive.writeForInference(archive, checkpoint, precision.on(device));
      return load(archive, checkpoint.config(), device, precision);
    } finally {
      delete(archive);
    }
  }

  /**
   * Loads an archive that {@link TorchScriptArchive} wrote for this configuration, without adapting
   * it to this machine.
   */
  public static ViTSession load(Path archive, ViTConfig config, Device device) {
    return new ViTSession(ViTModule.load(archive, config, device, false));
  }

  /**
   * Loads an archive that {@link TorchScriptArchive} wrote for this configuration, and adapts it to
   * this machine's processor: see {@link Precision#hasOwnCode}.
   *
   * @param precision the precision that the archive was written for; where it was written for both,
   *     FP32 or BF16
   * @throws UserException when the device does not compute in the precision
   */
  public static ViTSession load(
      Path archive, ViTConfig config, Device device, Precision precision) {
    precision.on(device);
    ViTSession session = load(archive, config, device);
    boolean own = !device.isGpu() && precision.hasOwnCode();
    if (precision == Precision.BF16) {
      session.module.castToBfloat16();
      if (own && session.module.has(Methods.ARRANGE)) {
        session.module.prepare(Methods.ARRANGE);
      }
    } else if (precision == Precision.INT8 && own) {
      session.module.prepare(Methods.EIGHT_BITS);
    }
    return session;
  }

  /** Returns the model's configuration. */
  public ViTConfig config() {
    return module.config;
  }

  @Override
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run(Methods.FORWARD, pixels, n);
  }

  /**
   * Returns the inputs of the head after the final layer norm. They are the class token, followed
   * by the distillation token in a distilled DeiT, or by the mean of the patches' tokens in DINOv2.
   *
   * @return {@code n * embeddingSize} values, row by row
   */
  @Override
  public float[] embeddings(ByteBuffer pixels, int n) {
    return module.run(Methods.EMBED, pixels, n);
  }

  @Override
  public long parameters() {
    return config().parameterShapes().values().stream().mapToLong(Tensor::elements).sum();
  }

  @Override
  public void close() {
    module.close();
  }

  static Path temporaryArchive() {
    try {
      return Files.createTempFile("spark-vit-", ".pt");
    } catch (IOException e) {
      throw new UserException(
          "cannot write to the temporary directory "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage(),
          e);
    }
  }

  static void delete(Path archive) {
    try {
      Files.deleteIfExists(archive);
    } catch (IOException e) {
      // Windows cannot delete mapped files, so the file is deleted when the JVM ends.
      archive.toFile().deleteOnExit();
    }
  }
}
