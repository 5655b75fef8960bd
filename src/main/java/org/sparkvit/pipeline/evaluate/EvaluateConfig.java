package org.sparkvit.pipeline.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code evaluate} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param model evaluates only models whose hash begins with this or whose folder has this name
 * @param slices columns of {@code images}; every value of each gets figures of its own
 * @param positive the class that the summary and the run record are about; where absent, the
 *     rarest. Figures and curves are written for every class, so it changes none of them
 * @param resamples of the bootstrap from which intervals come, 0 for no intervals
 * @param rankBins ranges of the log-odds in which scores of a ranking count as one; 0 for exact
 *     rankings
 * @param overwrite whether figures that exist are replaced
 */
public record EvaluateConfig(
    String workspace,
    Optional<String> model,
    List<String> slices,
    Optional<String> positive,
    int resamples,
    int rankBins,
    boolean overwrite) {

  /** Checks the names. */
  public EvaluateConfig {
    slices = List.copyOf(slices);
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    if (model.isPresent() && model.get().isBlank()) {
      throw new UserException("--model is empty; give a model's folder name or hash");
    }
    if (positive.isPresent() && positive.get().isBlank()) {
      throw new UserException("--positive is empty; give the name of a class");
    }
    UserException.require(
        resamples == 0 || resamples >= 50,
        "--resamples",
        resamples,
        "0 (no intervals), or 50 or more");
    UserException.require(
        rankBins == 0 || (rankBins >= 64 && rankBins <= 1 << 20),
        "--rank-bins",
        rankBins,
        "0 (exact), or 64 to 1048576");
    for (String slice : slices) {
      if (slice.isBlank()) {
        throw new UserException("--slices " + slices + " has an empty name; list column names");
      }
      if (slices.indexOf(slice) != slices.lastIndexOf(slice)) {
        throw new UserException("--slices names '" + slice + "' twice; name each column once");
      }
    }
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    model.ifPresent(name -> map.put("model", name));
    map.put("slices", slices);
    positive.ifPresent(name -> map.put("positive", name));
    map.put("resamples", resamples);
    map.put("rank-bins", rankBins);
    map.put("overwrite", overwrite);
    return map;
  }
}
