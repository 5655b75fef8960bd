package org.sparkvit.model.runtime;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.model.architecture.Precision;

/**
 * Chooses the library that PyTorch computes int8 products with. The default is FBGEMM, which does
 * not use AMX. On processors with AMX, oneDNN is two to three times as fast. Python sets it as
 * {@code torch.backends.quantized.engine}, but DJL has no call for it. So libtorch's own functions
 * are called by name, and where one is missing nothing is changed.
 */
final class QuantizedEngine {
  private static final Logger LOG = LoggerFactory.getLogger(QuantizedEngine.class);

  private static final String CONTEXT = "_ZN2at13globalContextEv";
  private static final String SUPPORTED = "_ZN2at7Context17supportedQEnginesEv";
  private static final String SET = "_ZN2at7Context10setQEngineEN3c107QEngineE";
  private static final String GET = "_ZNK2at7Context7qEngineEv";

  /** The value of oneDNN in {@code c10::QEngine}, which is one byte. */
  static final int ONEDNN = 3;

  private QuantizedEngine() {}

  /**
   * Chooses oneDNN where the processor multiplies int8 matrices by AMX and libtorch contains
   * oneDNN.
   */
  static void choose() {
    if (!Precision.hasInt8Matrices()) {
      return;
    }
    try {
      NativeLibrary torch = library();
      if (supports(torch, ONEDNN)) {
        torch.getFunction(SET).invokeVoid(new Object[] {context(torch), ONEDNN});
      }
    } catch (UnsatisfiedLinkError e) {
      LOG.info("int8 products stay with PyTorch's default: {}", e.getMessage());
    }
  }

  /** Returns the number of the engine in use. */
  static int current() {
    NativeLibrary torch = library();
    return torch.getFunction(GET).invokeInt(new Object[] {context(torch)}) & 0xFF;
  }

  private static NativeLibrary library() {
    return NativeLibrary.getInstance(
        Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu")).toString());
  }

  private static Pointer context(NativeLibrary torch) {
    return torch.getFunction(CONTEXT).invokePointer(new Object[0]);
  }

  /**
   * Returns whether an engine is compiled in. Choosing another one would throw a C++ exception
   * through Java's frames.
   */
  private static boolean supports(NativeLibrary torch, int engine) {
    // The result is a std::vector of bytes, which holds pointers to its begin and its end.
    Pointer vector = torch.getFunction(SUPPORTED).invokePointer(new Object[0]);
    Pointer begin = vector.getPointer(0);
    long size = Pointer.nativeValue(vector.getPointer(8)) - Pointer.nativeValue(begin);
    for (long i = 0; i < size; i++) {
      if (begin.getByte(i) == engine) {
        return true;
      }
    }
    return false;
  }
}
