package org.sparkvit.model.runtime;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.ViTCode;
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

  /** Reads a model directory, writes its archive to a temporary file and loads that. */
  public static ViTSession open(Path modelDirectory, Device device, Precision precision) {
    return open(ModelDirectory.read(modelDirectory), device, precision);
  }

  /**
   * Loads a checkpoint.
   *
   * @throws UserException when the device does not compute in the precision
   */
  public static ViTSession open(Checkpoint checkpoint, Device device, Precision precision) {
    Path archive = temporaryArchive();
    try {
      if (device.isGpu() || !precision.on(device).hasOwnCode()) {
        TorchScriptArchive.writeForInference(archive, checkpoint, precision.on(device));
        return load(archive, checkpoint.config(), device);
      }
      TorchScriptArchive.writeForThisMachine(archive, checkpoint, precision);
      ViTSession session = load(archive, checkpoint.config(), device);
      if (precision == Precision.BF16) {
        session.module.pack();
      }
      return session;
    } finally {
      delete(archive);
    }
  }

  /** Loads an archive that {@link TorchScriptArchive} wrote for this configuration. */
  public static ViTSession load(Path archive, ViTConfig config, Device device) {
    return new ViTSession(ViTModule.load(archive, config, device, false));
  }

  /** The model's configuration. */
  public ViTConfig config() {
    return module.config;
  }

  @Override
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run("forward", pixels, n);
  }

  /**
   * What the head reads after the final layer norm: the class token; of a distilled DeiT followed
   * by the distillation token, of DINOv2 by the mean of the patches' tokens.
   *
   * @return {@code n * embeddingSize} values, row by row
   */
  @Override
  public float[] embeddings(ByteBuffer pixels, int n) {
    return module.run(ViTCode.EMBED, pixels, n);
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
      // Windows keeps mapped files; the system clears its temporary directory.
      archive.toFile().deleteOnExit();
    }
  }
}
