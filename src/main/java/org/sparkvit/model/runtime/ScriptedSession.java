package org.sparkvit.model.runtime;

import ai.djl.Device;
import ai.djl.engine.EngineException;
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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.torchscript.ScriptedModel;

/** A loaded {@link ScriptedModel}. It computes in the types in which it was saved. */
public final class ScriptedSession implements Classifier {
  private static final int MOST_SHOWN = 300;

  /** The number of logits that do not all lie within 0 and 1 by chance. */
  private static final int ENOUGH_VALUES = 32;

  private final ScriptedModel model;
  private final PtNDManager manager;
  private final PtSymbolBlock block;

  private ScriptedSession(ScriptedModel model, PtNDManager manager, PtSymbolBlock block) {
    this.model = model;
    this.manager = manager;
    this.block = block;
  }

  /**
   * Reads a model's directory and loads the model.
   *
   * @throws UserException when the file is no TorchScript module, or the module does more than
   *     compute
   */
  public static ScriptedSession open(Path directory, Device device) {
    return load(directory.resolve(ModelDirectory.SCRIPTED), ScriptedModel.read(directory), device);
  }

  /**
   * Loads a model that has been inspected.
   *
   * @param weights the file of its module
   * @param model the result of the inspection
   * @throws UserException when PyTorch cannot load it
   */
  public static ScriptedSession load(Path weights, ScriptedModel model, Device device) {
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
      NDArray normalised =
          bytes.transpose(0, 3, 1, 2).toType(DataType.FLOAT32, true).muli(scale).addi(shift);
      NDArray images = model.isHalf() ? normalised.toType(DataType.FLOAT16, false) : normalised;
      NDArray logits = forward(images);
      if (logits.getDataType().isInteger() || logits.getDataType().isBoolean()) {
        throw new UserException(
            ModelDirectory.SCRIPTED
                + " gives "
                + logits.getDataType().name().toLowerCase(Locale.ROOT)
                + ", as the numbers of classes (argmax) are, but logits [N, labels] are due; save"
                + " the module without its decision");
      }
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
      float[] values = logits.toType(DataType.FLOAT32, false).toFloatArray();
      requireLogits(values, classes, logits.getDataType());
      return values;
    }
  }

  /**
   * Requires that values are logits. Probabilities would become almost the same for each class
   * where softmax is applied to them again.
   */
  private void requireLogits(float[] values, int classes, DataType type) {
    double tolerance = type == DataType.FLOAT32 || type == DataType.FLOAT64 ? 1e-5 : 1e-2;
    boolean upToOne = true;
    boolean sumToOne = true;
    for (int from = 0; from < values.length; from += classes) {
      double sum = 0;
      for (int i = from; i < from + classes; i++) {
        if (!(values[i] >= 0)) {
          return;
        }
        upToOne &= values[i] <= 1;
        sum += values[i];
      }
      sumToOne &= Math.abs(sum - 1) <= tolerance;
    }
    if (sumToOne) {
      throw new UserException(
          ModelDirectory.SCRIPTED
              + " gives probabilities (none is below 0, and those of each image sum to 1), which"
              + " would go through softmax a second time; logits are due: save the module without"
              + " its softmax");
    }
    if (upToOne && model.archive().squeezes() && values.length >= ENOUGH_VALUES) {
      throw new UserException(
          ModelDirectory.SCRIPTED
              + " uses a sigmoid and gives "
              + values.length
              + " values of 0 to 1 only, which would be squeezed a second time; logits are due:"
              + " save the module without its sigmoid");
    }
  }

  /**
   * Returns the logits of several outputs. In a dictionary they are found by their name, as its
   * order is not kept.
   */
  private static NDArray logitsOf(NDList outputs) {
    List<String> names =
        outputs.stream().map(NDArray::getName).filter(Objects::nonNull).sorted().toList();
    if (outputs.size() == 1 || names.isEmpty()) {
      return outputs.get(0);
    }
    return outputs.stream()
        .filter(output -> ScriptedModel.LOGITS.equals(output.getName()))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    ModelDirectory.SCRIPTED
                        + " gives several outputs, "
                        + names
                        + ", and none of them is called '"
                        + ScriptedModel.LOGITS
                        + "'; let it give logits alone, or call them so"));
  }

  private NDArray forward(NDArray images) {
    try {
      NDList outputs = IValueUtils.forward(block, new NDList(images), false);
      if (outputs.isEmpty()) {
        throw new UserException(
            ModelDirectory.SCRIPTED + " gives nothing; let it give logits [N, labels]");
      }
      return logitsOf(outputs);
    } catch (EngineException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new UserException(
          ModelDirectory.SCRIPTED
              + " fails on images "
              + images.getShape()
              + " of "
              + images.getDataType().name().toLowerCase(Locale.ROOT)
              + ": "
              + reason(e)
              + (model.isBfloat16()
                  ? "; it was saved in bfloat16, which images cannot come in: save model.float()"
                  : ""),
          e);
    }
  }

  /**
   * Returns the message of PyTorch's error alone. PyTorch first says where in the module it was,
   * and says last what it was.
   */
  private static String reason(RuntimeException error) {
    String message = String.valueOf(error.getMessage());
    String shown =
        message
            .lines()
            .filter(line -> line.matches("[\\w.]*(Error|Exception): .*"))
            .reduce((before, last) -> last)
            .orElse(message.lines().findFirst().orElse(""));
    return shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) + "..." : shown;
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
