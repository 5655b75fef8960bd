package org.sparkvit.pipeline.score;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;

/**
 * Options of {@link ScoreStage}.
 *
 * @param workspace URI of the workspace
 * @param model name of a model of the workspace, or URI of a model directory
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize images per forward pass, a multiple of {@link #BATCH_STEP}
 * @param decodeThreads threads per task that read and decode
 * @param partitions Spark partitions; 0 chooses by cores and number of images
 * @param chunkImages about how many images become visible together; 0 for what ten minutes score
 * @param maxErrorRate share of unusable images above which a run stops, 0 to 1
 * @param scaledDecoding whether large JPEG files are decoded at a part of their size, see {@link
 *     org.sparkvit.image.resample.PreprocessSpec#scaledDecoding}
 * @param retryFailed whether images that could not be scored before are tried again
 * @param agreementSample how many images are scored in fp32 as well, to compare; 0 for none
 */
public record ScoreConfig(
    String workspace,
    String model,
    String device,
    String precision,
    int batchSize,
    int decodeThreads,
    int partitions,
    long chunkImages,
    double maxErrorRate,
    boolean scaledDecoding,
    boolean retryFailed,
    int agreementSample) {

  /**
   * PyTorch's matrix products take rows in blocks, and round differently in what is left over. With
   * whole blocks an image's result does not depend on its place in the batch, which changes with
   * the number of partitions and with what a rerun finds missing.
   */
  public static final int BATCH_STEP = 16;

  public ScoreConfig {
    if (!Set.of("auto", "cpu", "gpu").contains(device)) {
      throw new UserException("--device is '" + device + "'; use auto, cpu or gpu");
    }
    if (!Precision.CHOICES.contains(precision)) {
      throw new UserException(
          "--precision is '" + precision + "'; use one of " + Precision.CHOICES);
    }
    requireBatchSize(batchSize);
    requireAtLeast("--decode-threads", decodeThreads, 1);
    requireAtLeast("--partitions", partitions, 0);
    requireAtLeast("--chunk-images", chunkImages, 0);
    requireAtLeast("--agreement-sample", agreementSample, 0);
    if (!(maxErrorRate >= 0 && maxErrorRate <= 1)) {
      throw new UserException("--max-error-rate is " + maxErrorRate + "; use a share from 0 to 1");
    }
  }

  /**
   * Checks a batch size.
   *
   * @throws UserException when it is no multiple of {@link #BATCH_STEP}
   */
  public static void requireBatchSize(int batchSize) {
    if (batchSize < 1 || batchSize % BATCH_STEP != 0) {
      throw new UserException(
          "--batch-size is "
              + batchSize
              + "; use a multiple of "
              + BATCH_STEP
              + ", or an image's probabilities would depend on those beside it");
    }
  }

  private static void requireAtLeast(String option, long value, int least) {
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
    map.put("chunk-images", chunkImages);
    map.put("max-error-rate", maxErrorRate);
    map.put("scaled-decoding", scaledDecoding);
    map.put("retry-failed", retryFailed);
    map.put("agreement-sample", agreementSample);
    return map;
  }
}
