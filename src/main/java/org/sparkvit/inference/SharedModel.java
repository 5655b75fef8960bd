package org.sparkvit.inference;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.runtime.Classifier;
import org.sparkvit.model.runtime.Explainer;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ScriptedSession;
import org.sparkvit.model.runtime.ViTSession;
import org.sparkvit.model.torchscript.ScriptedModel;

/**
 * A model that the tasks of an executor share. The driver makes it from a model directory, whose
 * files Spark then carries to every executor once; there the first task loads it, for its device
 * and precision, and later tasks find it loaded. The end of the JVM frees it: a hook that closed it
 * then would do so under the feet of tasks that are still running.
 */
public final class SharedModel implements Serializable {
  /**
   * What the driver knows of a model.
   *
   * @param background what its images were put on in training; null where its files do not say
   * @param multiplyAdds that an image takes; -1 if unknown
   */
  private record Description(
      List<String> labels,
      List<String> notes,
      int embeddingSize,
      PreprocessSpec input,
      Background background,
      long multiplyAdds,
      boolean isScripted)
      implements Serializable {
    Description {
      labels = List.copyOf(labels);
      notes = List.copyOf(notes);
    }
  }

  /**
   * What is asked of a model is part of its key: one that was read for its embeddings has a head of
   * random numbers, which must never label an image.
   */
  private record Key(String hash, String device, Precision precision, ModelOutput output) {}

  private static final Map<Key, Classifier> LOADED = new ConcurrentHashMap<>();
  private static final Map<Key, Explainer> EXPLAINERS = new ConcurrentHashMap<>();

  private final String hash;

  /** Of the files alone. */
  private final String content;

  private final List<String> files;
  private final Description described;
  private final String device;
  private final String precision;
  private final ModelOutput output;

  private SharedModel(
      String hash,
      String content,
      List<String> files,
      Description described,
      String device,
      String precision,
      ModelOutput output) {
    this.hash = hash;
    this.content = content;
    this.files = List.copyOf(files);
    this.described = described;
    this.device = device;
    this.precision = precision;
    this.output = output;
  }

  /** The same model, whose images may be decoded at a part of their size. */
  public SharedModel withScaledDecoding() {
    Description scaled =
        new Description(
            described.labels(),
            described.notes(),
            described.embeddingSize(),
            described.input().withScaledDecoding(),
            described.background(),
            described.multiplyAdds(),
            described.isScripted());
    return new SharedModel(hash, content, files, scaled, device, precision, output);
  }

  /**
   * The same model for images on a background, unless it says itself what its images were put on:
   * what a model has learnt goes. Where it does not say, it is another model on each background, so
   * that what it said of images on one is not taken for what it says of them on another.
   */
  public SharedModel on(Background background) {
    if (described.background() != null || background.isNone()) {
      return this;
    }
    Description placed =
        new Description(
            described.labels(),
            described.notes(),
            described.embeddingSize(),
            described.input().on(background),
            null,
            described.multiplyAdds(),
            described.isScripted());
    String name = content + " on " + background;
    String other = StableHash.sha256(name.getBytes(StandardCharsets.UTF_8));
    return new SharedModel(other, content, files, placed, device, precision, output);
  }

  /** What its images were put on in training, where its files say it. */
  public Optional<Background> trainedOn() {
    return Optional.ofNullable(described.background());
  }

  /** A line for people where the model was trained on another background; else none. */
  public Optional<String> differs(Background background) {
    return trainedOn()
        .filter(own -> !own.equals(background))
        .map(
            own ->
                "the model was trained with --background "
                    + own
                    + ", the catalog says "
                    + background
                    + "; it is used as it was trained (catalog with the same background, or train"
                    + " anew)");
  }

  /** As below, for a model that labels images. */
  public static SharedModel distribute(
      SparkSession spark, Path directory, String device, String precision) {
    return distribute(spark, directory, device, precision, ModelOutput.LOGITS);
  }

  /**
   * Checks a model directory on the driver and hands its files to Spark.
   *
   * @param directory local directory, see {@link LocalModelDirectory}; not needed any more
   *     afterwards
   * @param device {@code auto}, {@code cpu} or {@code gpu}
   * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}; {@code
   *     auto} is decided where the device is
   * @param output what will be asked of it: embeddings need no trained head
   */
  public static SharedModel distribute(
      SparkSession spark, Path directory, String device, String precision, ModelOutput output) {
    Description described = describe(directory, precision, output);
    requireDevice(spark, device);
    String hash = ModelDirectory.hash(directory);
    List<String> files = ModelDirectory.files(directory);
    try {
      for (String name : files) {
        // Spark knows files by their last name alone, so that has to name the model too.
        String known = fileName(hash, name);
        if (spark.sparkContext().listFiles().forall(added -> !added.endsWith(known))) {
          // Executors fetch it from here for as long as the application lives.
          Path staging = Files.createTempDirectory("spark-vit-files");
          staging.toFile().deleteOnExit();
          Path file = staging.resolve(known);
          file.toFile().deleteOnExit();
          link(directory.resolve(name), file);
          spark.sparkContext().addFile(file.toUri().toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("staging model " + directory, e);
    }
    return new SharedModel(
        hash, hash, files, described, device, described.isScripted() ? "fp32" : precision, output);
  }

  private static Description describe(Path directory, String precision, ModelOutput output) {
    if (!ModelDirectory.isScripted(directory)) {
      ModelDirectory.Loaded loaded = load(directory, output);
      Checkpoint checkpoint = loaded.checkpoint();
      return new Description(
          checkpoint.config().labels(),
          loaded.notes(),
          checkpoint.config().embeddingSize(),
          InputSpec.of(checkpoint.preprocessor(), checkpoint.config()),
          checkpoint.preprocessor().background(),
          checkpoint.config().multiplyAdds(),
          false);
    }
    ScriptedModel model = ScriptedModel.read(directory);
    if (output != ModelOutput.LOGITS) {
      throw new UserException(
          directory + ": a TorchScript module gives logits only; name a Vision Transformer");
    }
    if (!Set.of("auto", "fp32").contains(precision)) {
      throw new UserException(
          directory
              + ": a TorchScript module computes in what it was saved in; leave --precision "
              + precision
              + " out");
    }
    return new Description(
        model.labels(),
        model.notes(),
        0,
        InputSpec.of(model.preprocessor(), model.imageSize()),
        model.preprocessor().background(),
        model.multiplyAdds(),
        true);
  }

  private static Checkpoint read(Path directory, ModelOutput output) {
    return load(directory, output).checkpoint();
  }

  private static ModelDirectory.Loaded load(Path directory, ModelOutput output) {
    return output == ModelOutput.LOGITS
        ? ModelDirectory.load(directory)
        : new ModelDirectory.Loaded(ModelDirectory.readForEmbeddings(directory), List.of());
  }

  /** SHA-256 of the model directory, and of the background where that is chosen for it. */
  public String hash() {
    return hash;
  }

  /** Class names in the order of the logits. */
  public List<String> labels() {
    return described.labels();
  }

  /** What a person has to know of how the model was read, each one sentence. */
  public List<String> notes() {
    return described.notes();
  }

  /** Length of an embedding. */
  public int embeddingSize() {
    return described.embeddingSize();
  }

  /** What one image costs: multiplications, each with its addition; empty where unknown. */
  public OptionalLong multiplyAdds() {
    return described.multiplyAdds() < 0
        ? OptionalLong.empty()
        : OptionalLong.of(described.multiplyAdds());
  }

  /** Whether it is any TorchScript module, which gives logits and nothing else. */
  public boolean isScripted() {
    return described.isScripted();
  }

  /** Numbers that were learned, counted by an executor, which has the model then. */
  public long parameters(SparkSession spark) {
    SharedModel model = this;
    MapFunction<Long, Long> count = one -> model.session().parameters();
    return spark.range(1).as(Encoders.LONG()).map(count, Encoders.LONG()).head();
  }

  /** How images are prepared for this model. */
  public PreprocessSpec input() {
    return described.input();
  }

  /**
   * The loaded model, for a running task.
   *
   * @throws org.sparkvit.core.UserException when a GPU was asked for and there is none
   */
  Classifier session() {
    useOwnCores();
    Device resolved = resolve();
    Key key = new Key(content, resolved.toString(), Precision.of(precision, resolved), output);
    return LOADED.computeIfAbsent(
        key,
        missing ->
            load(
                directory ->
                    described.isScripted()
                        ? ScriptedSession.open(directory, resolved)
                        : ViTSession.open(read(directory, output), resolved, missing.precision())));
  }

  /** As {@link #session}, of the model in the form that says where it looked; in fp32. */
  public Explainer explainer() {
    useOwnCores();
    Device resolved = resolve();
    return EXPLAINERS.computeIfAbsent(
        new Key(content, resolved.toString(), Precision.FP32, output),
        missing -> load(directory -> Explainer.open(read(directory, output), resolved)));
  }

  /** What {@link #session} computes in, for a running task. */
  Precision precision() {
    return Precision.of(precision, resolve());
  }

  /** Tasks run beside each other, so one operation may use only its own task's cores. */
  private static void useOwnCores() {
    TaskContext context = TaskContext.get();
    PyTorchRuntime.configure(context == null ? 1 : context.cpus());
  }

  /**
   * Asks a task for the GPU that is to be used, before any work: where nothing is left to do no
   * model would be opened, and a wrong device would pass for a right one.
   */
  private static void requireDevice(SparkSession spark, String device) {
    if (device.startsWith("gpu")) {
      JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(List.of(device), 1)
          .foreach(asked -> PyTorchRuntime.device(device(asked, gpuOfTask(), true)));
    }
  }

  private Device resolve() {
    return PyTorchRuntime.device(device(device, gpuOfTask(), PyTorchRuntime.gpuCount() > 0));
  }

  /** Spark says which of the machine's GPUs is this task's. */
  private static Optional<String> gpuOfTask() {
    TaskContext context = TaskContext.get();
    if (context == null) {
      return Optional.empty();
    }
    ResourceInformation gpus = context.resourcesJMap().get("gpu");
    return gpus == null || gpus.addresses().length == 0
        ? Optional.empty()
        : Optional.of(gpus.addresses()[0]);
  }

  /**
   * The name of the device to use.
   *
   * @param asked {@code auto}, {@code cpu} or {@code gpu}
   * @param assigned address of the GPU that Spark gave to the task, if any
   * @param usable whether PyTorch can use a GPU here
   */
  static String device(String asked, Optional<String> assigned, boolean usable) {
    if (asked.equals("cpu") || assigned.isEmpty() || (asked.equals("auto") && !usable)) {
      return asked;
    }
    return "gpu:" + assigned.get();
  }

  private <T> T load(Function<Path, T> open) {
    try {
      Path directory = Files.createTempDirectory("spark-vit-" + content.substring(0, 12));
      try {
        for (String name : files) {
          link(Path.of(SparkFiles.get(fileName(content, name))), directory.resolve(name));
        }
        return open.apply(directory);
      } finally {
        FileUtil.fullyDelete(directory.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("unpacking model " + content, e);
    }
  }

  private static String fileName(String hash, String name) {
    return hash.substring(0, 16) + "-" + name;
  }

  /** A hard link where the disk allows it: weights are large. */
  private static void link(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source.toRealPath());
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
