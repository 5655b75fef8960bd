package org.sparkvit.model.runtime;

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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.TrainingOptions;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/**
 * A model whose weights are being trained. Only one thread may use it.
 *
 * <p>A step is one or more {@link #backward}, whose gradients add up, and one {@link #update}.
 * Native memory that lasts is allocated at the first step, and again where {@link #freeze} makes
 * more weights trainable. Other steps free what they allocate.
 */
public final class ViTTrainingSession implements AutoCloseable {
  private final Checkpoint initial;
  private final TrainingOptions options;
  private final Precision precision;
  private final ViTModule module;
  private final Map<String, TrainedWeight> weights = new LinkedHashMap<>();
  private final boolean drawsDropout;
  private LossScale scale;
  private List<Group> groups = List.of();
  private long step;
  private boolean hasGradients;

  /** Weights that are updated with the same rate and decay. */
  private record Group(List<TrainedWeight> weights, double rateFactor, double decay) {}

  private ViTTrainingSession(
      Checkpoint initial, TrainingOptions options, Precision precision, ViTModule module) {
    this.initial = initial;
    this.options = options;
    this.precision = precision;
    this.module = module;
    this.scale = LossScale.of(precision);
    ViTConfig config = initial.config();
    this.drawsDropout = config.hiddenDropout() > 0 || config.attentionDropout() > 0;
    Map<String, PtNDArray> byName = new LinkedHashMap<>();
    for (NDArray array : JniUtils.moduleGetParams(module.block, module.manager)) {
      byName.put(array.getName(), (PtNDArray) array);
    }
    // The list contains buffers as well, but only parameters are trained.
    for (String key : config.parameterShapes().keySet()) {
      int depth = config.family().depth(key, config.layers());
      PtNDArray value = byName.get(key);
      weights.put(key, new TrainedWeight(key, depth, value, options.averageDecay() > 0));
    }
    freeze(0);
  }

  /** Loads a checkpoint for training with plain AdamW on cross-entropy. */
  public static ViTTrainingSession open(
      Checkpoint checkpoint, AdamW optimizer, Device device, Precision precision) {
    return open(checkpoint, TrainingOptions.of(optimizer), device, precision);
  }

  /**
   * Loads a checkpoint for training. The checkpoint itself is not changed.
   *
   * @param precision the precision of the products; weights, gradients and moments are float32 in
   *     every case
   */
  public static ViTTrainingSession open(
      Checkpoint checkpoint, TrainingOptions options, Device device, Precision precision) {
    Path archive = ViTSession.temporaryArchive();
    try {
      TorchScriptArchive.writeForTraining(archive, checkpoint, precision, options);
      ViTModule module = ViTModule.load(archive, checkpoint.config(), device, true);
      try {
        return new ViTTrainingSession(checkpoint, options, precision, module);
      } catch (RuntimeException | Error e) {
        module.close();
        throw e;
      }
    } finally {
      ViTSession.delete(archive);
    }
  }

  /** Returns the shapes of the parameters by Hugging Face key. */
  public Map<String, List<Long>> parameters() {
    return initial.config().parameterShapes();
  }

  /**
   * Leaves the lower part of the model unchanged from now on, and trains the rest.
   *
   * @param depth the size of the part: 0 nothing, 1 the embeddings, 1 + n also the first n blocks,
   *     2 + all blocks also the final norm, so that only the head is trained
   * @throws IllegalArgumentException when nothing would be left to train
   */
  public void freeze(int depth) {
    if (depth < 0 || depth > headDepth()) {
      throw new IllegalArgumentException("depth " + depth + " of " + headDepth());
    }
    Map<Integer, List<TrainedWeight>> byDepth = new TreeMap<>();
    for (TrainedWeight weight : weights.values()) {
      weight.train(weight.depth >= depth);
      if (weight.isTrained()) {
        // The final norm has the learning rate of the head, as in timm.
        int group = Math.min(weight.depth, headDepth() - 1);
        byDepth.computeIfAbsent(group, none -> new ArrayList<>()).add(weight);
      }
    }
    if (options.layerDecay() == 1) {
      byDepth = Map.of(headDepth() - 1, trained());
    }
    List<Group> split = new ArrayList<>();
    byDepth.forEach(
        (group, members) -> {
          double factor = Math.pow(options.layerDecay(), headDepth() - 1.0 - group);
          double decay = options.optimizer().weightDecay();
          add(split, members.stream().filter(TrainedWeight::isDecayed).toList(), factor, decay);
          add(split, members.stream().filter(w -> !w.isDecayed()).toList(), factor, 0);
        });
    groups = List.copyOf(split);
  }

  private static void add(
      List<Group> groups, List<TrainedWeight> members, double factor, double decay) {
    if (!members.isEmpty()) {
      groups.add(new Group(members, factor, decay));
    }
  }

  private List<TrainedWeight> trained() {
    return weights.values().stream().filter(TrainedWeight::isTrained).toList();
  }

  private int headDepth() {
    return initial.config().layers() + 2;
  }

  /**
   * Runs forward and backward of one batch in training mode. The gradients are added to those
   * already there.
   *
   * @param normaliser the divisor of the weighted sum of losses. The sum of the weights over all
   *     images of the step gives torch's mean of a weighted cross-entropy, also where the step is
   *     made of several calls
   * @return the sum of weight times loss, divided by the normaliser
   */
  public double backward(TrainingBatch batch, double normaliser) {
    int n = batch.size();
    int classes = module.config.labels().size();
    if (n < 1 || batch.targets().length != n * classes || batch.seeds().length != n) {
      throw new IllegalArgumentException(
          n
              + " weights, "
              + batch.targets().length
              + " targets, "
              + batch.seeds().length
              + " seeds, "
              + classes
              + " classes");
    }
    float[] factors = new float[n];
    for (int i = 0; i < n; i++) {
      factors[i] = (float) (batch.weights()[i] * scale.value() / normaliser);
    }
    PyTorchRuntime.prepareThread();
    boolean gradMode = JniUtils.isGradMode();
    JniUtils.enableTrainingMode(module.block);
    JniUtils.setGradMode(true);
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice())) {
      PtNDArray pixels = module.pixels(scope, batch.pixels(), n);
      PtNDArray targets = (PtNDArray) scope.create(batch.targets(), new Shape(n, classes));
      PtNDArray weighing = (PtNDArray) scope.create(factors);
      if (options.dropPath() > 0) {
        call(scope, Methods.DROP_PATHS, path(scope, batch));
      }
      double loss =
          options.recompute()
              ? recomputing(scope, pixels, targets, weighing, batch.seeds()[0])
              : plain(scope, pixels, targets, weighing, batch.seeds()[0]);
      hasGradients = true;
      return loss / scale.value();
    } finally {
      JniUtils.setGradMode(gradMode);
      JniUtils.enableInferenceMode(module.block);
    }
  }

  private double plain(
      PtNDManager scope, PtNDArray pixels, PtNDArray targets, PtNDArray weighing, long seed) {
    seedDropout(seed, 0);
    PtNDArray loss = call(scope, Methods.LOSS, pixels, targets, weighing);
    JniUtils.backward(loss, ones(scope, loss), false, false);
    return value(loss);
  }

  /**
   * Runs forward and backward with little memory. The forward pass keeps only the input of each
   * block. The backward pass goes from the last block to the first and computes each again. It
   * stops at the lowest weight that is trained.
   */
  private double recomputing(
      PtNDManager scope, PtNDArray pixels, PtNDArray targets, PtNDArray weighing, long seed) {
    int layers = initial.config().layers();
    JniUtils.setGradMode(false);
    PtNDArray[] inputs = new PtNDArray[layers + 1];
    seedDropout(seed, 0);
    inputs[0] = call(scope, Methods.TOKENS, pixels);
    for (int i = 0; i < layers; i++) {
      seedDropout(seed, i + 1);
      inputs[i + 1] = call(scope, Methods.BLOCK + i, inputs[i]);
    }
    JniUtils.setGradMode(true);
    int lowest = trained().stream().mapToInt(weight -> weight.depth).min().orElseThrow();

    boolean goesOn = lowest <= layers;
    PtNDArray last = leaf(scope, inputs[layers], goesOn);
    PtNDArray embedding = call(scope, Methods.FINISH, last);
    PtNDArray loss = call(scope, Methods.HEAD_LOSS, embedding, targets, weighing);
    JniUtils.backward(loss, ones(scope, loss), false, false);
    PtNDArray gradient = goesOn ? gradient(scope, last) : null;
    for (int i = layers - 1; i >= 0 && i + 1 >= lowest; i--) {
      goesOn = lowest <= i;
      try (PtNDManager inner = scope.newSubManager(scope.getDevice())) {
        PtNDArray input = leaf(inner, inputs[i], goesOn);
        seedDropout(seed, i + 1);
        PtNDArray output = call(inner, Methods.BLOCK + i, input);
        JniUtils.backward(output, gradient, false, false);
        gradient.close();
        inputs[i + 1].close();
        gradient = goesOn ? gradient(scope, input) : null;
      }
    }
    if (lowest == 0) {
      seedDropout(seed, 0);
      PtNDArray tokens = call(scope, Methods.TOKENS, pixels);
      JniUtils.backward(tokens, gradient, false, false);
    }
    return value(loss);
  }

  private static PtNDArray leaf(PtNDManager scope, PtNDArray array, boolean wantsGradient) {
    PtNDArray leaf = JniUtils.detachGradient(array);
    leaf.attach(scope);
    JniUtils.attachGradient(leaf, wantsGradient);
    return leaf;
  }

  private static PtNDArray gradient(PtNDManager scope, PtNDArray leaf) {
    PtNDArray gradient = JniUtils.getGradient(leaf);
    gradient.attach(scope);
    return gradient;
  }

  private PtNDArray call(PtNDManager scope, String method, PtNDArray... arguments) {
    NDList inputs = ViTModule.inputs(scope, method, arguments);
    PtNDArray result = (PtNDArray) IValueUtils.forward(module.block, inputs, true).get(0);
    result.attach(scope);
    return result;
  }

  private static PtNDArray ones(PtNDManager scope, PtNDArray loss) {
    return (PtNDArray) scope.ones(loss.getShape(), DataType.FLOAT32);
  }

  private static double value(PtNDArray scalar) {
    boolean gradMode = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    try {
      return scalar.toFloatArray()[0];
    } finally {
      JniUtils.setGradMode(gradMode);
    }
  }

  /**
   * Returns the factors of the branches, {@code [2 x layers, n]}. An image's own seed decides which
   * branches it skips.
   */
  private PtNDArray path(PtNDManager scope, TrainingBatch batch) {
    int branches = 2 * initial.config().layers();
    int n = batch.size();
    float[] factors = new float[branches * n];
    for (int i = 0; i < n; i++) {
      SplittableRandom random = new SplittableRandom(batch.seeds()[i]);
      for (int branch = 0; branch < branches; branch++) {
        int layer = branch / 2;
        double rate = options.dropPath() * layer / Math.max(1, initial.config().layers() - 1);
        factors[branch * n + i] = random.nextDouble() < rate ? 0 : (float) (1 / (1 - rate));
      }
    }
    return (PtNDArray) scope.create(factors, new Shape(branches, n));
  }

  /**
   * Seeds dropout, which draws from torch's only random stream of the JVM. The stream is seeded for
   * each part of the pass. So a part can be computed again, and a training can be resumed in the
   * middle.
   */
  private void seedDropout(long seed, int part) {
    if (drawsDropout) {
      JniUtils.setSeed(new SplittableRandom(seed + part).nextLong());
    }
  }

  /**
   * Does one AdamW step on the gradients and clears them. If they are not finite, the weights stay
   * as they are. Then training has diverged. In FP16 the loss may also have been scaled up too far,
   * which the next steps correct.
   *
   * @param learningRate the learning rate of the topmost layers
   * @param maxNorm the global L2 norm to which larger gradients are scaled down (torch's
   *     clip_grad_norm_); infinite leaves them unchanged
   * @return the norm before it was scaled down, not finite if nothing was done
   */
  public double update(double learningRate, double maxNorm) {
    if (!hasGradients) {
      throw new IllegalStateException("no backward before this step");
    }
    PyTorchRuntime.prepareThread();
    double norm = clip(maxNorm);
    boolean finite = Double.isFinite(norm);
    scale.update(finite || precision != Precision.FP16);
    if (!finite) {
      run(Methods.CLEAR, list(trained(), TrainedWeight::gradient));
      return norm;
    }
    step++;
    for (Group group : groups) {
      for (TrainedWeight weight : group.weights()) {
        weight.prepare();
        weight.steps.addi(1);
      }
      update(group, learningRate * group.rateFactor());
    }
    if (options.averageDecay() > 0) {
      double stays = Math.min(options.averageDecay(), (1.0 + step) / (10 + step));
      run(
          Methods.AVERAGE,
          list(trained(), weight -> weight.smoothed),
          list(trained(), weight -> weight.value),
          IValue.from(1 - stays));
    }
    return norm;
  }

  private double clip(double maxNorm) {
    try (PtNDManager scope = module.manager.newSubManager(module.manager.getDevice());
        IValue gradients = list(trained(), TrainedWeight::gradient);
        IValue norm = IValue.from(maxNorm);
        IValue scaled = IValue.from(scale.value());
        IValue result =
            IValueUtils.runMethod(module.block, Methods.CLIP, gradients, norm, scaled)) {
      return result.toTensor(scope).toFloatArray()[0];
    }
  }

  private void update(Group group, double rate) {
    AdamW optimizer = options.optimizer();
    run(
        Methods.UPDATE,
        list(group.weights(), weight -> weight.value),
        list(group.weights(), TrainedWeight::gradient),
        list(group.weights(), weight -> weight.average),
        list(group.weights(), weight -> weight.square),
        list(group.weights(), weight -> weight.steps),
        IValue.from(rate),
        IValue.from(optimizer.beta1()),
        IValue.from(optimizer.beta2()),
        IValue.from(group.decay()),
        IValue.from(optimizer.epsilon()));
  }

  /** Calls a method for its effect on its arguments, which are closed afterwards. */
  private void run(String method, IValue... arguments) {
    try {
      IValueUtils.runMethod(module.block, method, arguments).close();
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  private static IValue list(
      Collection<TrainedWeight> group, Function<TrainedWeight, PtNDArray> array) {
    return IValue.listFrom(group.stream().map(array).toArray(PtNDArray[]::new));
  }

  /** Returns the number of updates done. */
  public long step() {
    return step;
  }

  /** Returns the factor of the loss before the backward pass. It is 1 except in FP16. */
  public double lossScale() {
    return scale.value();
  }

  /**
   * Returns logits in evaluation mode. Arguments and result are as for {@link ViTSession#logits}.
   */
  public float[] logits(ByteBuffer pixels, int n) {
    return module.run(Methods.FORWARD, pixels, n);
  }

  /**
   * Replaces the weights by their average over the steps while a function runs. The function must
   * not train.
   *
   * @return the result of the function
   * @throws IllegalStateException when no average is kept
   */
  public <T> T averaged(Supplier<T> use) {
    if (options.averageDecay() == 0) {
      throw new IllegalStateException("no average is kept");
    }
    PyTorchRuntime.prepareThread();
    Map<TrainedWeight, PtNDArray> own = new LinkedHashMap<>();
    try {
      for (TrainedWeight weight : weights.values()) {
        own.put(weight, (PtNDArray) weight.value.duplicate());
      }
      run(
          Methods.COPY,
          list(weights.values(), weight -> weight.value),
          list(weights.values(), weight -> weight.smoothed));
      try {
        return use.get();
      } finally {
        run(
            Methods.COPY,
            list(weights.values(), weight -> weight.value),
            list(weights.values(), own::get));
      }
    } finally {
      own.values().forEach(PtNDArray::close);
    }
  }

  /** Returns a copy of the current weights, in the configuration that was given. */
  public Checkpoint checkpoint() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.forEach((key, weight) -> tensors.put(key, tensor(weight.value)));
    return new Checkpoint(initial.config(), initial.preprocessor(), tensors);
  }

  /** Returns a copy of the gradients of the trained weights by key. */
  Map<String, Tensor> gradients() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    trained().forEach(weight -> tensors.put(weight.key, tensor(weight.gradient())));
    return tensors;
  }

  private static Tensor tensor(PtNDArray array) {
    List<Long> shape = new ArrayList<>();
    for (long size : array.getShape().getShape()) {
      shape.add(size);
    }
    return Tensor.of(array.toFloatArray(), shape);
  }

  /** Saves everything but the weights as safetensors: moments, averages and counts. */
  public void saveOptimizer(Path file) {
    OptimizerState.save(file, weights.values(), step, scale);
  }

  /**
   * Restores the state that {@link #saveOptimizer} wrote.
   *
   * @throws UserException when the file is malformed or belongs to another model
   */
  public void loadOptimizer(Path file) {
    OptimizerState state = OptimizerState.load(file, weights.values());
    step = state.step();
    scale = state.scale();
  }

  /**
   * Returns the number of native objects that this session holds. It is the same after every step.
   */
  int managedResources() {
    return module.manager.getManagedArrays().size();
  }

  /** Frees weights, gradients and moments. */
  @Override
  public void close() {
    module.close();
  }
}
