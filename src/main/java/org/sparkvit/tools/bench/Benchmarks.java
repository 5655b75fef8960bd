package org.sparkvit.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.inference.ModelThroughput;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.torchscript.TorchScriptArchive;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;
import org.sparkvit.pipeline.score.ScoreConfig;
import org.sparkvit.tools.bench.BenchConfig.Measure;

/** Takes the measurements of {@link BenchStage}. */
final class Benchmarks {
  private static final int SIDE = 224;
  private static final int PATCH = 16;
  private static final int TRAINING_BATCH = 32;

  /** Hides the start of a step from a GPU. */
  private static final int GPU_TRAINING_BATCH = 128;

  /** Precisions that Python is measured in. */
  private static final List<String> OF_PYTHON = List.of("fp32", "bf16", "fp16");

  private final SparkSession spark;
  private final BenchConfig config;
  private final Progress progress;

  Benchmarks(SparkSession spark, BenchConfig config, Progress progress) {
    this.spark = spark;
    this.config = config;
    this.progress = progress;
  }

  /**
   * Measures everything that is asked for.
   *
   * @param scratch a folder that is deleted at the end
   */
  void measure(Workspace workspace, org.apache.hadoop.fs.Path scratch) {
    try (Python python = python().map(Python::new).orElse(null)) {
      Peers peers = Peers.of(python);
      if (asked(Measure.TRAIN) || asked(Measure.CROWDED)) {
        measureTraining(peers);
      }
      if (List.of(Measure.TRAIN, Measure.CROWDED).containsAll(config.measures())) {
        return;
      }
      if (config.madeImages().isEmpty()) {
        measure(ImageSet.read("catalog", workspace), scratch, peers);
      }
      for (String size : config.madeImages()) {
        measure(made(MadeImages.parse(size), scratch), scratch, peers);
      }
    } finally {
      delete(spark, scratch);
    }
  }

  private Optional<String> python() {
    return config
        .python()
        .or(() -> Optional.ofNullable(System.getenv("SPARK_VIT_PYTHON")))
        .filter(name -> !name.isBlank());
  }

  /**
   * What can be run of Python's.
   *
   * @param python null where there is none
   */
  private record Peers(Python python, JsonNode versions) {
    static Peers of(Python python) {
      return new Peers(python, python == null ? null : python.ask(Map.of("peer", "versions")));
    }

    boolean has(String name) {
      return python != null && versions.has(name);
    }
  }

  private ImageSet made(MadeImages images, org.apache.hadoop.fs.Path scratch) {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(scratch, images.name());
    org.apache.hadoop.fs.Path files = new org.apache.hadoop.fs.Path(folder, "images");
    try {
      images.draw(spark, files);
    } catch (IOException e) {
      throw new UncheckedIOException("drawing images into " + files, e);
    }
    String workspace = new org.apache.hadoop.fs.Path(folder, "workspace").toString();
    CatalogConfig catalog =
        Options.with(
            CatalogConfig.class,
            "workspace",
            workspace,
            "input",
            files,
            "format",
            "folder",
            "layout",
            "folder",
            "unlabelled",
            true,
            "max-error-rate",
            0);
    new CatalogStage().run(spark, catalog, Progress.SILENT);
    return ImageSet.read(images.name(), Workspace.at(spark, workspace));
  }

  private void measure(ImageSet images, org.apache.hadoop.fs.Path scratch, Peers peers) {
    int cores = spark.sparkContext().defaultParallelism();
    long bytes = images.files().stream().mapToLong(row -> row.getLong(2)).sum();
    progress.say(
        String.format(
            Locale.ROOT,
            "%s: %,d images of %.0f kB on average; %d tasks at a time, batch %d; medians of %d"
                + " rounds",
            images.name(),
            images.available(),
            bytes / 1e3 / images.files().size(),
            cores,
            config.batchSize(),
            config.rounds()));
    measureInput(images, peers, cores);
    if (asked(Measure.MODEL)
        || asked(Measure.TORCH)
        || asked(Measure.SCORE)
        || asked(Measure.DJL)
        || asked(Measure.TRANSFORMERS)) {
      for (ViTSize size : config.sizes()) {
        measureModel(images, scratch, peers, cores, size);
      }
    }
  }

  private void measureTraining(Peers peers) {
    for (String model : config.trainFrom()) {
      Path directory = Path.of(model);
      measureTraining(peers, directory, directory.getFileName().toString());
    }
    for (ViTSize size : config.trainFrom().isEmpty() ? config.sizes() : List.<ViTSize>of()) {
      Path directory = randomModel(size);
      try {
        String name = "ViT-" + size.name().toLowerCase(Locale.ROOT) + "/" + PATCH;
        measureTraining(peers, directory, name);
      } finally {
        FileUtil.fullyDelete(directory.toFile());
      }
    }
  }

  private void measureTraining(Peers peers, Path directory, String name) {
    int cores = spark.sparkContext().defaultParallelism();
    int batch = device().equals("gpu") ? GPU_TRAINING_BATCH : TRAINING_BATCH;
    int threads = Runtime.getRuntime().availableProcessors();
    Checkpoint start = ModelDirectory.read(directory);
    List<Measurement> measurements = new ArrayList<>();
    List<String> precisions = ofPython();
    for (String precision : precisions) {
      TrainingOnly training =
          new TrainingOnly(start, config.device(), precision, batch, config.seconds());
      measurements.add(training);
      if (asked(Measure.CROWDED)) {
        measurements.add(new Crowded(training, threads));
      }
      if (asked(Measure.TRAIN) && peers.has("transformers")) {
        measurements.add(
            new TorchPeer(
                peers.python(),
                TorchPeer.TRAINING,
                directory,
                device(),
                precision,
                batch,
                threads,
                config.seconds()));
      }
    }
    if (asked(Measure.CROWDED)) {
      CountingOnly counting = new CountingOnly(threads, Math.min(5, config.seconds()));
      measurements.add(counting);
      measurements.add(new Crowded(counting, threads));
    }
    String of = String.format(Locale.ROOT, "training %s, batch %d", name, batch);
    Rates rates = Rates.take(progress, of, measurements, config.rounds());
    rates.say(progress, of, cores);
    for (String precision : precisions) {
      String training = TrainingOnly.name(precision);
      rates.compare(progress, of, training, TorchPeer.name(TorchPeer.TRAINING, precision));
      rates.compare(progress, of, Crowded.name(training), training);
    }
    rates.compare(progress, of, Crowded.name(CountingOnly.NAME), CountingOnly.NAME);
  }

  /** Where the driver's models run, as Python is told. */
  private String device() {
    return PyTorchRuntime.device(config.device()).isGpu() ? "gpu" : "cpu";
  }

  private List<String> ofPython() {
    return config.precisions().stream().filter(OF_PYTHON::contains).toList();
  }

  /** On a CPU both, since int8 is compared with them too. */
  private List<String> ofTransformers() {
    return device().equals("gpu") ? ofPython() : List.of("fp32", "bf16");
  }

  private boolean asked(Measure measure) {
    return config.measures().contains(measure);
  }

  private void measureInput(ImageSet images, Peers peers, int cores) {
    List<Measurement> measurements = new ArrayList<>();
    if (asked(Measure.DECODE)) {
      measurements.add(new DecodeOnly(spark, images.files(), config.seconds()));
    }
    PreprocessSpec input = PreprocessSpec.squash(SIDE, SIDE, ResampleFilter.BILINEAR);
    if (asked(Measure.PIPELINE)) {
      measurements.add(pipeline(images, PipelineOnly.NAME, input));
    }
    if (asked(Measure.SCALED)) {
      measurements.add(pipeline(images, PipelineOnly.SCALED, input.withScaledDecoding()));
    }
    if (asked(Measure.AUDIT)) {
      measurements.add(new AuditOnly(spark, images.files(), config.seconds()));
    }
    // Once without counting it: Java compiles what is used often.
    measurements.forEach(Measurement::imagesPerSecond);
    if (asked(Measure.PILLOW) && comparable(images, peers, "pillow")) {
      measurements.add(
          new PillowPeer(peers.python(), images.localPaths(), SIDE, cores, config.seconds()));
    }
    if (asked(Measure.CHECKS) && comparable(images, peers, "checks")) {
      measurements.add(
          new ChecksPeer(peers.python(), images.localPaths(), cores, config.seconds()));
    }
    Rates rates = Rates.take(progress, images.name(), measurements, config.rounds());
    rates.say(progress, images.name(), cores);
    rates.compare(progress, images.name(), PipelineOnly.NAME, PillowPeer.NAME);
    rates.compare(progress, images.name(), PipelineOnly.SCALED, PipelineOnly.NAME);
    rates.compare(progress, images.name(), AuditOnly.NAME, ChecksPeer.NAME);
  }

  private PipelineOnly pipeline(ImageSet images, String name, PreprocessSpec input) {
    return new PipelineOnly(
        name,
        spark,
        images.files(),
        input,
        config.batchSize(),
        config.decodeThreads(),
        config.seconds());
  }

  private boolean comparable(ImageSet images, Peers peers, String peer) {
    if (!peers.has(peer)) {
      progress.say(
          images.name()
              + ": without "
              + peer
              + ": name a Python that has it by --python or SPARK_VIT_PYTHON");
      return false;
    }
    if (images.localPaths().isEmpty()) {
      progress.say(images.name() + ": without " + peer + ": the images are not on a local disk");
      return false;
    }
    return true;
  }

  private void measureModel(
      ImageSet images, org.apache.hadoop.fs.Path scratch, Peers peers, int cores, ViTSize size) {
    String of =
        String.format(
            Locale.ROOT,
            "%s, ViT-%s/%d",
            images.name(),
            size.name().toLowerCase(Locale.ROOT),
            PATCH);
    Path directory = randomModel(size);
    try {
      List<Measurement> measurements = new ArrayList<>();
      double slowest = Double.POSITIVE_INFINITY;
      for (String precision : config.precisions()) {
        SharedModel model = SharedModel.distribute(spark, directory, config.device(), precision);
        double guess = ModelThroughput.measure(spark, model, config.batchSize(), 2);
        slowest = Math.min(slowest, guess);
        int batches =
            (int) Math.max(1, Math.round(guess * config.seconds() / cores / config.batchSize()));
        if (asked(Measure.MODEL)) {
          measurements.add(
              new ModelOnly(model(precision), spark, model, config.batchSize(), batches));
        }
        if (asked(Measure.SCORE)) {
          long count = (long) batches * cores * config.batchSize();
          ScoreConfig score = score(scratch, directory, precision);
          // Once without counting it: Java compiles what is used often, and runs are long.
          new EndToEnd("", spark, score, images, (long) cores * config.batchSize())
              .imagesPerSecond();
          measurements.add(new EndToEnd(score(precision), spark, score, images, count));
        }
      }
      addPeers(measurements, images, directory, peers, cores, slowest);
      compare(Rates.take(progress, of, measurements, config.rounds()), of, cores);
    } finally {
      FileUtil.fullyDelete(directory.toFile());
    }
  }

  private void addPeers(
      List<Measurement> measurements,
      ImageSet images,
      Path directory,
      Peers peers,
      int cores,
      double guess) {
    if (asked(Measure.DJL)) {
      // Spark's image source reads each path once.
      List<String> paths =
          images.files().stream()
              .filter(row -> row.getLong(1) == 0)
              .limit((long) Math.max(20, guess * config.seconds()))
              .map(row -> row.getString(0))
              .toList();
      measurements.add(new DjlPeer(spark, archive(spark, directory), paths, SIDE));
    }
    if (asked(Measure.TORCH) && comparable(images, peers, "transformers")) {
      for (String precision : ofPython()) {
        measurements.add(
            new TorchPeer(
                peers.python(),
                TorchPeer.MODEL,
                directory,
                device(),
                precision,
                config.batchSize(),
                cores,
                config.seconds()));
      }
    }
    if (asked(Measure.TRANSFORMERS) && comparable(images, peers, "transformers")) {
      for (String precision : ofTransformers()) {
        measurements.add(
            new TransformersPeer(
                peers.python(),
                directory,
                images.localPaths(),
                device(),
                precision,
                cores,
                config.seconds()));
      }
    }
  }

  private void compare(Rates rates, String of, int cores) {
    rates.say(progress, of, cores);
    for (String precision : config.precisions()) {
      rates.compare(progress, of, score(precision), model(precision));
      if (!precision.equals("fp32")) {
        rates.compare(progress, of, model(precision), model("fp32"));
      }
      rates.compare(progress, of, model(precision), TorchPeer.name(TorchPeer.MODEL, precision));
      for (String other : ofTransformers()) {
        rates.compare(progress, of, score(precision), TransformersPeer.name(other));
      }
      rates.compare(progress, of, score(precision), DjlPeer.NAME);
    }
  }

  private static String model(String precision) {
    return "model " + precision;
  }

  private static String score(String precision) {
    return "score " + precision;
  }

  private ScoreConfig score(org.apache.hadoop.fs.Path scratch, Path directory, String precision) {
    return Options.with(
        ScoreConfig.class,
        "workspace",
        new org.apache.hadoop.fs.Path(scratch, "scored").toString(),
        "model",
        directory.toUri().toString(),
        "device",
        config.device(),
        "precision",
        precision,
        "batch-size",
        config.batchSize(),
        "decode-threads",
        config.decodeThreads(),
        "max-error-rate",
        0);
  }

  private static Path randomModel(ViTSize size) {
    try {
      Path directory = Files.createTempDirectory("spark-vit-bench");
      ViTConfig vit = ViTConfig.of(size, SIDE, PATCH, List.of("ordinary", "sensitive"));
      ModelDirectory.write(directory, Checkpoint.random(vit, PreprocessorConfig.squash(SIDE), 1));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives Spark the archive of a model. Returns the name by which tasks find it. */
  private static String archive(SparkSession spark, Path directory) {
    try {
      Path archive = Files.createTempFile("spark-vit-bench", ".pt");
      archive.toFile().deleteOnExit();
      TorchScriptArchive.writeForInference(archive, ModelDirectory.read(directory), Precision.FP32);
      spark.sparkContext().addFile(archive.toUri().toString());
      return archive.getFileName().toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(SparkSession spark, org.apache.hadoop.fs.Path path) {
    try {
      path.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + path, e);
    }
  }
}
