package org.sparkvit.pipeline.resample;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * Options of {@link ResampleStage}.
 *
 * @param workspace URI of the workspace
 * @param model whose embeddings they are: a name in the workspace, or URI of a model directory
 * @param method {@code none}, {@code smote}, {@code borderline_smote} or {@code adasyn}
 * @param cleaning {@code none}, {@code enn_all}, {@code enn_mode} or {@code tomek}; it comes first
 * @param ratio of the smallest over the largest class that is aimed for, above 0 to 1
 * @param seed another seed makes other points
 * @param embedding how the model embeds
 */
public record ResampleConfig(
    String workspace,
    String model,
    String method,
    String cleaning,
    double ratio,
    long seed,
    EmbeddingSettings embedding) {
  private static final String NONE = "none";

  public ResampleConfig {
    UserException.require(
        Set.of(NONE, "smote", "borderline_smote", "adasyn").contains(method),
        "--method",
        method,
        "none, smote, borderline_smote or adasyn");
    UserException.require(
        Set.of(NONE, "enn_all", "enn_mode", "tomek").contains(cleaning),
        "--cleaning",
        cleaning,
        "none, enn_all, enn_mode or tomek");
    if (method.equals(NONE) && cleaning.equals(NONE)) {
      throw new UserException("--method none and --cleaning none leave all as it is");
    }
    UserException.require(ratio > 0 && ratio <= 1, "--ratio", ratio, "above 0 and up to 1");
  }

  /** Whether points are made up. */
  boolean makesPoints() {
    return !method.equals(NONE);
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("from", model);
    map.put("method", method);
    map.put("cleaning", cleaning);
    map.put("ratio", ratio);
    map.put("seed", seed);
    map.putAll(Options.values(embedding));
    return map;
  }
}
