package org.sparkvit.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.tune.TuneConfig;
import org.sparkvit.pipeline.tune.TuneStage;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.training.recipe.Initialization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit tune}. */
@Command(
    name = "tune",
    description = {
      "Looks for the settings of 'train' that are best by --metric on the validation split. Each"
          + " trial is a training",
      "within one executor; bad ones end early. What happens is in"
          + " WORKSPACE/studies/NAME/study.jsonl at any time, and",
      "the best settings are in best.properties beside it, for 'spark-vit train --config'."
    })
final class TuneCommand extends SparkCommand {
  @Option(
      names = "--space",
      required = true,
      paramLabel = "FILE",
      description =
          "What is searched: lines such as 'learning-rate = log-float 1e-5 1e-3', 'batch-size ="
              + " categorical 16 32', 'drop-path = float 0 0.3', 'epochs = int 3 10'; any option of"
              + " a recipe.")
  private Path space;

  @Option(
      names = "--name",
      defaultValue = "study",
      description = "What the study is called in the workspace. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace a study of that name.")
  private boolean overwrite;

  @Option(
      names = "--resume",
      fallbackValue = "true",
      description =
          "Go on with a study of that name, trials that were interrupted first; without one, begin"
              + " at the beginning.")
  private boolean resume;

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "30",
      description = "How many in all, at most. Default: ${DEFAULT-VALUE}.")
  private int trials;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "0",
      description = "After so long no trial begins; 0 for no limit. Default: ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Trials at a time; 0 for as many as there are executors, each of which trains one at a"
              + " time. Default: ${DEFAULT-VALUE}.")
  private int parallel;

  @Option(
      names = "--sampler",
      paramLabel = "tpe|random|grid",
      defaultValue = "tpe",
      description =
          "tpe learns from the trials before, after ten by chance. Default: ${DEFAULT-VALUE}.")
  private String sampler;

  @Option(
      names = "--grid-steps",
      paramLabel = "N",
      defaultValue = "3",
      description = "With --sampler grid: values of each number. Default: ${DEFAULT-VALUE}.")
  private int gridSteps;

  @Option(
      names = "--prune-after",
      paramLabel = "EPOCHS",
      defaultValue = "1",
      description =
          "Epochs after which a trial first has to be among the best to go on, then"
              + " --prune-reduction times as many, and so on (ASHA); 0 lets all go on. Default:"
              + " ${DEFAULT-VALUE}.")
  private int pruneAfter;

  @Option(
      names = "--prune-reduction",
      paramLabel = "N",
      defaultValue = "4",
      description = "Of N trials the best one goes on. Default: ${DEFAULT-VALUE}.")
  private int pruneReduction;

  @Option(
      names = "--sampler-seed",
      defaultValue = "1",
      description = "Decides which values are tried. Default: ${DEFAULT-VALUE}.")
  private long samplerSeed;

  @Mixin private InitializationOptions start;

  @Mixin private RecipeOptions recipe;

  @Mixin private RareOptions rare;

  @Option(
      names = "--no-plan",
      fallbackValue = "true",
      description = "Ignore the plan table: show every image once with weight 1.")
  private boolean noPlan;

  @Option(
      names = "--synthetic",
      fallbackValue = "true",
      description = "Show the images that 'synthesize' made as well, each once with weight 1.")
  private boolean synthetic;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the executors train; gpu fails at once where there is none. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "auto|fp32|bf16|fp16",
      defaultValue = "auto",
      description = "As of 'train'. Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description =
          "Threads of an executor that read and decode the images, once. Default:"
              + " ${DEFAULT-VALUE}.")
  private int decodeThreads;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    Initialization from = start.initialization();
    // A mistake in these is to show before one in the space.
    Objects.requireNonNull(recipe.recipe(from.defaultLearningRate()));
    TuneConfig config =
        new TuneConfig(
            workspace(),
            name,
            overwrite,
            resume,
            !noPlan,
            synthetic,
            rare.classes(),
            from,
            readSpace(),
            sampler,
            gridSteps,
            trials,
            parallel,
            minutes,
            pruneAfter,
            pruneReduction,
            samplerSeed,
            device,
            precision,
            decodeThreads,
            recipe.values(),
            values -> RecipeOptions.of(values).recipe(from.defaultLearningRate()));
    return new TuneStage(config, progress)::run;
  }

  private SearchSpace readSpace() {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(space)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("--space file '" + space + "' cannot be read: " + e.getMessage(), e);
    }
    Map<String, String> values = new TreeMap<>();
    lines.stringPropertyNames().forEach(key -> values.put(key, lines.getProperty(key)));
    return SearchSpace.parse(values);
  }

  /** Its jobs are the trials, which have lines of their own. */
  @Override
  boolean showsSparkProgress() {
    return false;
  }
}
