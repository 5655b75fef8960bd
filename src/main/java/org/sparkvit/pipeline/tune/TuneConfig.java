package org.sparkvit.pipeline.tune;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.stats.search.GridSampler;
import org.sparkvit.stats.search.Parameter;
import org.sparkvit.stats.search.RandomSampler;
import org.sparkvit.stats.search.Sampler;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.stats.search.SuccessiveHalving;
import org.sparkvit.stats.search.TpeSampler;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;

/**
 * What the stage {@code tune} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param name of the study
 * @param overwrite whether a study of that name is replaced
 * @param resume whether a study of that name goes on
 * @param usePlan whether the {@code plan} table counts, where there is one
 * @param useSynthetic whether images of the {@code synthetic} table are shown as well
 * @param rare what becomes of rare classes
 * @param initialization where each training begins
 * @param space what is searched
 * @param method {@code tpe}, {@code random} or {@code grid}
 * @param gridSteps values of each number in a grid
 * @param trials how many in all, at most
 * @param parallel how many at a time; 0 for as many as there are executors
 * @param minutes after which no trial begins; 0 for no limit
 * @param pruneAfter epoch after which bad trials are first ended; 0 for never
 * @param pruneReduction which share of them goes on, as its denominator
 * @param seed decides what the sampler leaves to chance
 * @param device where the executors train: {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16} or {@code fp16}
 * @param decodeThreads of an executor that reads the images
 * @param options of {@code train} that make the recipe where the space does not, by name
 * @param recipes makes a recipe of such options
 */
public record TuneConfig(
    String workspace,
    String name,
    boolean overwrite,
    boolean resume,
    boolean usePlan,
    boolean useSynthetic,
    RareClasses rare,
    Initialization initialization,
    SearchSpace space,
    String method,
    int gridSteps,
    int trials,
    int parallel,
    int minutes,
    int pruneAfter,
    int pruneReduction,
    long seed,
    String device,
    String precision,
    int decodeThreads,
    Map<String, String> options,
    Recipes recipes) {

  /** Makes recipes. */
  @FunctionalInterface
  public interface Recipes {
    /**
     * The recipe of some options of {@code train}.
     *
     * @param options values by name
     * @throws UserException when there is no such option, or it cannot have that value
     */
    Recipe of(Map<String, String> options);
  }

  public TuneConfig {
    options = new TreeMap<>(options);
    OutputName.require(name);
    UserException.require(
        Set.of("tpe", "random", "grid").contains(method),
        "--sampler",
        method,
        "tpe, random or grid");
    UserException.require(gridSteps >= 1, "--grid-steps", gridSteps, "1 or more");
    UserException.require(trials >= 1, "--trials", trials, "1 or more");
    UserException.require(
        parallel >= 0, "--parallel", parallel, "0 (one for each executor) or more");
    UserException.require(minutes >= 0, "--minutes", minutes, "0 (no limit) or more");
    UserException.require(pruneAfter >= 0, "--prune-after", pruneAfter, "0 (never) or more");
    UserException.require(pruneReduction >= 2, "--prune-reduction", pruneReduction, "2 or more");
    UserException.require(
        Set.of("auto", "cpu", "gpu").contains(device), "--device", device, "auto, cpu or gpu");
    UserException.require(
        Set.of("auto", "fp32", "bf16", "fp16").contains(precision),
        "--precision",
        precision,
        "auto, fp32, bf16 or fp16");
    UserException.require(decodeThreads >= 1, "--decode-threads", decodeThreads, "1 or more");
    requireFits(space, options, recipes);
  }

  /** Tries the ends of each range, so that a mistake shows before anything is trained. */
  private static void requireFits(SearchSpace space, Map<String, String> options, Recipes recipes) {
    for (Parameter parameter : space.parameters()) {
      if (parameter.name().equals("metric")) {
        throw new UserException(
            "the search space has 'metric', which is what trials are compared by; set it with"
                + " --metric");
      }
      for (String value : parameter.edges()) {
        Map<String, String> tried = new TreeMap<>(options);
        tried.put(parameter.name(), value);
        try {
          Objects.requireNonNull(recipes.of(tried));
        } catch (UserException e) {
          throw new UserException(
              "the search space lets '"
                  + parameter.name()
                  + "' be "
                  + value
                  + ": "
                  + e.getMessage(),
              e);
        }
      }
    }
  }

  /** The options of a trial. */
  Map<String, String> optionsWith(Map<String, String> values) {
    Map<String, String> all = new TreeMap<>(options);
    all.putAll(values);
    return all;
  }

  Sampler sampler() {
    return switch (method) {
      case "random" -> new RandomSampler(space, seed);
      case "grid" -> new GridSampler(space, gridSteps);
      default -> new TpeSampler(space, seed);
    };
  }

  /** Null where nothing is pruned. */
  SuccessiveHalving halving() {
    return pruneAfter == 0 ? null : new SuccessiveHalving(pruneAfter, pruneReduction);
  }

  /** What a study is: the same when it goes on. How long and how wide it runs may change. */
  Map<String, String> fingerprint() {
    Map<String, String> map = new LinkedHashMap<>();
    initialization.toMap().forEach((name, value) -> map.put(name, String.valueOf(value)));
    map.putAll(options);
    space
        .parameters()
        .forEach(parameter -> map.put(StudyLog.SEARCHED + parameter.name(), parameter.text()));
    map.put("sampler", method);
    map.put("grid-steps", Integer.toString(gridSteps));
    map.put("prune-after", Integer.toString(pruneAfter));
    map.put("prune-reduction", Integer.toString(pruneReduction));
    map.put("sampler-seed", Long.toString(seed));
    map.put("no-plan", Boolean.toString(!usePlan));
    map.put("synthetic", Boolean.toString(useSynthetic));
    rare.toMap().forEach((name, value) -> map.put(name, String.valueOf(value)));
    map.put("precision", precision);
    return map;
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("name", name);
    map.put("overwrite", overwrite);
    map.put("resume", resume);
    map.putAll(fingerprint());
    map.put("trials", trials);
    map.put("parallel", parallel);
    map.put("minutes", minutes);
    map.put("device", device);
    map.put("decode-threads", decodeThreads);
    return map;
  }
}
