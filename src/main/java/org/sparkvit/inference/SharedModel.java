package org.sparkvit.inference;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.Classifier;
import org.sparkvit.model.runtime.Explainer;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ScriptedSession;
import org.sparkvit.model.runtime.ViTSession;
import org.sparkvit.model.torchscript.ScriptedModel;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/**
 * A model that the tasks of an executor share. The driver reads a model directory and writes all of
 * it into one TorchScript file, which Spark carries to every executor once. There the first task
 * loads the file for its device and precision, and later tasks find it loaded. Everything else that
 * an executor needs to know about the model travels with this object. The model is freed when the
 * JVM ends. A shutdown hook that closed it earlier would break tasks that are still running.
 *
 * <p>With the precision {@code auto}, one executor may compute in bf16 and another in fp32. The
 * file then holds the weights in float32, and an executor that computes in bf16 casts them after
 * loading. Casting rounds as the driver would have done. So the results have the same bits as with
 * the precision by name, and the network carries one file. With a precision by name the weights are
 * stored in it.
 */
public final class SharedModel implements Serializable {
  /**
   * The properties of a model that the driver knows.
   *
   * @param background the background that its training images were put on, or null where its files
   *     do not say
   * @param multiplyAdds the number of multiplications, each with an addition, that an image takes,
   *     or -1 if unknown
   * @param config the configuration of a Vision Transformer, or null for any other model
   * @param scripted the description of any TorchScript module, or null for a Vision Transformer
   */
  private record Description(
      List<String> labels,
      List<String> notes,
      int embeddingSize,
      PreprocessSpec input,
      Background background,
      long multiplyAdds,
      ViTConfig config,
      ScriptedModel scripted)
      implements Serializable {
    Description {
      labels = List.copyOf(labels);
      notes = List.copyOf(notes);
    }

    static Description of(Checkpoint checkpoint, List<String> notes) {
      ViTConfig config = checkpoint.config();
      return new Description(
          config.labels(),
          notes,
          config.embeddingSize(),
          InputSpec.of(checkpoint.preprocessor(), config),
          checkpoint.preprocessor().background(),
          config.multiplyAdds(),
          config,
          null);
    }

    static Description of(ScriptedModel model) {
      return new Description(
          model.labels(),
          model.notes(),
          0,
          InputSpec.of(model.preprocessor(), model.imageSize()),
          model.preprocessor().background(),
          model.multiplyAdds(),
          null,
          model);
    }

    Description with(PreprocessSpec other) {
      return new Description(
          labels, notes, embeddingSize, other, background, multiplyAdds, config, scripted);
    }
  }

  /**
   * The key of a loaded model. The name of the file says what the model was distributed for. A
   * model that was read for embeddings has a head of random numbers, which must never label an
   * image.
   */
  private record Key(String file, String device, Precision precision) {}

  private static final String EXPLAINING = "explaining";

  /** Writes a model's file. */
  private interface Writer {
    void write(Path file) throws IOException;
  }

  private static final Map<Key, Classifier> LOADED = new ConcurrentHashMap<>();
  private static final Map<Key, Explainer> EXPLAINERS = new ConcurrentHashMap<>();

  private final String hash;

  /** The hash of the model's files alone. */
  private final String content;

  /** The name by which Spark knows the model's file. */
  private final String file;

  private final Description described;
  private final String device;
  private final String precision;

  private SharedModel(
      String hash,
      String content,
      String file,
      Description described,
      String device,
      String precision) {
    this.hash = hash;
    this.content = content;
    this.file = file;
    this.described = described;
    this.device = device;
    this.precision = precision;
  }

  /**
   * Returns the same model with scaled decoding, for which large images may be decoded at a part of
   * their size.
   */
  public SharedModel withScaledDecoding() {
    Description scaled = described.with(described.input().withScaledDecoding());
    return new SharedModel(hash, content, file, scaled, device, precision);
  }

  /**
   * Returns the model for images on a background. A model whose files state the background of its
   * training images keeps that one. Otherwise the model has another hash on each background, so
   * that its results on different backgrounds are not mixed up.
   */
  public SharedModel on(Background background) {
    if (described.background() != null || background.isNone()) {
      return this;
    }
    Description placed = described.with(described.input().on(background));
    String name = content + " on " + background;
    String other = StableHash.sha256(name.getBytes(StandardCharsets.UTF_8));
    return new SharedModel(other, content, file, placed, device, precision);
  }

  /**
   * Returns the background that the training images were put on, or empty where the model's files
   * do not say.
   */
  public Optional<Background> trainedOn() {
    return Optional.ofNullable(described.background());
  }

  /** Returns a message for users where the model was trained on another background, else empty. */
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

  /** Checks a model directory on the driver and hands its model to Spark for labelling images. */
  public static SharedModel distribute(
      SparkSession spark, Path directory, String device, String precision) {
    return distribute(spark, directory, device, precision, ModelOutput.LOGITS);
  }

  /**
   * Checks a model directory on the driver and hands its model to Spark.
   *
   * @param directory a local directory, see {@link LocalModelDirectory}; it is not needed any more
   *     afterwards
   * @param device {@code auto}, {@code cpu} or {@code gpu}
   * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}; each
   *     executor resolves {@code auto} for its own device
   * @param output the kind of values that the model will compute; embeddings need no trained head
   */
  public static SharedModel distribute(
      SparkSession spark, Path directory, String device, String precision, ModelOutput output) {
    if (ModelDirectory.isScripted(directory)) {
      return distributeScripted(spark, directory, device, precision, output);
    }
    Optional<Precision> named = Precision.named(precision);
    ModelDirectory.Loaded loaded =
        output == ModelOutput.LOGITS
            ? ModelDirectory.load(directory)
            : new ModelDirectory.Loaded(ModelDirectory.readForEmbeddings(directory), List.of());
    Checkpoint checkpoint = loaded.checkpoint();
    return distribute(
        spark,
        directory,
        Description.of(checkpoint, loaded.notes()),
        device,
        precision,
        output.name().toLowerCase(Locale.ROOT) + "-" + named.map(Enum::name).orElse("auto"),
        file -> {
          if (named.isPresent()) {
            TorchScriptArchive.writeForInference(file, checkpoint, named.get());
          } else {
            TorchScriptArchive.writeForInference(file, checkpoint);
          }
        });
  }

  /** Distributes a model that {@link #explainer} will load. It computes in fp32. */
  public static SharedModel distributeForExplaining(
      SparkSession spark, Path directory, String device) {
    if (ModelDirectory.isScripted(directory)) {
      return distributeScripted(spark, directory, device, "fp32", ModelOutput.LOGITS);
    }
    ModelDirectory.Loaded loaded = ModelDirectory.load(directory);
    return distribute(
        spark,
        directory,
        Description.of(loaded.checkpoint(), loaded.notes()),
        device,
        "fp32",
        EXPLAINING,
        file -> TorchScriptArchive.writeForExplaining(file, loaded.checkpoint()));
  }

  private static SharedModel distributeScripted(
      SparkSession spark, Path directory, String device, String precision, ModelOutput output) {
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
    return distribute(
        spark,
        directory,
        Description.of(model),
        device,
        "fp32",
        "scripted",
        file -> Files.copy(directory.resolve(ModelDirectory.SCRIPTED), file));
  }

  private static SharedModel distribute(
      SparkSession spark,
      Path directory,
      Description described,
      String device,
      String precision,
      String use,
      Writer writer) {
    requireDevice(spark, device);
    String hash = ModelDirectory.hash(directory);
    // Spark knows a file by its name without the folder, so the name identifies the model and its
    // use.
    String name = hash.substring(0, 16) + "-" + use + ".pt";
    if (spark.sparkContext().listFiles().forall(added -> !added.endsWith("/" + name))) {
      try {
        // Executors fetch the file from this folder for as long as the application lives.
        Path staging = Files.createTempDirectory("spark-vit-files");
        staging.toFile().deleteOnExit();
        Path file = staging.resolve(name);
        file.toFile().deleteOnExit();
        writer.write(file);
        spark.sparkContext().addFile(file.toUri().toString());
      } catch (IOException e) {
        throw new UncheckedIOException("staging model " + directory, e);
      }
    }
    return new SharedModel(hash, hash, name, described, device, precision);
  }

  /**
   * Returns the SHA-256 of the model directory. Where {@link #on} chose the background, the hash
   * covers that, too.
   */
  public String hash() {
    return hash;
  }

  /** Returns the names of the classes in the order of the logits. */
  public List<String> labels() {
    return described.labels();
  }

  /** Returns the remarks for users on how the model was read, one sentence in each element. */
  public List<String> notes() {
    return described.notes();
  }

  /** Returns the length of an embedding. */
  public int embeddingSize() {
    return described.embeddingSize();
  }

  /**
   * Returns the number of multiplications, each with an addition, that one image takes, or empty
   * where it is unknown.
   */
  public OptionalLong multiplyAdds() {
    return described.multiplyAdds() < 0
        ? OptionalLong.empty()
        : OptionalLong.of(described.multiplyAdds());
  }

  /** Returns whether the model is any TorchScript module, which gives logits and nothing else. */
  public boolean isScripted() {
    return described.scripted() != null;
  }

  /**
   * Returns the number of learned parameters. An executor counts them and has the model loaded
   * afterwards.
   */
  public long parameters(SparkSession spark) {
    SharedModel model = this;
    MapFunction<Long, Long> count = one -> model.session().parameters();
    return spark.range(1).as(Encoders.LONG()).map(count, Encoders.LONG()).head();
  }

  /** Returns how images are prepared for this model. */
  public PreprocessSpec input() {
    return described.input();
  }

  /**
   * Returns the loaded model, for a running task.
   *
   * @throws UserException when a GPU was asked for and there is none, or the device does not
   *     compute in the precision
   */
  Classifier session() {
    useOwnCores();
    Device resolved = resolve();
    Precision chosen = Precision.of(precision, resolved);
    return LOADED.computeIfAbsent(
        new Key(file, resolved.toString(), chosen),
        missing ->
            isScripted()
                ? ScriptedSession.load(path(), described.scripted(), resolved)
                : ViTSession.load(path(), described.config(), resolved, chosen));
  }

  /**
   * Returns the loaded model in the form that explains its answers, for a running task. It computes
   * in fp32.
   *
   * @throws IllegalStateException when the model was not distributed for explaining
   */
  public Explainer explainer() {
    if (!file.endsWith(EXPLAINING + ".pt")) {
      throw new IllegalStateException(file + " was not distributed for explaining");
    }
    useOwnCores();
    Device resolved = resolve();
    return EXPLAINERS.computeIfAbsent(
        new Key(file, resolved.toString(), Precision.FP32),
        missing -> Explainer.load(path(), described.config(), resolved));
  }

  /** Returns the path of Spark's copy of the model's file on this machine. */
  private Path path() {
    return Path.of(SparkFiles.get(file));
  }

  /** Returns the precision that {@link #session} computes in, for a running task. */
  Precision precision() {
    return Precision.of(precision, resolve());
  }

  /** Limits an operation to the cores of its own task, as tasks run at the same time. */
  private static void useOwnCores() {
    TaskContext context = TaskContext.get();
    PyTorchRuntime.configure(context == null ? 1 : context.cpus());
  }

  /**
   * Checks in a task, before any work, that the GPU that was asked for can be used. Where nothing
   * is left to do, no model is loaded, and a wrong device would go unnoticed.
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

  /**
   * Returns the address of the GPU that Spark assigned to this task, or empty where there is none.
   */
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
   * Returns the name of the device to use.
   *
   * @param asked {@code auto}, {@code cpu} or {@code gpu}
   * @param assigned the address of the GPU that Spark assigned to the task, if any
   * @param usable whether PyTorch can use a GPU here
   */
  static String device(String asked, Optional<String> assigned, boolean usable) {
    if (asked.equals("cpu") || assigned.isEmpty() || (asked.equals("auto") && !usable)) {
      return asked;
    }
    return "gpu:" + assigned.get();
  }
}
