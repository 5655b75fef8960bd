package org.sparkvit.score;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * Options of {@link ScoreStage}.
 *
 * @param workspace URI of the workspace
 * @param model name of a model of the workspace, or URI of a model directory
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per task that read and decode
 * @param partitions Spark partitions; 0 chooses by cores and number of images
 * @param maxErrorRate share of unusable images above which nothing is published, 0 to 1
 * @param retryFailed whether images that could not be scored before are tried again
 */
public record ScoreConfig(
    String workspace,
    String model,
    String device,
    String precision,
    int batchSize,
    int decodeThreads,
    int partitions,
    double maxErrorRate,
    boolean retryFailed) {

  public ScoreConfig {
    if (!Set.of("auto", "cpu", "gpu").contains(device)) {
      throw new UserException("--device is '" + device + "'; use auto, cpu or gpu");
    }
    if (!Set.of("auto", "fp32", "bf16", "fp16", "int8").contains(precision)) {
      throw new UserException(
          "--precision is '" + precision + "'; use auto, fp32, bf16, fp16 or int8");
    }
    requireAtLeast("--batch-size", batchSize, 1);
    requireAtLeast("--decode-threads", decodeThreads, 1);
    requireAtLeast("--partitions", partitions, 0);
    if (!(maxErrorRate >= 0 && maxErrorRate <= 1)) {
      throw new UserException("--max-error-rate is " + maxErrorRate + "; use a share from 0 to 1");
    }
  }

  private static void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new UserException(option + " is " + value + "; use " + least + " or more");
    }
  }

  /** For the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("model", model);
    map.put("device", device);
    map.put("precision", precision);
    map.put("batch-size", batchSize);
    map.put("decode-threads", decodeThreads);
    map.put("partitions", partitions);
    map.put("max-error-rate", maxErrorRate);
    map.put("retry-failed", retryFailed);
    return map;
  }
}
