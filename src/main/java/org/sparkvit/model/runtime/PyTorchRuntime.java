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

/** Settings of the PyTorch engine, of which a JVM has one. */
public final class PyTorchRuntime {
  private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");
  private static boolean loaded;

  private PyTorchRuntime() {}

  /**
   * Sets the number of threads that one operation uses, 1 or more. Threads that have already run an
   * operation may keep the former number, since OpenMP's setting is per thread. So call this first.
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
   * Returns the device of a name, {@code auto|cpu|gpu|gpu:N}. {@code auto} is the first GPU if
   * PyTorch can use one, else the CPU.
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
      // A CPU-only build of PyTorch would silently use the CPU.
      throw new UserException(
          "device '"
              + name
              + "' was asked for but PyTorch sees "
              + gpus
              + " GPUs here; use --device cpu, or a machine whose PyTorch has CUDA");
    }
    return Device.gpu(index);
  }

  /**
   * Returns the version of PyTorch and whether it computes on GPUs here, such as {@code 2.7.1 for
   * CPUs}.
   *
   * @throws UserException when it cannot be loaded
   */
  public static String version() {
    Engine engine = engine();
    return engine.getVersion()
        + (engine.hasCapability(StandardCapabilities.CUDA) ? " with CUDA" : " for CPUs");
  }

  /**
   * Returns the number of GPUs that PyTorch can use in this process. It is 0 with a CPU-only build.
   */
  public static int gpuCount() {
    Engine engine = engine();
    return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
  }

  /** Returns the engine, loaded with the settings of this program. */
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
   * Turns the profiling executor off. It compiles anew for every shape that it sees, which takes
   * seconds for each batch size. Its switch is per thread, so every call sets it.
   */
  static void prepareThread() {
    JniUtils.setGraphExecutorOptimize(false);
  }
}
