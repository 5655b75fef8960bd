package org.sparkvit.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.image.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.inference.ModelFiles;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.Json;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.Workspace;
import org.sparkvit.training.ImageLoader;
import org.sparkvit.training.ModelOutput;
import org.sparkvit.training.PixelCache;
import org.sparkvit.training.Start;
import org.sparkvit.training.Trainer;
import org.sparkvit.training.TrainingResult;
import org.sparkvit.training.TrainingRows;
import org.sparkvit.vit.Checkpoint;
import org.sparkvit.vit.ModelDirectory;
import org.sparkvit.vit.Precision;
import org.sparkvit.vit.PreprocessorConfig;
import org.sparkvit.vit.PyTorchRuntime;

/** Images, splits and plan to a model directory with its training record. */
public final class TrainStage {
  /** What made the model: the run record, the classes and every epoch's figures. */
  public static final String RECORD = "training.json";

  private final TrainConfig config;
  private final Progress progress;

  public TrainStage(TrainConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. Nothing is written unless the training ends well. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("train", config.toMap());
    Workspace workspace = Workspace.at(spark, config.workspace());
    // While the driver trains, no Spark task competes for its cores.
    PyTorchRuntime.configure(Runtime.getRuntime().availableProcessors());
    Device device = PyTorchRuntime.device(config.device());
    Precision precision = Precision.of(config.precision(), device);
    TrainingRows rows = rows(workspace, record);
    Labels labels = rows.labels();
    ModelOutput output = ModelOutput.at(spark, workspace.model(config.name()), config.overwrite());
    Checkpoint start = start(spark, workspace, labels, record);
    config.recipe().augmentation().requireFits(start.config().imageSize());
    progress.say("train: " + rows.describe());
    progress.say(
        String.format(
            Locale.ROOT,
            "train: %,d parameters, %d pixels a side, on %s in %s",
            start.config().parameterCount(),
            start.config().imageSize(),
            device,
            precision.name().toLowerCase(Locale.ROOT)));

    PreprocessSpec input = InputSpec.of(start.preprocessor(), start.config());
    input.requireFits(config.recipe().batchSize());
    try (PixelCache cache = PixelCache.create(cacheFolder(), input.bytes(), rows.images())) {
      progress.say(
          String.format(
              Locale.ROOT,
              "train: reading %,d images into %s (%.1f MB)",
              rows.images(),
              cache.file(),
              (double) rows.images() * input.bytes() / 1e6));
      ImageLoader.Loaded loaded =
          new ImageLoader(spark, workspace, input, config.decodeThreads(), progress)
              .load(rows, labels, cache);
      Trainer trainer = new Trainer(config.recipe(), labels, loaded.data(), progress);
      TrainingResult result = trainer.train(start, device, precision);
      record
          .result("labels", labels.names())
          .result("label_counts", rows.countsToMap())
          .result("unreadable", loaded.unreadable())
          .result("parameters", start.config().parameterCount())
          .result("device", device.toString())
          .result("precision", precision.name().toLowerCase(Locale.ROOT))
          .result("metric", config.recipe().metric().label())
          .result("best_epoch", result.bestEpoch())
          .result("best_value", result.bestValue())
          .result("epochs_done", result.history().size())
          .result("stopped_early", result.stoppedEarly())
          .result("rarest_class", labels.name(trainer.rarestClass()));
      List<Map<String, Object>> history =
          result.history().stream().map(epoch -> epoch.toMap(trainer.rarestClass())).toList();
      String hash = write(spark, output, result.best(), record, history);
      progress.say(
          String.format(
              Locale.ROOT,
              "train: epoch %d was the best of %d%s, %s %.4f; model %.12s is in %s; next: spark-vit"
                  + " score --model %s",
              result.bestEpoch(),
              result.history().size(),
              result.stoppedEarly() ? " (stopped early)" : "",
              config.recipe().metric().label(),
              result.bestValue(),
              hash,
              workspace.model(config.name()),
              config.name()));
    }
  }

  private TrainingRows rows(Workspace workspace, RunRecord record) {
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("splits", workspace.version(SplitsTable.SPEC));
    Optional<Dataset<Row>> plan = Optional.empty();
    if (config.usePlan() && workspace.has(PlanTable.SPEC)) {
      plan = Optional.of(workspace.read(PlanTable.SPEC));
      record.input("plan", workspace.version(PlanTable.SPEC));
    }
    return TrainingRows.of(images, splits, plan);
  }

  private Checkpoint start(
      SparkSession spark, Workspace workspace, Labels labels, RunRecord record) {
    long seed = config.recipe().seed();
    if (config.start() instanceof Start.Pretrained pretrained) {
      String location =
          pretrained.model().contains("/") || pretrained.model().contains(":")
              ? pretrained.model()
              : workspace.model(pretrained.model());
      // What is mapped stays readable when its file is deleted.
      try (ModelFiles files = ModelFiles.fetch(spark, location)) {
        record.input("model", location).input("model_hash", ModelDirectory.hash(files.directory()));
        return ModelDirectory.readForTraining(
            files.directory(), labels.names(), pretrained.imageSize(), seed);
      }
    }
    Start.Scratch scratch = (Start.Scratch) config.start();
    return Checkpoint.random(
        scratch.architecture().withLabels(labels.names()),
        PreprocessorConfig.squash(scratch.architecture().imageSize()),
        seed);
  }

  private Path cacheFolder() {
    return config.cacheFolder().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Writes the model directory, first on this machine and then where it belongs. */
  private static String write(
      SparkSession spark,
      ModelOutput output,
      Checkpoint best,
      RunRecord record,
      List<Map<String, Object>> history) {
    try {
      Path directory = Files.createTempDirectory("spark-vit-model-");
      try {
        ModelDirectory.write(directory, best);
        String hash = ModelDirectory.hash(directory);
        record.result("model_hash", hash);
        Map<String, Object> document = new LinkedHashMap<>(record.toMap());
        document.put(
            "engines",
            Map.of("spark", spark.version(), "pytorch", Engine.getInstance().getVersion()));
        document.put("history", history);
        Files.writeString(directory.resolve(RECORD), Json.write(document));
        output.publish(directory);
        return hash;
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing the model to this machine's temporary folder", e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
