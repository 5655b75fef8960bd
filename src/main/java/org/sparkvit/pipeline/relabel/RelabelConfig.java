package org.sparkvit.pipeline.relabel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * What the stage {@code relabel} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param model the hash that the model's begins with, or the name of its folder; where absent,
 *     there must be one only
 * @param calibrated whether probabilities are mended first, as table {@code calibrations} says
 * @param minConfidence a label changes only to a class of at least this probability, 0 to 1
 * @param classFloors in place of {@code minConfidence}, for changes to these classes
 * @param minMargin and only where the second class stays at least this far behind, 0 to 1
 * @param reviewConfidence people look at contradictions of at least this probability, 0 to 1
 * @param protectedSplits splits whose labels people alone change
 * @param maxChangeRate the highest share of labels that may change, of those that could, 0 to 1
 * @param slices columns of {@code images} for the summary; absent to choose those with few values
 * @param reviewLimit how many images the review queue holds at most
 * @param overwrite whether an earlier relabelling is replaced
 */
public record RelabelConfig(
    String workspace,
    Optional<String> model,
    boolean calibrated,
    double minConfidence,
    Map<String, Double> classFloors,
    double minMargin,
    double reviewConfidence,
    List<String> protectedSplits,
    double maxChangeRate,
    Optional<List<String>> slices,
    long reviewLimit,
    boolean overwrite) {

  /** Checks names and ranges. */
  public RelabelConfig {
    classFloors = Map.copyOf(classFloors);
    protectedSplits = List.copyOf(protectedSplits);
    slices = slices.map(List::copyOf);
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    if (model.isPresent() && model.get().isBlank()) {
      throw new UserException("--model is empty; give a model's folder name or hash");
    }
    requireShare("--min-confidence", minConfidence);
    requireShare("--min-margin", minMargin);
    requireShare("--review-confidence", reviewConfidence);
    requireShare("--max-change-rate", maxChangeRate);
    new TreeMap<>(classFloors)
        .forEach((label, floor) -> requireShare("--class-floor " + label, floor));
    if (reviewConfidence > minConfidence) {
      throw new UserException(
          "--review-confidence "
              + reviewConfidence
              + " is above --min-confidence "
              + minConfidence
              + ", so labels would change more readily than people look at them; lower it");
    }
    for (String split : protectedSplits) {
      if (!SplitsTable.NAMES.contains(split)) {
        throw new UserException(
            "--protect-splits names '" + split + "'; choose of " + SplitsTable.NAMES + ", or none");
      }
    }
    for (String slice : slices.orElse(List.of())) {
      if (slice.isBlank() || slices.get().indexOf(slice) != slices.get().lastIndexOf(slice)) {
        throw new UserException("--slices " + slices.get() + ": name each column once");
      }
    }
    if (reviewLimit < 0) {
      throw new UserException("--review-limit " + reviewLimit + " is negative; use 0 or more");
    }
  }

  private static void requireShare(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new UserException(option + " " + value + " is not between 0 and 1");
    }
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    model.ifPresent(name -> map.put("model", name));
    map.put("calibrated", calibrated);
    map.put("min-confidence", minConfidence);
    map.put("class-floor", new TreeMap<>(classFloors));
    map.put("min-margin", minMargin);
    map.put("review-confidence", reviewConfidence);
    map.put("protect-splits", protectedSplits);
    map.put("max-change-rate", maxChangeRate);
    slices.ifPresent(names -> map.put("slices", names));
    map.put("review-limit", reviewLimit);
    map.put("overwrite", overwrite);
    return map;
  }
}
