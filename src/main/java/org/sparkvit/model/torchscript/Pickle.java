package org.sparkvit.model.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.sparkvit.model.checkpoint.Tensor;

/**
 * Writes the few opcodes of Python's pickle protocol 2 that a TorchScript module tree needs.
 *
 * @see <a href="https://peps.python.org/pep-0307/">PEP 307</a>
 */
final class Pickle {
  /** The class in which PyTorch's quantised linear operators take their weights and bias. */
  static final String PACKED_MODULE = "__torch__.torch.classes.quantized";

  static final String PACKED_CLASS = "LinearPackedParamsBase";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickle() {
    out.write(0x80);
    out.write(2);
  }

  /** Returns the finished stream. */
  byte[] toBytes() {
    out.write('.');
    return out.toByteArray();
  }

  /** Begins an object of a class without constructor arguments. Its attributes follow. */
  void beginObject(String module, String name) {
    global(module, name);
    out.write(')');
    out.write(0x81);
    out.write('}');
    out.write('(');
  }

  void endObject() {
    out.write('u');
    out.write('b');
  }

  /** Writes a contiguous tensor with a storage of its own. */
  void tensor(String storageClass, String storageKey, List<Long> shape, boolean requiresGrad) {
    global("torch._utils", "_rebuild_tensor_v2");
    out.write('(');
    storage(storageClass, storageKey, shape);
    endTensor(requiresGrad);
  }

  /**
   * Writes the state of a quantised linear map: weights in int8 with a scale per row, and a float
   * bias.
   *
   * @param keys the keys of the storages of weights, scales, zero points and bias; the last is null
   *     where there is no bias
   */
  void packedLinear(long rows, long columns, String[] keys) {
    global(PACKED_MODULE, PACKED_CLASS);
    out.write(')');
    out.write(0x81);
    global("torch._utils", "_rebuild_qtensor");
    out.write('(');
    storage("QInt8Storage", keys[0], List.of(rows, columns));
    out.write('(');
    global("torch", "per_channel_affine");
    tensor("DoubleStorage", keys[1], List.of(rows), false);
    tensor("LongStorage", keys[2], List.of(rows), false);
    integer(0);
    out.write('t');
    endTensor(false);
    if (keys[3] == null) {
      out.write('N');
    } else {
      tensor("FloatStorage", keys[3], List.of(rows), false);
    }
    out.write(0x86);
    out.write('b');
  }

  /** Writes where a tensor's elements are stored, and its offset, sizes and strides there. */
  private void storage(String storageClass, String storageKey, List<Long> shape) {
    out.write('(');
    string("storage");
    global("torch", storageClass);
    string(storageKey);
    string("cpu");
    integer(Tensor.elements(shape));
    out.write('t');
    out.write('Q');
    integer(0);
    longs(shape);
    longs(strides(shape));
  }

  private void endTensor(boolean requiresGrad) {
    bool(requiresGrad);
    global("collections", "OrderedDict");
    out.write(')');
    out.write('R');
    out.write('t');
    out.write('R');
  }

  void bool(boolean value) {
    out.write(value ? 0x88 : 0x89);
  }

  void none() {
    out.write('N');
  }

  void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    littleEndian(Integer.BYTES, utf8.length);
    out.writeBytes(utf8);
  }

  private void longs(List<Long> values) {
    out.write('(');
    values.forEach(this::integer);
    out.write('t');
  }

  void integer(long value) {
    if (value == (int) value) {
      out.write('J');
      littleEndian(Integer.BYTES, value);
    } else {
      out.write(0x8a);
      out.write(Long.BYTES);
      littleEndian(Long.BYTES, value);
    }
  }

  private void littleEndian(int bytes, long value) {
    out.write(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(),
        0,
        bytes);
  }

  private void global(String module, String name) {
    out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static List<Long> strides(List<Long> shape) {
    Long[] strides = new Long[shape.size()];
    long stride = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape.get(i);
    }
    return List.of(strides);
  }
}
