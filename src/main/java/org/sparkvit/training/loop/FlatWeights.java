package org.sparkvit.training.loop;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;

/** Converts a model's weights to and from one array, in the order of its parameters. */
final class FlatWeights {
  private FlatWeights() {}

  /**
   * Returns all weights of a model in one array.
   *
   * @throws ArithmeticException when there are more than 2<sup>31</sup> - 1
   */
  static float[] of(Checkpoint checkpoint) {
    float[] all = new float[Math.toIntExact(checkpoint.config().parameterCount())];
    int at = 0;
    for (String key : checkpoint.config().parameterShapes().keySet()) {
      float[] values = checkpoint.tensors().get(key).toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }

  static Checkpoint toCheckpoint(
      ViTConfig config, PreprocessorConfig preprocessor, float[] weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int at = 0;
    for (var parameter : config.parameterShapes().entrySet()) {
      long[] shape = parameter.getValue().stream().mapToLong(Long::longValue).toArray();
      int length = 1;
      for (long size : shape) {
        length = Math.toIntExact(length * size);
      }
      float[] values = new float[length];
      System.arraycopy(weights, at, values, 0, length);
      tensors.put(parameter.getKey(), Tensor.of(values, shape));
      at += length;
    }
    return new Checkpoint(config, preprocessor, tensors);
  }
}
