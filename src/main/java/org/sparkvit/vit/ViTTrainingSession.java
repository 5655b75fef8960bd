package org.sparkvit.vit;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.sparkvit.core.UserException;

/**
 * A model whose weights are being trained. One thread uses it.
 *
 * <p>A step is one or more {@link #backward} (gradients add up), optionally {@link #clipGradients},
 * then {@link #update}, which also clears the gradients. All native memory is allocated at the
 * first step; later steps free what they take.
 */
public final class ViTTrainingSession implements AutoCloseable {
  private static final String STEP = "step";
  private static final String AVERAGE = "exp_avg.";
  private static final String SQUARE = "exp_avg_sq.";

  private final Checkpoint initial;
  private final AdamW optimizer;
  private final ViTModule module;
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final List<Weight> decayed;
  private final List<Weight> undecayed;
  private long step;
  private boolean hasGradients;

  /** A parameter with its gradient and AdamW's two moments, all on the device. */
  private static final class Weight {
    final String key;
    final PtNDArray value;
    PtNDArray average;
    PtNDArray square;
    private PtNDArray gradient;

    Weight(String key, PtNDArray value) {
      this.key = key;
      this.value = value;
      JniUtils.attachGradient(value, true);
      average = (PtNDArray) value.zerosLike();
      square = (PtNDArray) value.zerosLike();
    }

    /** Made by the first backward pass, which later ones add to in place: asked for just once. */
    PtNDArray gradient() {
      if (gradient == null) {
        gradient = value.getGradient();
      }
      return gradient;
    }
  }

  private ViTTrainingSession(Checkpoint initial, AdamW optimizer, ViTModule module) {
    this.initial = initial;
    this.optimizer = optimizer;
    this.module = module;
    Map<String, PtNDArray> byName = new LinkedHashMap<>();
    for (NDArray array : JniUtils.moduleGetParams(module.block, module.manager)) {
      byName.put(array.getName(), (PtNDArray) array);
    }
    // Buffers are listed as well, but only parameters are trained.
    initial
        .config()
        .parameterShapes()
        .forEach((key, shape) -> weights.put(key, new Weight(key, byName.get(key))));
    decayed = weights.values().stream().filter(w -> w.value.getShape().dimension() > 1).toList();
    undecayed = weights.values().stream().filter(w -> w.value.getShape().dimension() <= 1).toList();
  }

  /** Loads a checkpoint for training. The checkpoint itself is not changed. */
  public static ViTTrainingSession open(
      Checkpoint checkpoint, AdamW optimizer, Device device, Precision precision) {
    Path archive = ViTSession.temporaryArchive();
    try {
      TorchScriptArchive.writeForTraining(archive, checkpoint, precision);
      ViTModule module = ViTModule.load(archive, checkpoint.config(), device, true);
      try {
        return new ViTTrainingSession(checkpoint, optimizer, module);
      } catch (RuntimeException | Error e) {
        module.close();
        throw e;
      }
    } finally {
      ViTSession.delete(archive);
    }
  }

  /** Parameter shapes by Hugging Face key. */
  public Map<String, List<Long>> parameters() {
    return initial.config().parameterShapes();
  }

  /**
   * Forward and backward of one batch in training mode; the gradients are added to those already
   * there.
   *
   * @param pixels as for {@link ViTSession#logits}
   * @param labels at least n class indices
   * @param weights at least n factors of the per-image cross-entropies, such as the classes'
   *     weights
   * @param normaliser what the weighted sum is divided by: the sum of the weights over all images
   *     of the step gives torch's mean of a weighted cross-entropy, also when the step is made of
   *     several calls
   * @return the sum of weight times cross-entropy, divided by the normaliser
   */
  public double backward(
      ByteBuffer pixels, int n, int[] labels, float[] weights, double normaliser) {
    long[] targets = new long[n];
    float[] factors = new float[n];
    int classes = module.config.labels().size();
    for (int i = 0; i < n; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " of image " + i + " is not one of " + classes + " classes");
      }
      targets[i] = labels[i];
      factors[i] = (float) (weights[i] / normaliser);
    }
    PyTorchRuntime.prepareThread();
    boolean gradMode = JniUtils.isGradMode();
    JniUtils.enableTrainingMode(module.block);
    JniUtils.setGradMode(true);
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice())) {
      NDList inputs =
          ViTModule.inputs(
              scope,
              ViTCode.LOSS,
              module.pixels(scope, pixels, n),
              scope.create(targets),
              scope.create(factors));
      PtNDArray loss = (PtNDArray) IValueUtils.forward(module.block, inputs, true).get(0);
      JniUtils.backward(
          loss, (PtNDArray) scope.ones(loss.getShape(), DataType.FLOAT32), false, false);
      hasGradients = true;
      JniUtils.setGradMode(false);
      return loss.toFloatArray()[0];
    } finally {
      JniUtils.setGradMode(gradMode);
      JniUtils.enableInferenceMode(module.block);
    }
  }

  /**
   * Scales all gradients down so that their global L2 norm is at most {@code maxNorm} (torch's
   * clip_grad_norm_).
   *
   * @return the norm before clipping; not finite when the training has diverged
   */
  public double clipGradients(double maxNorm) {
    requireGradients();
    PyTorchRuntime.prepareThread();
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice());
        IValue gradients = list(List.copyOf(weights.values()), Weight::gradient);
        IValue norm = IValue.from(maxNorm);
        IValue result = IValueUtils.runMethod(module.block, ViTCode.CLIP, gradients, norm)) {
      return result.toTensor(scope).toFloatArray()[0];
    }
  }

  /** One AdamW step with this learning rate; clears the gradients. */
  public void update(double learningRate) {
    requireGradients();
    step++;
    PyTorchRuntime.prepareThread();
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice())) {
      PtNDArray stepCount = (PtNDArray) scope.create((float) step);
      update(decayed, stepCount, learningRate, optimizer.weightDecay());
      update(undecayed, stepCount, learningRate, 0);
    }
  }

  private void update(List<Weight> group, PtNDArray stepCount, double rate, double decay) {
    List<IValue> arguments = new ArrayList<>();
    try {
      arguments.add(list(group, weight -> weight.value));
      arguments.add(list(group, Weight::gradient));
      arguments.add(list(group, weight -> weight.average));
      arguments.add(list(group, weight -> weight.square));
      arguments.add(list(group, weight -> stepCount));
      arguments.add(IValue.from(rate));
      arguments.add(IValue.from(optimizer.beta1()));
      arguments.add(IValue.from(optimizer.beta2()));
      arguments.add(IValue.from(decay));
      arguments.add(IValue.from(optimizer.epsilon()));
      IValueUtils.runMethod(module.block, ViTCode.UPDATE, arguments.toArray(new IValue[0])).close();
    } finally {
      arguments.forEach(IValue::close);
    }
  }

  private static IValue list(List<Weight> group, Function<Weight, PtNDArray> array) {
    return IValue.listFrom(group.stream().map(array).toArray(PtNDArray[]::new));
  }

  private void requireGradients() {
    if (!hasGradients) {
      throw new IllegalStateException("no backward before this step");
    }
  }

  /** Number of updates done. */
  public long step() {
    return step;
  }

  /** Logits in evaluation mode; arguments and result as for {@link ViTSession#logits}. */
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run("forward", pixels, n);
  }

  /** A copy of the current weights, in the configuration that was given. */
  public Checkpoint checkpoint() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.forEach((key, weight) -> tensors.put(key, copy(weight.value)));
    return new Checkpoint(initial.config(), initial.preprocessor(), tensors);
  }

  private Tensor copy(PtNDArray array) {
    List<Long> shape = new ArrayList<>();
    for (long size : array.getShape().getShape()) {
      shape.add(size);
    }
    return Tensor.of(array.toFloatArray(), shape);
  }

  /** Saves the optimizer's moments and step count, as safetensors. */
  public void saveOptimizer(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.forEach((key, weight) -> tensors.put(AVERAGE + key, copy(weight.average)));
    weights.forEach((key, weight) -> tensors.put(SQUARE + key, copy(weight.square)));
    SafeTensors.write(file, Map.of(STEP, Long.toString(step)), tensors);
  }

  /**
   * Restores what {@link #saveOptimizer} wrote.
   *
   * @throws UserException when the file is malformed or belongs to another model
   */
  public void loadOptimizer(Path file) {
    SafeTensors saved = SafeTensors.read(file);
    String savedStep = saved.metadata().get(STEP);
    if (savedStep == null || !savedStep.matches("\\d{1,18}")) {
      throw new UserException(file + ": not an optimizer state: no step in its metadata");
    }
    List<PtNDArray> averages = new ArrayList<>();
    List<PtNDArray> squares = new ArrayList<>();
    for (Weight weight : weights.values()) {
      averages.add(restore(file, saved, AVERAGE + weight.key, weight.average));
      squares.add(restore(file, saved, SQUARE + weight.key, weight.square));
    }
    // Only now that all of the file fits is anything replaced.
    int i = 0;
    for (Weight weight : weights.values()) {
      weight.average.close();
      weight.square.close();
      weight.average = averages.get(i);
      weight.square = squares.get(i++);
    }
    step = Long.parseLong(savedStep);
  }

  private static PtNDArray restore(Path file, SafeTensors saved, String name, PtNDArray target) {
    Tensor tensor = saved.tensors().get(name);
    Shape shape = target.getShape();
    if (tensor == null
        || !new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray()).equals(shape)) {
      throw new UserException(
          file
              + ": not the optimizer state of this model: '"
              + name
              + "' of shape "
              + shape
              + " is missing");
    }
    return (PtNDArray) target.getManager().create(tensor.toFloats(), shape);
  }

  /**
   * Seeds PyTorch's random numbers, which dropout draws from; they are one stream per JVM. Models
   * without dropout, which is usual, draw none.
   */
  public static void seedDropout(int seed) {
    PyTorchRuntime.engine().setRandomSeed(seed);
  }

  /** Number of native objects that this session holds; the same after every step. */
  int managedResources() {
    return module.manager.getManagedArrays().size();
  }

  /** Frees weights, gradients and moments. */
  @Override
  public void close() {
    module.close();
  }
}
