package org.sparkvit.pipeline.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * How images are found that mean the same to a model.
 *
 * @param from name of a model of the workspace, or URI of a model directory
 * @param cosine least cosine of their embeddings as seen from the mean, {@value #LEAST} to 1
 * @param embedding how the model embeds
 */
public record SemanticConfig(String from, double cosine, EmbeddingSettings embedding) {
  /** Here the search finds a sixth of the pairs, below hardly any. */
  private static final double LEAST = 0.8;

  public SemanticConfig {
    UserException.require(
        cosine >= LEAST && cosine < 1,
        "--semantic-cosine",
        cosine,
        LEAST + " or more, and less than 1");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("semantic-from", from);
    map.put("semantic-cosine", cosine);
    map.putAll(Options.values(embedding));
    return map;
  }
}
