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
 * A loaded model that says where it looked, in float32. Its attention is an explicit softmax, so it
 * is slower than a {@link ViTSession} and needs memory for the attentions of a whole batch: {@code
 * 4 x layers x heads x tokens x tokens} bytes an image, and about as much again for their
 * gradients. Any number of threads may use it at the same time.
 */
public final class Explainer implements AutoCloseable {
  private final ViTModule module;

  private Explainer(ViTModule module) {
    this.module = module;
  }

  /** Writes a checkpoint's archive to a temporary file and loads that. */
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
    // What is loaded for inference alone takes part in no backward pass.
    return new Explainer(ViTModule.load(archive, config, device, true));
  }

  /** The model's configuration. */
  public ViTConfig config() {
    return module.config;
  }

  /** Tokens before those of the patches. */
  public int specialTokens() {
    return module.config.family().specialTokens().size();
  }

  /**
   * Scores a batch, and says why.
   *
   * @param pixels as for {@link ViTSession#logits}
   */
  public Explanation explain(ByteBuffer pixels, int n) {
    PyTorchRuntime.prepareThread();
    boolean gradMode = JniUtils.isGradMode();
    JniUtils.setGradMode(true);
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice())) {
      NDList inputs = ViTModule.inputs(scope, Methods.EXPLAIN, module.pixels(scope, pixels, n));
      // As in training: DJL computes nothing else with gradients.
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

  /** Scores a batch; arguments and result as for {@link ViTSession#logits}. */
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run(Methods.FORWARD, pixels, n);
  }

  /** Frees the weights; no other call may be running. */
  @Override
  public void close() {
    module.close();
  }
}
