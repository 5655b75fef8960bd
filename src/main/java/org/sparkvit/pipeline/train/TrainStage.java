package org.sparkvit.pipeline.train;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.TrainingMetricsTable;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.training.data.ImageLoader;
import org.sparkvit.training.data.PixelCache;
import org.sparkvit.training.data.Preview;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.loop.CheckpointFolder;
import org.sparkvit.training.loop.DistributedBackend;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.InterruptionHook;
import org.sparkvit.training.loop.LocalBackend;
import org.sparkvit.training.loop.Trainer;
import org.sparkvit.training.loop.TrainingBackend;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingResult;
import org.sparkvit.training.output.MetricsFile;
import org.sparkvit.training.output.ModelDestination;
import org.sparkvit.training.output.ProgressLines;
import org.sparkvit.training.output.ResourceLines;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.recipe.InitialCheckpoint;
import org.sparkvit.training.recipe.Initialization;

/** Images, splits and plan to a model directory with its training record. */
public final class TrainStage {
  private final TrainConfig config;
  private final Progress progress;

  public TrainStage(TrainConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. Nothing is written unless the training ends well. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("train", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    // While the driver trains, no Spark task competes for its cores.
    PyTorchRuntime.configure(Runtime.getRuntime().availableProcessors());
    Device device = PyTorchRuntime.device(config.device());
    Precision precision = Precision.of(config.precision(), device);
    TrainingRows rows =
        TrainingRows.read(
            workspace, config.usePlan(), config.useSynthetic(), config.rare(), record);
    rows.notes().forEach(note -> progress.say("train: warning: " + note));
    Labels labels = rows.labels();
    ModelDestination output =
        ModelDestination.at(spark, workspace.model(config.name()), config.overwrite());
    CheckpointFolder states = states(spark, workspace);
    Initialization begin = config.initialization().pinned(workspace);
    InitialCheckpoint from =
        InitialCheckpoint.of(spark, workspace, begin, labels, config.recipe().seed(), record);
    Checkpoint start = from.checkpoint();
    config.recipe().augmentation().requireFits(start.config().imageSize());
    rows.requireFills(config.recipe());
    progress.say("train: " + rows.describe());
    from.notes().forEach(note -> progress.say("train: " + note));
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
    boolean distributed = config.diloco().isDistributed();
    long cached = distributed ? rows.validationImages() : rows.images();
    try (PixelCache cache = PixelCache.create(cacheFolder(), input.bytes(), cached)) {
      progress.say(
          String.format(
              Locale.ROOT,
              "train: reading %,d images into %s (%.1f MB)",
              cached,
              cache.file(),
              (double) cached * input.bytes() / 1e6));
      ImageLoader loader =
          new ImageLoader(spark, workspace, input, config.decodeThreads(), progress);
      ImageLoader.Loaded loaded =
          distributed
              ? loader.loadValidation(rows, labels, cache)
              : loader.load(rows, labels, cache);
      if (!distributed) {
        preview(states, labels, loaded.data(), start.config().imageSize());
        if (config.trainRunOptions().preview()) {
          return;
        }
      }
      MetricsFile metrics =
          new MetricsFile(states.fileSystem(), states.path(), config.trainRunOptions().logSteps());
      Function<Optional<Path>, TrainingBackend> backend =
          state ->
              distributed
                  ? DistributedBackend.open(
                      new DistributedBackend.Setup(
                          spark,
                          rows,
                          ImageLocations.of(workspace, rows.rows()),
                          loaded.data(),
                          labels,
                          input,
                          config.diloco(),
                          config.device(),
                          config.precision(),
                          config.decodeThreads(),
                          states.path().toString(),
                          progress),
                      config.recipe(),
                      start,
                      state)
                  : LocalBackend.open(
                      config.recipe(), labels, loaded.data(), start, device, precision, state);
      TrainingResult result =
          train(
              backend,
              device.isGpu(),
              labels,
              rows.rarestClass(),
              fingerprint(begin, input.background()),
              states,
              metrics);
      if (!result.finished()) {
        throw new UserException("the training was interrupted; --resume goes on with it");
      }
      record
          .result("labels", labels.names())
          .result("label_counts", rows.countsToMap())
          .result("unreadable", loaded.unreadable())
          .result("parameters", start.config().parameterCount())
          .result("device", device.toString())
          .result("precision", precision.name().toLowerCase(Locale.ROOT))
          .result("metric", config.recipe().selection().metric().label())
          .result("best_epoch", result.bestEpoch())
          .result("best_value", result.bestValue())
          .result("epochs_done", result.history().size())
          .result("stopped_early", result.stoppedEarly())
          .result("rarest_class", labels.name(rows.rarestClass()));
      ModelCard card = card(start.config(), from.card(), rows, result);
      TrainedModel.Published published =
          new TrainedModel(record, spark.version())
              .publish(output, result, card.text(), metrics.text());
      workspace.append(
          TrainingMetricsTable.SPEC,
          record.runId(),
          epochs(spark, result, published.hash()),
          record,
          written -> {});
      states.delete();
      published.warning().ifPresent(line -> progress.say("train: warning: " + line));
      progress.say(
          String.format(
              Locale.ROOT,
              "train: epoch %d was the best of %d%s, %s %.4f; model %.12s is in %s; next: spark-vit"
                  + " score --model %s",
              result.bestEpoch(),
              result.history().size(),
              result.stoppedEarly() ? " (stopped early)" : "",
              config.recipe().selection().metric().label(),
              result.bestValue(),
              published.hash(),
              published.location(),
              config.name()));
    }
  }

  private Dataset<Row> epochs(SparkSession spark, TrainingResult result, String hash) {
    List<Row> rows = new ArrayList<>();
    for (EpochResult epoch : result.history()) {
      Map<String, Double> all = new LinkedHashMap<>();
      all.put("train_loss", epoch.trainLoss());
      all.put("learning_rate", epoch.learningRate());
      all.put("gradient_norm", epoch.gradientNorm());
      all.put("seconds", epoch.seconds());
      all.put("images_per_second", epoch.imagesPerSecond());
      all.putAll(epoch.validation());
      all.forEach((name, value) -> rows.add(row(hash, epoch, name, MetricsTable.ALL, value)));
      epoch.recall().forEach((label, value) -> rows.add(row(hash, epoch, "recall", label, value)));
    }
    return spark.createDataFrame(rows, TrainingMetricsTable.SPEC.schema()).coalesce(1);
  }

  private Row row(String hash, EpochResult epoch, String name, String label, double value) {
    return RowFactory.create(
        hash,
        config.name(),
        epoch.epoch(),
        epoch.steps(),
        name,
        label,
        Double.isFinite(value) ? value : null);
  }

  /** Draws what the model will see, where figures and states of the training go. */
  private void preview(CheckpointFolder states, Labels labels, TrainingSet data, int side) {
    org.apache.hadoop.fs.Path sheet =
        new org.apache.hadoop.fs.Path(states.path(), "contact-sheet.png");
    byte[] png = Preview.draw(config.recipe(), labels, data, side);
    try {
      DiskWrite.put(states.fileSystem(), sheet, png);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + sheet, e);
    }
    progress.say("train: what the model will see is drawn in " + sheet);
  }

  /**
   * What makes the training what it is; images on another background are other images, and another
   * version of a model is another model.
   */
  private Map<String, Object> fingerprint(Initialization begin, Background background) {
    Map<String, Object> fingerprint = new LinkedHashMap<>(config.fingerprint());
    if (begin instanceof Initialization.Pretrained pretrained) {
      fingerprint.put("from", pretrained.model());
    }
    if (!background.isNone()) {
      fingerprint.put(CatalogBackground.OPTION, background.toString());
    }
    return fingerprint;
  }

  private TrainingResult train(
      Function<Optional<Path>, TrainingBackend> open,
      boolean gpu,
      Labels labels,
      int rarest,
      Map<String, Object> fingerprint,
      CheckpointFolder states,
      MetricsFile metrics) {
    InterruptionHook hook = new InterruptionHook();
    List<TrainingListener> listeners = new ArrayList<>();
    listeners.add(new ProgressLines(progress));
    listeners.add(new ResourceLines(progress, gpu));
    listeners.add(metrics);
    listeners.addAll(config.trainRunOptions().newListeners());
    listeners.add(states);
    listeners.add(hook);
    try {
      Path scratch = Files.createTempDirectory("spark-vit-resume-");
      try {
        Optional<Trainer.Resumption> resumption =
            config.trainRunOptions().resume() ? states.latest(scratch) : Optional.empty();
        try (TrainingBackend backend = open.apply(resumption.map(Trainer.Resumption::last))) {
          return new Trainer(config.recipe(), labels, rarest, listeners)
              .train(backend, fingerprint, resumption);
        }
      } finally {
        hook.close();
        FileUtil.fullyDelete(scratch.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("using this machine's temporary folder", e);
    }
  }

  /** The folder of states, when what is to be done with it is clear. */
  private CheckpointFolder states(SparkSession spark, Workspace workspace) {
    CheckpointFolder states =
        new CheckpointFolder(
            spark.sparkContext().hadoopConfiguration(),
            workspace.training(config.name()),
            config.trainRunOptions().checkpointSteps(),
            progress);
    if (config.trainRunOptions().resume()) {
      progress.say(
          states.hasState()
              ? "train: going on with the training in " + states.path()
              : "train: there is nothing to go on with in " + states.path() + "; beginning");
    } else if (states.hasState()) {
      if (!config.overwrite()) {
        throw new UserException(
            "a training of '"
                + config.name()
                + "' was interrupted; pass --resume to go on with it, --overwrite to begin anew, or"
                + " choose another --name");
      }
      states.delete();
    }
    return states;
  }

  private ModelCard card(
      ViTConfig architecture,
      Optional<String> startCard,
      TrainingRows rows,
      TrainingResult result) {
    EpochResult best = result.history().get(result.bestEpoch() - 1);
    Map<String, Double> figures = new LinkedHashMap<>(best.validation());
    best.recall().forEach((label, value) -> figures.put("recall of " + label, value));
    return new ModelCard(
        config.name(),
        architecture,
        config.initialization() instanceof Initialization.Pretrained pretrained
            ? Optional.of(pretrained.model())
            : Optional.empty(),
        rows.countsToMap(),
        String.format(
            Locale.ROOT,
            "On the validation split after epoch %d, the best of %d by %s. These figures chose the"
                + " epoch, so they flatter; `spark-vit evaluate` measures on the test split.",
            result.bestEpoch(),
            result.history().size(),
            config.recipe().selection().metric().label()),
        figures,
        config.fingerprint(),
        config.card(),
        startCard);
  }

  private Path cacheFolder() {
    return config.cacheFolder().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }
}
