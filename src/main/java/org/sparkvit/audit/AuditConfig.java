package org.sparkvit.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PdqHash;

/**
 * Options of {@link AuditStage}.
 *
 * @param workspace URI of the workspace
 * @param nearDistance most bits by which PDQ hashes of near duplicates differ, 0 to {@value
 *     PdqHash#SAME}
 * @param hashQuality least quality of a hash that is compared, 0 to 100
 */
public record AuditConfig(String workspace, int nearDistance, int hashQuality) {
  public AuditConfig {
    UserException.require(
        nearDistance >= 0 && nearDistance <= PdqHash.SAME,
        "--near-distance",
        nearDistance,
        "0 to " + PdqHash.SAME);
    UserException.require(
        hashQuality >= 0 && hashQuality <= 100, "--hash-quality", hashQuality, "0 to 100");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("near-distance", nearDistance);
    map.put("hash-quality", hashQuality);
    return map;
  }
}
