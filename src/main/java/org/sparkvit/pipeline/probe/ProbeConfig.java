package org.sparkvit.pipeline.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.training.recipe.RareClasses;

/**
 * What the stage {@code probe} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param name what the new model is called in the workspace
 * @param overwrite whether a model of that name is replaced
 * @param usePlan whether the {@code plan} table counts, where there is one
 * @param rare what becomes of rare classes
 * @param resampled whether the {@code resampled} table counts
 * @param model name of a model of the workspace, or URI of a Hugging Face model directory
 * @param regularization strengths to choose from, each 0 or more
 * @param elasticNet mixtures to choose from, each 0 (L2 only) to 1 (L1 only)
 * @param folds parts of the train split that each choice is judged on, 2 or more
 * @param metric what the choice is by: {@code log_loss}, {@code accuracy} or {@code f1_weighted}
 * @param maxIterations passes over the train split for one head
 * @param seed decides which image is in which fold
 * @param embedding how the model embeds
 * @param card what the model's card says that cannot be measured
 */
public record ProbeConfig(
    String workspace,
    String name,
    boolean overwrite,
    boolean usePlan,
    RareClasses rare,
    boolean resampled,
    String model,
    List<Double> regularization,
    List<Double> elasticNet,
    int folds,
    String metric,
    int maxIterations,
    long seed,
    EmbeddingSettings embedding,
    CardFields card) {
  /** Spark's names of the metrics that a choice can be by. */
  private static final Map<String, String> METRICS =
      new TreeMap<>(Map.of("log_loss", "logLoss", "accuracy", "accuracy", "f1_weighted", "f1"));

  public ProbeConfig {
    regularization = List.copyOf(regularization);
    elasticNet = List.copyOf(elasticNet);
    OutputName.require(name);
    UserException.require(!model.isBlank(), "--from", model, "the name of a model, or a URI");
    UserException.require(
        !regularization.isEmpty()
            && regularization.stream().allMatch(r -> r >= 0 && r < Double.POSITIVE_INFINITY),
        "--regularization",
        regularization,
        "numbers that are 0 or more");
    UserException.require(
        !elasticNet.isEmpty() && elasticNet.stream().allMatch(a -> a >= 0 && a <= 1),
        "--elastic-net",
        elasticNet,
        "numbers from 0 to 1");
    UserException.require(folds >= 2, "--folds", folds, "2 or more");
    UserException.require(
        METRICS.containsKey(metric), "--metric", metric, "one of " + METRICS.keySet());
    UserException.require(maxIterations >= 1, "--max-iterations", maxIterations, "1 or more");
  }

  /** Spark's name of the metric. */
  String sparkMetric() {
    return METRICS.get(metric);
  }

  /** What decides about the model, by option. */
  Map<String, Object> fingerprint() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("from", model);
    map.put("regularization", regularization);
    map.put("elastic-net", elasticNet);
    map.put("folds", folds);
    map.put("metric", metric);
    map.put("max-iterations", maxIterations);
    map.put("seed", seed);
    map.put("precision", embedding.precision());
    map.putAll(rare.toMap());
    return map;
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("name", name);
    map.put("overwrite", overwrite);
    map.put("no-plan", !usePlan);
    map.put("resampled", resampled);
    map.putAll(fingerprint());
    map.putAll(embedding.toMap());
    map.putAll(card.toMap());
    return map;
  }
}
