package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.NoPlanOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.SyntheticOption;
import org.sparkvit.core.options.TrainingPrecisionOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.stats.search.GridSampler;
import org.sparkvit.stats.search.Parameter;
import org.sparkvit.stats.search.RandomSampler;
import org.sparkvit.stats.search.Sampler;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.stats.search.SuccessiveHalving;
import org.sparkvit.stats.search.TpeSampler;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.InitializationOptions;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;

/**
 * Options of {@link TuneStage}.
 *
 * @param workspace the URI of the workspace
 * @param name the name of the study
 * @param overwrite whether a study of that name is replaced
 * @param resume whether a study of that name goes on
 * @param usePlan whether the {@code plan} table is used where there is one
 * @param useSynthetic whether images of the {@code synthetic} table are shown as well
 * @param rare the treatment of rare classes
 * @param initialization the weights that each training begins with
 * @param space the file with the search space
 * @param method the way in which values are chosen
 * @param gridSteps the number of values of each number in a grid
 * @param trials the largest number of trials
 * @param parallel the number of trials at a time; 0 for as many as there are executors
 * @param minutes the minutes after which no trial begins; 0 for no limit
 * @param pruneAfter the epoch after which bad trials are first ended; 0 for never
 * @param pruneReduction the factor N of the pruning, by which one in N trials goes on
 * @param seed the seed of the sampler
 * @param device the device of the executors: {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16} or {@code fp16}
 * @param decodeThreads the number of threads of an executor that read and decode
 * @param recipe the recipe of the trainings where the space does not change it
 * @param mlflow the tracking server that the study is logged to
 */
public record TuneConfig(
    @WorkspaceOption String workspace,
    @Option(standard = "study", help = "What the study is called in the workspace.") String name,
    @Option(help = "Replace a study of that name.") boolean overwrite,
    @Option(
            help =
                "Go on with a study of that name, trials that were interrupted first; without one,"
                    + " begin at the beginning.")
        boolean resume,
    @NoPlanOption boolean usePlan,
    @SyntheticOption boolean useSynthetic,
    RareClasses rare,
    InitializationOptions initialization,
    @Option(
            label = "FILE",
            help =
                "What is searched: lines such as 'learning-rate = log-float 1e-5 1e-3', 'batch-size"
                    + " = categorical 16 32', 'drop-path = float 0 0.3', 'epochs = int 3 10'; any"
                    + " option of a recipe.")
        Path space,
    @Option(
            name = "sampler",
            standard = "tpe",
            help = "tpe learns from the trials before, after ten by chance.")
        Method method,
    @Option(
            standard = "3",
            least = 1,
            greatest = 10_000,
            advanced = true,
            help = "With --sampler grid: values of each number.")
        int gridSteps,
    @Option(
            standard = "30",
            least = 1,
            greatest = 1_000_000,
            help = "How many trials in all, at most.")
        int trials,
    @Option(
            standard = "0",
            least = 0,
            greatest = 10_000,
            help =
                "Trials at a time; 0 for as many as there are executors, each of which trains one"
                    + " at a time.")
        int parallel,
    @Option(standard = "0", least = 0, help = "After so long no trial begins; 0 for no limit.")
        int minutes,
    @Option(
            label = "EPOCHS",
            standard = "1",
            least = 0,
            advanced = true,
            help =
                "Epochs after which a trial first has to be among the best to go on, then"
                    + " --prune-reduction times as many, and so on (ASHA); 0 lets all go on.")
        int pruneAfter,
    @Option(standard = "4", least = 2, advanced = true, help = "Of N trials the best one goes on.")
        int pruneReduction,
    @Option(
            name = "sampler-seed",
            standard = "1",
            advanced = true,
            help = "Decides which values are tried.")
        long seed,
    @DeviceOption String device,
    @TrainingPrecisionOption String precision,
    @DecodeThreadsOption int decodeThreads,
    RecipeOptions recipe,
    MlflowOptions mlflow) {

  /** The ways in which values are chosen. */
  public enum Method {
    /** Values are chosen by the results of earlier trials, see {@link TpeSampler}. */
    TPE,
    /** Values are drawn at random. */
    RANDOM,
    /** All combinations of a grid are tried. */
    GRID
  }

  /** The option that trials are compared by, which a space must not have. */
  private static final String METRIC = "metric";

  /** Checks what the ranges of the options cannot. */
  public TuneConfig {
    OutputName.require(name);
  }

  /**
   * Reads the search space. It tries the ends of each range, so that a mistake shows before
   * anything is trained.
   *
   * @throws UserException when the file cannot be read, or has a value that an option does not
   *     accept
   */
  SearchSpace readSpace() {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(space)) {
      lines.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("--space file '" + space + "' cannot be read: " + e.getMessage(), e);
    }
    Map<String, String> values = new TreeMap<>();
    lines.stringPropertyNames().forEach(key -> values.put(key, lines.getProperty(key)));
    SearchSpace read = SearchSpace.parse(values);
    read.parameters().forEach(this::requireFits);
    return read;
  }

  private void requireFits(Parameter parameter) {
    if (parameter.name().equals(METRIC)) {
      throw new UserException(
          "the search space has 'metric', which is what trials are compared by; set it with"
              + " --metric");
    }
    for (String value : parameter.edges()) {
      try {
        recipeWith(Map.of(parameter.name(), value));
      } catch (UserException e) {
        throw new UserException(
            "the search space lets '" + parameter.name() + "' be " + value + ": " + e.getMessage(),
            e);
      }
    }
  }

  /** Returns the options of a trial by name, as people write them. */
  Map<String, String> optionsWith(Map<String, String> values) {
    Map<String, String> all = new TreeMap<>(Options.texts(recipe));
    all.putAll(values);
    return all;
  }

  /**
   * Returns the recipe of a trial.
   *
   * @param values the values of options by name, in place of those that were given for all trials
   * @throws UserException when there is no such option, or it does not accept its value
   */
  Recipe recipeWith(Map<String, String> values) {
    Map<String, List<String>> given = new TreeMap<>();
    optionsWith(values).forEach((option, value) -> given.put(option, List.of(value)));
    return Options.read(RecipeOptions.class, given)
        .recipe(initialization.initialization().defaultLearningRate());
  }

  Sampler sampler(SearchSpace searched) {
    return switch (method) {
      case TPE -> new TpeSampler(searched, seed);
      case RANDOM -> new RandomSampler(searched, seed);
      case GRID -> new GridSampler(searched, gridSteps);
    };
  }

  /** Returns the rule that ends bad trials, or empty where none does. */
  Optional<SuccessiveHalving> halving() {
    return pruneAfter == 0
        ? Optional.empty()
        : Optional.of(new SuccessiveHalving(pruneAfter, pruneReduction));
  }

  /**
   * Returns the settings that identify a study, which must be the same when it goes on. The number
   * of trials, the time and the parallelism may change.
   *
   * @param begin the weights that each training begins with
   * @param searched the search space
   */
  Map<String, String> fingerprint(Initialization begin, SearchSpace searched) {
    Map<String, String> map = new LinkedHashMap<>();
    map.putAll(Options.texts(InitializationOptions.of(begin)));
    map.putAll(Options.texts(recipe));
    searched
        .parameters()
        .forEach(parameter -> map.put(StudyLog.SEARCHED + parameter.name(), parameter.text()));
    Map<String, String> all = Options.texts(this);
    for (String option :
        List.of(
            "sampler",
            "grid-steps",
            "prune-after",
            "prune-reduction",
            "sampler-seed",
            "no-plan",
            "synthetic",
            "precision")) {
      map.put(option, all.get(option));
    }
    map.putAll(Options.texts(rare));
    return map;
  }
}
