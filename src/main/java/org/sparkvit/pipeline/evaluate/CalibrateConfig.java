package org.sparkvit.pipeline.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.stats.metrics.Objective;

/**
 * What the stage {@code calibrate} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param model only models whose hash begins with this or whose folder has this name
 * @param method {@code temperature}, {@code platt} or {@code isotonic}
 * @param positive the class that thresholds are for; where absent, the rarer of two, or each
 * @param priorShift whether what the plan shows more often than it occurs is discounted
 * @param terms what the thresholds go by
 * @param reviewCapacity share of the images that people can look at, 0 to 1
 * @param imagesPerDay for saying what a threshold means in images; 0 where not asked
 * @param prevalence share of the images of the future that are of the class, for the same; where
 *     absent, that of the split
 * @param overwrite whether an earlier calibration is replaced
 */
public record CalibrateConfig(
    String workspace,
    Optional<String> model,
    String method,
    Optional<String> positive,
    boolean priorShift,
    Objective.Terms terms,
    double reviewCapacity,
    long imagesPerDay,
    Optional<Double> prevalence,
    boolean overwrite) {
  private static final List<String> METHODS =
      List.of(CalibrationsTable.TEMPERATURE, CalibrationsTable.PLATT, CalibrationsTable.ISOTONIC);

  public CalibrateConfig {
    UserException.require(
        METHODS.contains(method), "--method", method, "temperature, platt or isotonic");
    requireShare("--recall-floor", terms.recallFloor());
    requireShare("--precision-floor", terms.precisionFloor());
    requireShare("--review-capacity", reviewCapacity);
    prevalence.ifPresent(share -> requireShare("--prevalence", share));
    UserException.require(terms.beta() > 0, "--beta", terms.beta(), "a number above 0");
    UserException.require(terms.missCost() >= 0, "--miss-cost", terms.missCost(), "0 or more");
    UserException.require(
        terms.alarmCost() >= 0, "--false-alarm-cost", terms.alarmCost(), "0 or more");
    UserException.require(imagesPerDay >= 0, "--images-per-day", imagesPerDay, "0 or more");
  }

  private static void requireShare(String option, double value) {
    UserException.require(value >= 0 && value <= 1, option, value, "a share from 0 to 1");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    model.ifPresent(name -> map.put("model", name));
    map.put("method", method);
    positive.ifPresent(name -> map.put("positive", name));
    map.put("prior-shift", priorShift);
    map.put("beta", terms.beta());
    map.put("recall-floor", terms.recallFloor());
    map.put("precision-floor", terms.precisionFloor());
    map.put("miss-cost", terms.missCost());
    map.put("false-alarm-cost", terms.alarmCost());
    map.put("review-capacity", reviewCapacity);
    map.put("images-per-day", imagesPerDay);
    prevalence.ifPresent(share -> map.put("prevalence", share));
    map.put("overwrite", overwrite);
    return map;
  }
}
