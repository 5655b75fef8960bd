package org.sparkvit.pipeline.labels;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * Options of {@link LabelsStage}.
 *
 * @param workspace URI of the workspace
 * @param model whose embeddings are judged by: a name in the workspace, or URI of a model directory
 * @param probabilities URI of a table that is judged by instead; one of the two is given
 * @param rule what makes a label an issue
 * @param folds parts that are each predicted by a head trained on the others, 2 or more
 * @param regularization of these heads, 0 or more (MLlib's regParam)
 * @param neighbors that vote on each label, 1 or more
 * @param seed of the folds, and of the search for neighbours
 * @param embedding how the model embeds
 */
public record LabelsConfig(
    String workspace,
    Optional<String> model,
    Optional<String> probabilities,
    IssueRule rule,
    int folds,
    double regularization,
    int neighbors,
    long seed,
    EmbeddingSettings embedding) {
  public LabelsConfig {
    if (model.isPresent() == probabilities.isPresent()) {
      throw new UserException(
          "give either --from, a model whose embeddings tell what an image is, or --probabilities,"
              + " a table that does"
              + (model.isPresent() ? "; not both" : ""));
    }
    UserException.require(folds >= 2, "--folds", folds, "2 or more");
    UserException.require(
        regularization >= 0 && regularization < Double.POSITIVE_INFINITY,
        "--regularization",
        regularization,
        "0 or more");
    UserException.require(
        neighbors >= 1 && neighbors <= 1000, "--neighbors", neighbors, "1 to 1000");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("from", model.orElse(null));
    map.put("probabilities", probabilities.orElse(null));
    map.put("filter-by", rule.option());
    map.put("folds", folds);
    map.put("regularization", regularization);
    map.put("neighbors", neighbors);
    map.put("seed", seed);
    map.putAll(embedding.toMap());
    return map;
  }
}
