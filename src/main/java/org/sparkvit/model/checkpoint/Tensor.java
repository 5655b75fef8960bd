package org.sparkvit.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A dense tensor that does not belong to any engine.
 *
 * @param shape the sizes, outermost first; empty for a scalar
 * @param bytes the little-endian elements in row-major order, from position 0 to the limit; read
 *     them through {@link #bytes()}, which gives every caller a position of its own
 */
public record Tensor(DType dtype, List<Long> shape, ByteBuffer bytes) {
  public Tensor {
    shape = List.copyOf(shape);
    bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long expected = elements(shape) * dtype.bytes();
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "a "
              + dtype
              + " tensor of shape "
              + shape
              + " has "
              + expected
              + " bytes, not "
              + bytes.remaining());
    }
  }

  /** Returns a float tensor with a copy of these values. */
  public static Tensor of(float[] values, long... shape) {
    return of(values, Arrays.stream(shape).boxed().collect(Collectors.toList()));
  }

  public static Tensor of(float[] values, List<Long> shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new Tensor(DType.F32, shape, bytes);
  }

  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the number of elements. */
  public long elements() {
    return elements(shape);
  }

  /**
   * Returns whether no element is NaN or infinite. Only in such elements are all bits of the
   * exponent set.
   */
  boolean isFinite() {
    ByteBuffer in = bytes();
    return switch (dtype) {
      case F32 -> allOf(in, () -> (in.getInt() & 0x7f800000) != 0x7f800000);
      case F16 -> allOf(in, () -> (in.getShort() & 0x7c00) != 0x7c00);
      case BF16 -> allOf(in, () -> (in.getShort() & 0x7f80) != 0x7f80);
      case F64 -> allOf(in, () -> Double.isFinite(in.getDouble()));
      default -> true;
    };
  }

  private static boolean allOf(ByteBuffer in, BooleanSupplier next) {
    while (in.hasRemaining()) {
      if (!next.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the elements as floats. The types F16, BF16 and F64 are converted, rounded to nearest.
   *
   * @throws IllegalStateException for integer and 8-bit types, which hold no weights
   */
  public float[] toFloats() {
    ByteBuffer in = bytes();
    float[] out = new float[Math.toIntExact(elements())];
    switch (dtype) {
      case F32 -> in.asFloatBuffer().get(out);
      case F64 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) in.getDouble();
        }
      }
      case F16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = halfToFloat(in.getShort());
        }
      }
      case BF16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Float.intBitsToFloat(in.getShort() << 16);
        }
      }
      default -> throw new IllegalStateException(dtype + " tensors hold no weights");
    }
    return out;
  }

  /** Returns this tensor in float32. It is the tensor itself where it already has that type. */
  public Tensor toF32() {
    return dtype == DType.F32 ? this : of(toFloats(), shape);
  }

  /** Returns the elements in bfloat16, rounded to nearest even. */
  public ByteBuffer toBf16Bytes() {
    if (dtype == DType.BF16) {
      return bytes();
    }
    float[] values = toFloats();
    ByteBuffer out =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      out.putShort(floatToBf16(value));
    }
    return out.flip();
  }

  /** Returns the elements in IEEE half precision, rounded to nearest even. */
  public ByteBuffer toF16Bytes() {
    if (dtype == DType.F16) {
      return bytes();
    }
    float[] values = toFloats();
    ByteBuffer out =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      out.putShort(floatToHalf(value));
    }
    return out.flip();
  }

  static short floatToBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    // Adds half of the last kept bit, less one unless that bit is set. So ties go to even.
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /**
   * Converts a float to half precision. Values of 65520 or more become infinite, as they round
   * beyond the largest half, 65504. Values below the smallest normal half become subnormal.
   */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Subnormal halves are multiples of 2^-24. Adding 0.5 leaves the multiple in the low bits,
      // and the addition rounds it to even.
      int units = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000;
      return (short) (sign | units);
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | ((rounded - 0x38000000) >>> 13));
  }

  static float halfToFloat(short half) {
    int exponent = (half >>> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    float magnitude;
    if (exponent == 0x1f) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = mantissa * 0x1p-24f;
    } else {
      magnitude = Float.intBitsToFloat(((exponent + 112) << 23) | (mantissa << 13));
    }
    return half < 0 ? -magnitude : magnitude;
  }

  /** Returns the product of the sizes. */
  public static long elements(List<Long> shape) {
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }
}
