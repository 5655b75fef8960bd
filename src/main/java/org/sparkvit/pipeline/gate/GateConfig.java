package org.sparkvit.pipeline.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Options of {@link GateStage}.
 *
 * @param workspace URI of the workspace
 * @param checks URI of a file of limits; {@link GateStage#DEFAULTS} where not given
 * @param failOnAnomaly whether what is unusual against earlier runs fails, or warns
 */
public record GateConfig(String workspace, Optional<String> checks, boolean failOnAnomaly) {
  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("checks", checks.orElse(null));
    map.put("fail-on-anomaly", failOnAnomaly);
    return map;
  }
}
