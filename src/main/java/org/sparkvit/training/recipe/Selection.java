package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.stats.metrics.Metric;

/**
 * The choice of the epoch that is kept, and of when training stops.
 *
 * @param metric the metric on the validation split that makes an epoch the best
 * @param patience the number of evaluations without improvement after which training stops; 0 never
 *     stops
 * @param minDelta the difference that an improvement must exceed to count for the patience
 */
public record Selection(Metric metric, int patience, double minDelta) implements Serializable {

  public Selection {
    UserException.require(patience >= 0, "--patience", patience, "0 (never stop early) or more");
    UserException.require(
        minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY, "--min-delta", minDelta, "0 or more");
  }

  /** Returns the names and values of the options, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("metric", metric.label());
    map.put("patience", patience);
    map.put("min-delta", minDelta);
    return map;
  }
}
