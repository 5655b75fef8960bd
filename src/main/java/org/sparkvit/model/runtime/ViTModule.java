package org.sparkvit.model.runtime;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.checkpoint.ViTConfig;

/** An archive loaded into libtorch, which the sessions share. */
public final class ViTModule implements AutoCloseable {
  final ViTConfig config;
  final PtNDManager manager;
  final PtSymbolBlock block;

  private ViTModule(ViTConfig config, PtNDManager manager, PtSymbolBlock block) {
    this.config = config;
    this.manager = manager;
    this.block = block;
  }

  static ViTModule load(Path archive, ViTConfig config, Device device, boolean trainable) {
    if (!Files.isRegularFile(archive)) {
      throw new UserException(archive + ": no such TorchScript archive");
    }
    PtNDManager manager = PyTorchRuntime.newManager(device);
    try {
      PyTorchRuntime.prepareThread();
      PtSymbolBlock block =
          JniUtils.loadModule(manager, archive, true, new String[0], new String[0], trainable);
      JniUtils.enableInferenceMode(block);
      return new ViTModule(config, manager, block);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  /** Runs a method on a batch in evaluation mode and copies its single float output. */
  float[] run(String method, ByteBuffer pixels, int n) {
    PyTorchRuntime.prepareThread();
    try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
      NDList inputs = inputs(scope, method, pixels(scope, pixels, n));
      return IValueUtils.forward(block, inputs, false).singletonOrThrow().toFloatArray();
    }
  }

  /**
   * Calls a method that changes the module permanently. It must be called before the first {@link
   * #run}.
   */
  void prepare(String method) {
    PyTorchRuntime.prepareThread();
    try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
      IValueUtils.forward(block, inputs(scope, method), false);
    }
  }

  /** Casts all parameters to bfloat16. */
  void castToBfloat16() {
    PyTorchRuntime.prepareThread();
    try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
      Set<String> names = config.parameterShapes().keySet();
      // The list contains buffers as well.
      PtNDArray[] parameters =
          JniUtils.moduleGetParams(block, scope).stream()
              .filter(array -> names.contains(array.getName()))
              .toArray(PtNDArray[]::new);
      try (IValue list = IValue.listFrom(parameters)) {
        IValueUtils.runMethod(block, Methods.BFLOAT16, list).close();
      }
    }
  }

  /** Returns whether the archive was written with a method. */
  boolean has(String method) {
    return List.of(JniUtils.getMethodNames(block)).contains(method);
  }

  /**
   * Returns the inputs of a method. DJL takes the name of the method from the name of an array
   * beside the arguments.
   */
  static NDList inputs(PtNDManager scope, String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments);
    NDArray name = scope.zeros(new Shape(1));
    name.setName("module_method:" + method);
    inputs.add(name);
    return inputs;
  }

  /** Returns the batch as {@code [n, H, W, 3]} on the device. On the CPU it is not copied. */
  PtNDArray pixels(PtNDManager scope, ByteBuffer pixels, int n) {
    return pixels(scope, pixels, n, config.imageSize());
  }

  /**
   * Returns a batch of square images as {@code [n, side, side, 3]} on the device.
   *
   * @param side the side of the images in pixels
   */
  static PtNDArray pixels(PtNDManager scope, ByteBuffer pixels, int n, int side) {
    long bytes = Math.multiplyExact((long) n, 3L * side * side);
    if (n < 1 || !pixels.isDirect() || pixels.capacity() < bytes) {
      throw new IllegalArgumentException(
          n
              + " images of "
              + side
              + " x "
              + side
              + " need a direct buffer of "
              + bytes
              + " bytes, not "
              + pixels);
    }
    ByteBuffer whole = pixels.duplicate().order(ByteOrder.nativeOrder());
    whole.clear().limit(Math.toIntExact(bytes));
    return scope.create(whole, new Shape(n, side, side, 3), DataType.UINT8);
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
