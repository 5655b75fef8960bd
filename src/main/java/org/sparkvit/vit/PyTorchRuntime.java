package org.sparkvit.vit;

import ai.djl.Device;

/** Settings of the PyTorch engine, which is one per JVM. */
public final class PyTorchRuntime {
  private PyTorchRuntime() {}

  /**
   * Sets the threads that one operation uses; to be called before the engine is first used, and a
   * later call with another number changes it for the whole JVM.
   */
  public static void configure(int threadsPerOp) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
  }

  /**
   * {@code auto|cpu|gpu|gpu:N}; auto is the first GPU if PyTorch can use one, else the CPU.
   *
   * @throws org.sparkvit.core.UserException when a GPU was asked for and PyTorch has none
   */
  public static Device device(String name) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
