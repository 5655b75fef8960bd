package org.sparkvit.stats.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.sparkvit.core.UserException;

/**
 * The parameters that are searched.
 *
 * @param parameters the parameters in the order of their names
 */
public record SearchSpace(List<Parameter> parameters) {
  public SearchSpace {
    parameters = List.copyOf(parameters);
    if (parameters.isEmpty()) {
      throw new UserException("the search space is empty; write one parameter a line");
    }
  }

  /**
   * Reads a space.
   *
   * @param lines the definition of each parameter by its name, as {@link Parameter#parse} reads it
   */
  public static SearchSpace parse(Map<String, String> lines) {
    List<Parameter> parameters = new ArrayList<>();
    new TreeMap<>(lines).forEach((name, text) -> parameters.add(Parameter.parse(name, text)));
    return new SearchSpace(parameters);
  }

  /** Draws a value for each parameter. */
  public Map<String, String> sample(RandomGenerator random) {
    Map<String, String> values = new LinkedHashMap<>();
    parameters.forEach(parameter -> values.put(parameter.name(), parameter.sample(random)));
    return values;
  }
}
