package org.sparkvit.vit;

import ai.djl.Device;

/** What the matrix products are computed in. Logits are float32 in either case. */
public enum Precision {
  FP32,
  BF16;

  /**
   * {@code auto|fp32|bf16}; auto is bf16 on a GPU and on processors with bf16 instructions, where
   * it is the faster one, and fp32 elsewhere.
   */
  public static Precision of(String name, Device device) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
