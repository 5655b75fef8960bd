package org.sparkvit.model.runtime;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/**
 * A loaded model that explains its answers, in float32. Its attention is an explicit softmax, so it
 * is slower than a {@link ViTSession}. It needs memory for the attentions of a whole batch: {@code
 * 4 x layers x heads x tokens x tokens} bytes an image, and about as much again for their
 * gradients. Any number of threads may use it at the same time.
 */
public final class Explainer implements AutoCloseable {
  private final ViTModule module;

  private Explainer(ViTModule module) {
    this.module = module;
  }

  /** Writes a checkpoint's archive to a temporary file and loads it. */
  public static Explainer open(Checkpoint checkpoint, Device device) {
    Path archive = ViTSession.temporaryArchive();
    try {
      TorchScriptArchive.writeForExplaining(archive, checkpoint);
      return load(archive, checkpoint.config(), device);
    } finally {
      ViTSession.delete(archive);
    }
  }

  /**
   * Loads an archive that {@link TorchScriptArchive#writeForExplaining} wrote for this
   * configuration.
   */
  public static Explainer load(Path archive, ViTConfig config, Device device) {
    // A model that is loaded for inference alone cannot run a backward pass.
    return new Explainer(ViTModule.load(archive, config, device, true));
  }

  /** Returns the model's configuration. */
  public ViTConfig config() {
    return module.config;
  }

  /** Returns the number of tokens before those of the patches. */
  public int specialTokens() {
    return module.config.family().specialTokens().size();
  }

  /**
   * Scores a batch and computes maps that explain the answers.
   *
   * @param pixels as for {@link ViTSession#logits}
   * @param n the number of images, at least 1
   */
  public Explanation explain(ByteBuffer pixels, int n) {
    PyTorchRuntime.prepareThread();
    boolean gradMode = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice())) {
      NDList inputs = ViTModule.inputs(scope, Methods.EXPLAIN, module.pixels(scope, pixels, n));
      // The model runs in training mode, as DJL computes gradients in no other.
      NDList maps = IValueUtils.forward(module.block, inputs, true);
      return new Explanation(
          maps.get(0).toFloatArray(),
          maps.get(1).toFloatArray(),
          maps.get(2).toFloatArray(),
          maps.get(3).toFloatArray());
    } finally {
      JniUtils.setGradMode(gradMode);
    }
  }

  /** Scores a batch. Arguments and result are as for {@link ViTSession#logits}. */
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run(Methods.FORWARD, pixels, n);
  }

  /** Frees the weights. No other call may be running. */
  @Override
  public void close() {
    module.close();
  }
}
