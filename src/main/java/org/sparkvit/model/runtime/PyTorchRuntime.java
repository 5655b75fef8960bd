package org.sparkvit.model.runtime;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;

/** Settings of the PyTorch engine, which is one per JVM. */
public final class PyTorchRuntime {
  private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");
  private static boolean loaded;

  private PyTorchRuntime() {}

  /**
   * Sets how many threads one operation uses, from 1. Threads that have already run an operation
   * may keep the former number (OpenMP's setting is per thread), so call this first.
   */
  public static synchronized void configure(int threadsPerOp) {
    if (threadsPerOp < 1) {
      throw new UserException(
          "threads per operation is " + threadsPerOp + "; it must be at least 1");
    }
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threadsPerOp));
    if (loaded) {
      JniUtils.setNumThreads(threadsPerOp);
    }
    engine();
  }

  /**
   * {@code auto|cpu|gpu|gpu:N}; auto is the first GPU if PyTorch can use one, else the CPU.
   *
   * @throws UserException when a GPU was asked for and PyTorch has none
   */
  public static Device device(String name) {
    String text = name.strip().toLowerCase(Locale.ROOT);
    if (text.equals("cpu")) {
      return Device.cpu();
    }
    int gpus = gpuCount();
    if (text.equals("auto")) {
      return gpus > 0 ? Device.gpu(0) : Device.cpu();
    }
    Matcher gpu = GPU.matcher(text);
    if (!gpu.matches()) {
      throw new UserException("unknown device '" + name + "'; use auto, cpu, gpu or gpu:N");
    }
    int index = gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1));
    if (index >= gpus) {
      // A CPU-only build of PyTorch would go on silently on the CPU.
      throw new UserException(
          "device '"
              + name
              + "' was asked for but PyTorch sees "
              + gpus
              + " GPUs here; use --device cpu, or a machine whose PyTorch has CUDA");
    }
    return Device.gpu(index);
  }

  /** GPUs that PyTorch can use in this process; 0 with a CPU-only build of it. */
  public static int gpuCount() {
    Engine engine = engine();
    return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
  }

  /** The engine, loaded with our settings. */
  static synchronized Engine engine() {
    if (!loaded) {
      // Nothing is downloaded at run time; the natives come with the jar.
      System.setProperty("ai.djl.offline", "true");
      System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    }
    try {
      Engine engine = Engine.getEngine("PyTorch");
      if (!loaded) {
        QuantizedEngine.choose();
      }
      loaded = true;
      return engine;
    } catch (EngineException e) {
      throw new UserException(
          "PyTorch's native library cannot be loaded ("
              + e.getMessage()
              + "); is the pytorch-native "
              + "jar for this system on the class path?",
          e);
    }
  }

  static PtNDManager newManager(Device device) {
    NDManager manager = engine().newBaseManager(device);
    return (PtNDManager) manager;
  }

  /**
   * The profiling executor compiles anew for every shape it sees, which costs seconds per batch
   * size; its switch is per thread, so every call sets it.
   */
  static void prepareThread() {
    JniUtils.setGraphExecutorOptimize(false);
  }
}
