package org.sparkvit.pipeline.balance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.training.recipe.BalancePolicy;

/**
 * What the stage {@code balance} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param overwrite whether earlier {@code plan} and {@code balance} tables are replaced
 * @param policy how the classes are balanced
 */
public record BalanceConfig(String workspace, boolean overwrite, BalancePolicy policy) {
  public BalanceConfig {
    Objects.requireNonNull(policy);
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("overwrite", overwrite);
    map.putAll(policy.toMap());
    return map;
  }
}
