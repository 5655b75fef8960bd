package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;

/** What src/test/python/make_vit_fixtures.py computed, and the inputs it computed it from. */
public final class Golden {
  public static final Path ROOT = Path.of("src/test/resources/vit");
  public static final Path TINY = ROOT.resolve("tiny");

  /** Where the tests of models run: {@code -Dsparkvit.device=gpu} takes a GPU. */
  public static final Device DEVICE =
      PyTorchRuntime.device(System.getProperty("sparkvit.device", "cpu"));

  private Golden() {}

  /** Where a model of this precision runs: int8 has no kernels for GPUs. */
  public static Device device(Precision precision) {
    return precision == Precision.INT8 ? Device.cpu() : DEVICE;
  }

  public static JsonNode of(String key) {
    try {
      return new ObjectMapper().readTree(ROOT.resolve("golden.json").toFile()).get(key);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).doubleValue();
    }
    return values;
  }

  public static ByteBuffer pixels(int n, int side, int start) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(n * side * side * 3);
    for (int k = 0; k < pixels.capacity(); k++) {
      int i = k + start;
      pixels.put(k, (byte) (i * 31 + i / 7 * 17 + i / 101 * 5));
    }
    return pixels;
  }

  /** Images that count alike, each of one of {@code classes} classes. */
  public static TrainingBatch batch(ByteBuffer pixels, int[] labels, int classes) {
    float[] weights = new float[labels.length];
    java.util.Arrays.fill(weights, 1);
    return batch(pixels, labels, weights, classes);
  }

  static TrainingBatch batch(ByteBuffer pixels, int[] labels, float[] weights, int classes) {
    float[] targets = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      targets[i * classes + labels[i]] = 1;
    }
    return new TrainingBatch(
        pixels, targets, weights, java.util.stream.LongStream.range(0, labels.length).toArray());
  }

  static Checkpoint byFormula(ViTConfig config) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    config
        .parameterShapes()
        .forEach(
            (key, shape) -> {
              float[] values = new float[(int) Tensor.elements(shape)];
              double one = key.contains("layernorm") && key.endsWith("weight") ? 1 : 0;
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.06 * StrictMath.sin(0.7 * i + tensors.size()) + one);
              }
              tensors.put(key, Tensor.of(values, shape));
            });
    return new Checkpoint(config, PreprocessorConfig.squash(config.imageSize()), tensors);
  }

  public static List<String> labels(int n) {
    return IntStream.range(0, n).mapToObj(i -> "class " + i).toList();
  }

  static ViTConfig tinyConfig(String... labels) {
    return ViTConfig.of(16, 2, 2, 32, 16, 4, List.of(labels));
  }

  public static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("element %d", i).isCloseTo(expected[i], within(tolerance));
    }
  }
}
