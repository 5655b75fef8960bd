package org.sparkvit.vit;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A dense tensor outside of any engine.
 *
 * @param shape sizes, outermost first; empty for a scalar
 * @param bytes little-endian elements in row-major order, from position 0 to the limit
 */
public record Tensor(DType dtype, List<Long> shape, ByteBuffer bytes) {

  /** A float tensor of these values. */
  public static Tensor of(float[] values, long... shape) {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }

  /** The elements as floats, converted where the type is another. */
  public float[] toFloats() {
    if (Skeleton.soon() != null) {
      throw Skeleton.soon();
    }
    return null;
  }
}
