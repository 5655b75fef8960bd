package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.stats.metrics.Metric;

/**
 * Which epoch is kept, and when no more are tried.
 *
 * @param metric what makes an epoch the best, measured on the validation split
 * @param patience evaluations without improvement after which training stops; 0 never stops
 * @param minDelta an improvement counts for the patience when it is larger than this
 */
public record Selection(Metric metric, int patience, double minDelta) implements Serializable {

  public Selection {
    UserException.require(patience >= 0, "--patience", patience, "0 (never stop early) or more");
    UserException.require(
        minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY, "--min-delta", minDelta, "0 or more");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("metric", metric.label());
    map.put("patience", patience);
    map.put("min-delta", minDelta);
    return map;
  }
}
