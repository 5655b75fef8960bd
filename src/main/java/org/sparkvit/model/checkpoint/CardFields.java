package org.sparkvit.model.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model's card says that no measurement gives.
 *
 * @param license name of the new model's licence, or null for that of the model it starts from
 * @param knownBiases of the model it starts from, or null for what that model's card says
 */
public record CardFields(String license, String knownBiases) {
  /** What the starting model's card says. */
  public static final CardFields INHERITED = new CardFields(null, null);

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (license != null) {
      map.put("license", license);
    }
    if (knownBiases != null) {
      map.put("known-biases", knownBiases);
    }
    return map;
  }
}
