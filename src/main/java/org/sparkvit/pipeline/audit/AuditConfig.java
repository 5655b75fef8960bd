package org.sparkvit.pipeline.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.image.hash.PdqHash;

/**
 * Options of {@link AuditStage}.
 *
 * @param workspace URI of the workspace
 * @param nearDistance most bits by which PDQ hashes of near duplicates differ, 0 to {@value
 *     PdqHash#SAME}
 * @param hashQuality least quality of a hash that is compared, 0 to 100
 * @param crops whether images that are crops of others are looked for
 * @param semantic how images of like meaning are found; where it is not given, they are not
 * @param slices columns of {@code images} whose values are compared; the user's own with a few
 *     values each where not given
 * @param groupColumn column of {@code images} whose values should never be in two splits, e.g. a
 *     patient
 */
public record AuditConfig(
    String workspace,
    int nearDistance,
    int hashQuality,
    boolean crops,
    Optional<SemanticConfig> semantic,
    Optional<List<String>> slices,
    Optional<String> groupColumn) {
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
    map.put("crops", crops);
    semantic.ifPresent(config -> map.putAll(config.toMap()));
    map.put("slices", slices.orElse(null));
    groupColumn.ifPresent(column -> map.put("group-column", column));
    return map;
  }
}
