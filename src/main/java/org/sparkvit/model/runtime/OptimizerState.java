package org.sparkvit.model.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.SafeTensors;
import org.sparkvit.model.checkpoint.Tensor;

/**
 * The state of a training besides the weights, stored as a safetensors file. {@code exp_avg.KEY}
 * and {@code exp_avg_sq.KEY} are AdamW's moments, and {@code ema.KEY} are the averaged weights.
 * Counts are in the metadata. Weights that were never trained have no moments.
 *
 * @param step the number of updates done
 * @param scale the scale of the loss
 */
record OptimizerState(long step, LossScale scale) {
  private static final String STEP = "step";
  private static final String SCALE = "loss_scale";
  private static final String SCALE_STEPS = "loss_scale_steps";

  /**
   * The prefix of metadata that hold a weight's own number of updates; the key of the weight
   * follows.
   */
  private static final String OWN_STEPS = "steps.";

  private static final String AVERAGE = "exp_avg.";
  private static final String SQUARE = "exp_avg_sq.";
  private static final String SMOOTHED = "ema.";

  static void save(Path file, Collection<TrainedWeight> weights, long step, LossScale scale) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(STEP, Long.toString(step));
    metadata.put(SCALE, Double.toString(scale.value()));
    metadata.put(SCALE_STEPS, Integer.toString(scale.steps()));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TrainedWeight weight : weights) {
      if (weight.average != null) {
        put(tensors, AVERAGE, weight, weight.average);
        put(tensors, SQUARE, weight, weight.square);
        metadata.put(OWN_STEPS + weight.key, Long.toString((long) weight.steps.toFloatArray()[0]));
      }
      if (weight.smoothed != null) {
        put(tensors, SMOOTHED, weight, weight.smoothed);
      }
    }
    SafeTensors.write(file, metadata, tensors);
  }

  private static void put(
      Map<String, Tensor> tensors, String prefix, TrainedWeight weight, PtNDArray array) {
    List<Long> shape = new ArrayList<>();
    for (long size : array.getShape().getShape()) {
      shape.add(size);
    }
    tensors.put(prefix + weight.key, Tensor.of(array.toFloatArray(), shape));
  }

  static OptimizerState load(Path file, Collection<TrainedWeight> weights) {
    SafeTensors saved = SafeTensors.read(file);
    String step = saved.metadata().get(STEP);
    if (step == null || !step.matches("\\d{1,18}")) {
      throw new UserException(file + ": not an optimizer state: no step in its metadata");
    }
    // Nothing is replaced before the whole file is known to fit.
    int head = weights.stream().mapToInt(weight -> weight.depth).max().orElseThrow();
    for (TrainedWeight weight : weights) {
      // The head is trained in every step.
      if ((weight.depth == head && Long.parseLong(step) > 0)
          || saved.tensors().containsKey(AVERAGE + weight.key)) {
        check(file, saved, AVERAGE, weight);
        check(file, saved, SQUARE, weight);
        number(file, saved, OWN_STEPS + weight.key);
      }
      if (weight.smoothed != null) {
        check(file, saved, SMOOTHED, weight);
      }
    }
    for (TrainedWeight weight : weights) {
      if (saved.tensors().containsKey(AVERAGE + weight.key)) {
        weight.prepare();
        set(weight.average, saved, AVERAGE, weight);
        set(weight.square, saved, SQUARE, weight);
        float steps = (float) number(file, saved, OWN_STEPS + weight.key);
        set(weight.steps, new float[] {steps});
      }
      if (weight.smoothed != null) {
        set(weight.smoothed, saved, SMOOTHED, weight);
      }
    }
    return new OptimizerState(
        Long.parseLong(step),
        new LossScale(number(file, saved, SCALE), (int) number(file, saved, SCALE_STEPS)));
  }

  private static void check(Path file, SafeTensors saved, String prefix, TrainedWeight weight) {
    Tensor tensor = saved.tensors().get(prefix + weight.key);
    Shape shape = weight.value.getShape();
    if (tensor == null
        || !new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray()).equals(shape)) {
      throw new UserException(
          file
              + ": not the optimizer state of this model: '"
              + prefix
              + weight.key
              + "' of shape "
              + shape
              + " is missing");
    }
  }

  private static double number(Path file, SafeTensors saved, String name) {
    String text = saved.metadata().get(name);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException | NullPointerException e) {
      throw new UserException(file + ": '" + name + "' in its metadata is " + text, e);
    }
  }

  private static void set(PtNDArray array, SafeTensors saved, String prefix, TrainedWeight weight) {
    set(array, saved.tensors().get(prefix + weight.key).toFloats());
  }

  /**
   * Replaces the values of an array. An array that is made from Java's memory keeps using it, and
   * training steps would write to it after it has been freed. So the values are put into a native
   * copy.
   */
  private static void set(PtNDArray array, float[] values) {
    try (NDArray javas = array.getManager().create(values, array.getShape())) {
      array.intern(javas.duplicate());
    }
  }
}
