package org.sparkvit.pipeline.train;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.sparkvit.core.Background;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.TrainingMetricsTable;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.tracking.Tracking;
import org.sparkvit.training.data.ImageLoader;
import org.sparkvit.training.data.PixelCache;
import org.sparkvit.training.data.Preview;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.loop.CheckpointFolder;
import org.sparkvit.training.loop.DistributedBackend;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.LocalBackend;
import org.sparkvit.training.loop.TrainingBackend;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingResult;
import org.sparkvit.training.output.MetricsFile;
import org.sparkvit.training.output.ModelDestination;
import org.sparkvit.training.output.ProgressLines;
import org.sparkvit.training.output.ResourceLines;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.output.TrainingGauges;
import org.sparkvit.training.recipe.InitialCheckpoint;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.InitializationOptions;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;

/**
 * Trains a model and publishes it with the record of its training. It reads the images with their
 * labels, {@code splits}, {@code plan} and perhaps {@code synthetic}, and adds to {@code
 * training_metrics}. Nothing is published unless the training finishes.
 */
@StageDescription(
    name = "train",
    group = Group.TRAIN,
    help = {
      "Fine-tunes a Vision Transformer, or trains one from scratch, on the train split.",
      "The epoch that is best on the validation split is published as a Hugging Face model"
          + " directory, a version of WORKSPACE/models/NAME. The executors decode the images. The"
          + " driver trains, so it is the driver that wants the GPU."
    })
public final class TrainStage extends Stage<TrainConfig> {
  /** Creates the stage. */
  public TrainStage() {
    super(TrainConfig.class);
  }

  @Override
  protected void check(TrainConfig config) {
    Recipe recipe = config.resolvedRecipe();
    if (config.initialization().initialization() instanceof Initialization.Scratch scratch) {
      recipe.augmentation().requireFits(scratch.architecture().imageSize());
    }
  }

  @Override
  protected List<TableSpec> appends(TrainConfig config) {
    return List.of(TrainingMetricsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, TrainConfig config) {
    Recipe recipe = config.resolvedRecipe();
    Initialization begin = config.initialization().initialization().pinned(context.workspace());
    noteResolved(context, begin, recipe);
    // While the driver trains, no Spark task competes for its cores.
    PyTorchRuntime.configure(Runtime.getRuntime().availableProcessors());
    Device device = PyTorchRuntime.device(config.device());
    Precision precision = Precision.of(config.precision(), device);
    TrainingRows rows =
        TrainingRows.read(
            context.workspace(),
            context.labels(),
            config.usePlan(),
            config.useSynthetic(),
            config.rare(),
            context.record());
    rows.notes().forEach(note -> context.say("warning: %s", note));
    Labels labels = rows.labels();
    ModelDestination output =
        ModelDestination.at(
            context.spark(), context.workspace().model(config.name()), config.overwrite());
    CheckpointFolder states = states(context, config);
    InitialCheckpoint from =
        InitialCheckpoint.open(
            context.spark(), context.workspace(), begin, labels, recipe.seed(), context.record());
    Checkpoint start = from.checkpoint();
    recipe.augmentation().requireFits(start.config().imageSize());
    rows.requireFills(recipe);
    context.say("%s", rows.describe());
    ImageLocations.findPackAdvice(context.workspace(), rows.rows())
        .ifPresent(line -> context.say("%s", line));
    from.notes().forEach(note -> context.say("%s", note));
    context.say(
        "%,d parameters, %d pixels a side, on %s in %s",
        start.config().parameterCount(),
        start.config().imageSize(),
        device,
        precision.name().toLowerCase(Locale.ROOT));

    PreprocessSpec input = InputSpec.of(start.preprocessor(), start.config());
    input.requireFits(recipe.batchSize());
    boolean distributed = config.diloco().isDistributed();
    long cached = distributed ? rows.validationImages() : rows.images();
    try (Tracking tracking = tracking(context, config);
        PixelCache cache = PixelCache.create(cacheFolder(config), input.bytes(), cached)) {
      context.say(
          "reading %,d images into %s (%.1f MB)",
          cached, cache.file(), (double) cached * input.bytes() / 1e6);
      ImageLoader loader =
          new ImageLoader(
              context.spark(),
              context.workspace(),
              input,
              config.decodeThreads(),
              context.progress());
      ImageLoader.Loaded loaded =
          distributed
              ? loader.loadValidation(rows, labels, cache)
              : loader.load(rows, labels, cache);
      if (!distributed) {
        preview(context, recipe, states, labels, loaded.data(), start.config().imageSize());
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
                          context.spark(),
                          rows,
                          ImageLocations.of(context.workspace(), rows.rows()),
                          loaded.data(),
                          labels,
                          input,
                          config.diloco(),
                          config.device(),
                          config.precision(),
                          config.decodeThreads(),
                          states.path().toString(),
                          context.progress()),
                      recipe,
                      start,
                      state)
                  : LocalBackend.open(
                      recipe, labels, loaded.data(), start, device, precision, state);
      List<TrainingListener> listeners = new ArrayList<>();
      listeners.add(new ProgressLines(context.progress()));
      listeners.add(new ResourceLines(context.progress(), device.isGpu()));
      listeners.add(metrics);
      listeners.add(new TrainingGauges(context.metrics()));
      listeners.addAll(config.trainRunOptions().newListeners());
      listeners.add(states);
      // After the state is saved, as a server may let one wait.
      listeners.addAll(tracking.listeners(config.trainRunOptions().logSteps()));
      TrainingResult result =
          new ResumableTraining(recipe, labels, rows.rarestClass(), listeners)
              .train(
                  backend,
                  fingerprint(config, begin, input.background()),
                  config.trainRunOptions().resume() ? Optional.of(states) : Optional.empty());
      if (!result.finished()) {
        throw new UserException("the training was interrupted; --resume goes on with it");
      }
      RunRecord record =
          context
              .record()
              .result("labels", labels.names())
              .result("label_counts", rows.countsToMap())
              .result("unreadable", loaded.unreadable())
              .result("parameters", start.config().parameterCount())
              .result("device", device.toString())
              .result("precision", precision.name().toLowerCase(Locale.ROOT))
              .result("metric", recipe.selection().metric().label())
              .result("best_epoch", result.bestEpoch())
              .result("best_value", result.bestValue())
              .result("epochs_done", result.history().size())
              .result("stopped_early", result.stoppedEarly())
              .result("rarest_class", labels.name(rows.rarestClass()));
      ModelCard card = card(config, recipe, start.config(), from.card(), rows, result);
      TrainedModel.Published published =
          new TrainedModel(record, context.spark().version())
              .publish(output, result, card.text(), metrics.text());
      context.append(
          TrainingMetricsTable.SPEC,
          EpochRows.of(context.spark(), result, published.hash(), config.name()));
      states.delete();
      EpochResult best = result.history().get(result.bestEpoch() - 1);
      tracking.metrics("best", best.validation(), best.recall(), best.steps());
      tracking.model(published.hash(), published.location());
      tracking.finished();
      published.warning().ifPresent(line -> context.say("%s", line));
      context.say(
          "epoch %d was the best of %d%s, %s %.4f; model %.12s is in %s",
          result.bestEpoch(),
          result.history().size(),
          result.stoppedEarly() ? " (stopped early)" : "",
          recipe.selection().metric().label(),
          result.bestValue(),
          published.hash(),
          published.location());
      context.next("score --model %s", config.name());
    }
  }

  /**
   * Adds the resolved options to the record. They include values that follow from other options,
   * such as the learning rate.
   */
  private static void noteResolved(StageContext context, Initialization begin, Recipe recipe) {
    Options.values(InitializationOptions.of(begin)).forEach(context.record()::option);
    Options.values(RecipeOptions.of(recipe)).forEach(context.record()::option);
  }

  /** Begins to log to MLflow, before anything that takes long. A preview is not logged. */
  private static Tracking tracking(StageContext context, TrainConfig config) {
    return config.trainRunOptions().preview()
        ? Tracking.off(context.record())
        : Tracking.begin(
            config.trainRunOptions().mlflow(),
            context.record(),
            config.workspace(),
            config.name(),
            context.spark().sparkContext().hadoopConfiguration(),
            line -> context.say("warning: %s", line));
  }

  /** Draws images as the model will see them, into the folder of the training's states. */
  private static void preview(
      StageContext context,
      Recipe recipe,
      CheckpointFolder states,
      Labels labels,
      TrainingSet data,
      int side) {
    org.apache.hadoop.fs.Path sheet =
        new org.apache.hadoop.fs.Path(states.path(), "contact-sheet.png");
    byte[] png = Preview.draw(recipe, labels, data, side);
    try {
      DiskWrite.put(states.fileSystem(), sheet, png);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + sheet, e);
    }
    context.say("what the model will see is drawn in %s", sheet);
  }

  /**
   * Returns what identifies the training. Images on another background are other images, and
   * another version of a model is another model.
   */
  private static Map<String, Object> fingerprint(
      TrainConfig config, Initialization begin, Background background) {
    Map<String, Object> fingerprint = config.fingerprint(begin);
    if (!background.isNone()) {
      fingerprint.put(CatalogBackground.OPTION, background.toString());
    }
    return fingerprint;
  }

  /**
   * Returns the folder of states, after a check that an earlier state there may be resumed or
   * deleted.
   */
  private static CheckpointFolder states(StageContext context, TrainConfig config) {
    CheckpointFolder states =
        new CheckpointFolder(
            context.spark().sparkContext().hadoopConfiguration(),
            context.workspace().training(config.name()),
            config.trainRunOptions().checkpointSteps(),
            context.progress());
    if (config.trainRunOptions().resume()) {
      context.say(
          states.hasState()
              ? "going on with the training in %s"
              : "there is nothing to go on with in %s; beginning",
          states.path());
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

  private static ModelCard card(
      TrainConfig config,
      Recipe recipe,
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
        config.initialization().from(),
        rows.countsToMap(),
        String.format(
            Locale.ROOT,
            "On the validation split after epoch %d, the best of %d by %s. These figures chose the"
                + " epoch, so they flatter; `spark-vit evaluate` measures on the test split.",
            result.bestEpoch(),
            result.history().size(),
            recipe.selection().metric().label()),
        figures,
        config.fingerprint(config.initialization().initialization()),
        config.card(),
        startCard);
  }

  private static Path cacheFolder(TrainConfig config) {
    return config.cacheFolder().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }
}
