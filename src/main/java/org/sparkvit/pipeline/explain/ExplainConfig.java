package org.sparkvit.pipeline.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code explain} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param model name or URI of a model directory that has predictions
 * @param split of which images are chosen; null for the test split, or all where there is none
 * @param images of each rule for the whole split, 0 or more
 * @param perGroup of each class and of each value of a slice, 0 or more
 * @param slices columns of {@code images}
 * @param positive class of {@code threshold}; null where it is null
 * @param threshold probability near which the model is uncertain, 0 to 1; null where the two most
 *     probable classes are near each other
 * @param faithfulness how many images deletion and insertion are measured on, 0 or more
 * @param nearest images of the train split to show beside each mistake, 0 to 20; 0 for none, and
 *     then no image of that split is embedded
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per Spark task that read and decode
 * @param overwrite whether earlier explanations are replaced
 */
public record ExplainConfig(
    String workspace,
    String model,
    String split,
    int images,
    int perGroup,
    List<String> slices,
    String positive,
    Double threshold,
    int faithfulness,
    int nearest,
    String device,
    int batchSize,
    int decodeThreads,
    boolean overwrite) {
  /** Explanations hold some hundred kilobytes an image, and people look at each. */
  static final int MOST = 1000;

  /** Of all rules together, whatever the number of classes. */
  static final int MOST_IN_ALL = 10_000;

  private static final int MOST_NEAREST = 20;

  public ExplainConfig {
    slices = List.copyOf(slices);
    String count = "0 to " + MOST;
    UserException.require(images >= 0 && images <= MOST, "--images", images, count);
    UserException.require(perGroup >= 0 && perGroup <= MOST, "--per-group", perGroup, count);
    UserException.require(images + perGroup > 0, "--images", 0, "above 0, or --per-group");
    UserException.require(
        faithfulness >= 0 && faithfulness <= MOST, "--faithfulness", faithfulness, count);
    UserException.require(
        nearest >= 0 && nearest <= MOST_NEAREST, "--nearest", nearest, "0 to " + MOST_NEAREST);
    UserException.require(
        threshold == null || (threshold > 0 && threshold < 1),
        "--threshold",
        threshold,
        "above 0 and below 1");
    UserException.require(
        (threshold == null) == (positive == null),
        "--positive",
        positive,
        "given where --threshold is, which is for that class");
    UserException.require(
        Set.of("auto", "cpu", "gpu").contains(device), "--device", device, "auto, cpu or gpu");
    UserException.require(batchSize >= 1, "--batch-size", batchSize, "1 or more");
    UserException.require(decodeThreads >= 1, "--decode-threads", decodeThreads, "1 or more");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("model", model);
    map.put("split", split);
    map.put("images", images);
    map.put("per-group", perGroup);
    map.put("slices", slices);
    map.put("positive", positive);
    map.put("threshold", threshold);
    map.put("faithfulness", faithfulness);
    map.put("nearest", nearest);
    map.put("device", device);
    map.put("batch-size", batchSize);
    map.put("decode-threads", decodeThreads);
    map.put("overwrite", overwrite);
    return map;
  }
}
