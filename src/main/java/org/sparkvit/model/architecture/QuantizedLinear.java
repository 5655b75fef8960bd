package org.sparkvit.model.architecture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.model.checkpoint.Tensor;

/**
 * A linear map with weights in int8, as PyTorch's {@code per_channel_dynamic_qconfig} makes it.
 * Each output row is symmetric and has a scale of its own; biases are float32. Activations are
 * quantised when the product runs, over the range of its whole input, and the result is float32
 * again.
 *
 * <p>Processors without VNNI add products in pairs to 16 bits: 2 x 127 x 128 just fits, 2 x 255 x
 * 128 would saturate silently. There, and in an archive for any machine, activations get 7 bits
 * ({@code reduce_range}). With VNNI they get 8 bits. That halves the number of images whose label
 * differs from that in fp32. In a cluster with both kinds of processors, an image's result depends
 * on the machine that computes it.
 *
 * <p>Patch projection and classifier stay in float32. They are small, and rounding matters most at
 * the ends of the network.
 *
 * @param weights one or more tensors {@code [rows, columns]}, which are stacked
 * @param biases one bias for each of the weights, or none at all
 */
public record QuantizedLinear(List<Tensor> weights, List<Tensor> biases) {
  /** Half of the 255 steps of int8. The largest weight of a row becomes 127 or -128. */
  private static final float HALF_RANGE = 127.5f;

  /**
   * The least scale, as in PyTorch's observers. A row of zeros would otherwise have the scale 0.
   */
  private static final float LEAST_SCALE = Math.ulp(1f);

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  public QuantizedLinear {
    weights = List.copyOf(weights);
    biases = List.copyOf(biases);
  }

  /**
   * Returns the linear maps that a model has in int8, by the full name of their attribute. Their
   * tensors are removed from the map. A module of attention has query, key and value as one linear
   * map.
   */
  public static Map<String, QuantizedLinear> takeFrom(
      ModuleTree model, Map<String, Tensor> tensors) {
    Map<String, QuantizedLinear> all = new LinkedHashMap<>();
    model
        .all()
        .forEach(
            module ->
                module
                    .packed()
                    .values()
                    .forEach(name -> all.put(name, take(tensors, parts(module, tensors)))));
    return all;
  }

  private static String[] parts(ModuleTree module, Map<String, Tensor> tensors) {
    String path = module.path();
    return tensors.containsKey(path + WEIGHT)
        ? new String[] {path}
        : new String[] {path + ".query", path + ".key", path + ".value"};
  }

  private static QuantizedLinear take(Map<String, Tensor> tensors, String... modules) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    for (String module : modules) {
      weights.add(tensors.remove(module + WEIGHT));
      if (tensors.containsKey(module + BIAS)) {
        biases.add(tensors.remove(module + BIAS));
      }
    }
    return new QuantizedLinear(weights, biases);
  }

  /** Returns the number of outputs. */
  public long rows() {
    return weights.stream().mapToLong(w -> w.shape().get(0)).sum();
  }

  /** Returns the number of inputs. */
  public long columns() {
    return weights.get(0).shape().get(1);
  }

  public boolean hasBias() {
    return !biases.isEmpty();
  }

  /** Returns the weights as int8, row by row. */
  public ByteBuffer values() {
    ByteBuffer out = allocate(rows() * columns());
    int columns = Math.toIntExact(columns());
    for (Tensor weight : weights) {
      float[] values = weight.toFloats();
      float[] scales = scales(values, columns);
      for (int i = 0; i < values.length; i++) {
        // The order of operations is that of FBGEMM, so that rounding is the same.
        float scaled = values[i] * (1 / scales[i / columns]);
        out.put((byte) Math.max(-128, Math.min(127, Math.rint(scaled))));
      }
    }
    return out.flip();
  }

  /** Returns the scales as float64, one for each row. */
  public ByteBuffer scales() {
    ByteBuffer out = allocate(rows() * Double.BYTES);
    for (Tensor weight : weights) {
      for (float scale : scales(weight.toFloats(), Math.toIntExact(columns()))) {
        out.putDouble(scale);
      }
    }
    return out.flip();
  }

  private static float[] scales(float[] values, int columns) {
    float[] scales = new float[values.length / columns];
    for (int i = 0; i < values.length; i++) {
      scales[i / columns] = Math.max(scales[i / columns], Math.abs(values[i]));
    }
    for (int row = 0; row < scales.length; row++) {
      scales[row] = Math.max(scales[row] / HALF_RANGE, LEAST_SCALE);
    }
    return scales;
  }

  /** Returns the zero points as int64, one for each row. All are 0. */
  public ByteBuffer zeroPoints() {
    return allocate(rows() * Long.BYTES);
  }

  /** Returns the biases as float32, one for each row. */
  public ByteBuffer bias() {
    ByteBuffer out = allocate(rows() * Float.BYTES);
    biases.forEach(bias -> out.put(bias.toF32().bytes()));
    return out.flip();
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
