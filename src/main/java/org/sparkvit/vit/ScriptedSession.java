package org.sparkvit.vit;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.sparkvit.core.UserException;

/** A loaded {@link ScriptedModel}. It computes in the types in which it was saved. */
public final class ScriptedSession implements Classifier {
  private final ScriptedModel model;
  private final PtNDManager manager;
  private final PtSymbolBlock block;

  private ScriptedSession(ScriptedModel model, PtNDManager manager, PtSymbolBlock block) {
    this.model = model;
    this.manager = manager;
    this.block = block;
  }

  /**
   * Loads a model.
   *
   * @throws UserException when the file is no TorchScript module
   */
  public static ScriptedSession open(Path directory, Device device) {
    ScriptedModel model = ScriptedModel.read(directory);
    Path weights = directory.resolve(ScriptedModel.WEIGHTS);
    PtNDManager manager = PyTorchRuntime.newManager(device);
    try {
      PyTorchRuntime.prepareThread();
      PtSymbolBlock block =
          JniUtils.loadModule(manager, weights, true, new String[0], new String[0], false);
      JniUtils.enableInferenceMode(block);
      return new ScriptedSession(model, manager, block);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw new UserException(
          weights + ": PyTorch cannot load it; save it by torch.jit.trace or torch.jit.script", e);
    }
  }

  @Override
  public float[] logits(ByteBuffer pixels, int n) {
    PyTorchRuntime.prepareThread();
    int classes = model.labels().size();
    try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
      NDArray bytes = ViTModule.pixels(scope, pixels, n, model.imageSize());
      Shape perChannel = new Shape(1, 3, 1, 1);
      NDArray scale = scope.create(model.preprocessor().scale(), perChannel);
      NDArray shift = scope.create(model.preprocessor().shift(), perChannel);
      NDArray images =
          bytes.transpose(0, 3, 1, 2).toType(DataType.FLOAT32, true).muli(scale).addi(shift);
      NDArray logits = IValueUtils.forward(block, new NDList(images), false).get(0);
      if (!logits.getShape().equals(new Shape(n, classes))) {
        throw new UserException(
            "the model gives "
                + logits.getShape()
                + " for "
                + n
                + " images, but config.json names "
                + classes
                + " classes");
      }
      return logits.toType(DataType.FLOAT32, false).toFloatArray();
    }
  }

  @Override
  public float[] embeddings(ByteBuffer pixels, int n) {
    throw new UnsupportedOperationException("a TorchScript module gives logits only");
  }

  @Override
  public long parameters() {
    long count = 0;
    for (Pair<String, Parameter> parameter : block.getParameters()) {
      count += parameter.getValue().getArray().size();
    }
    return count;
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
