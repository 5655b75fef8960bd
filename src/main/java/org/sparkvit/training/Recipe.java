package org.sparkvit.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.Metric;

/**
 * How a model is trained.
 *
 * @param epochs passes over the plan, at most
 * @param batchSize images per step
 * @param learningRate peak of the schedule
 * @param minLearningRate where the cosine ends
 * @param warmupRatio share of all steps over which the rate rises to its peak, 0 to below 1
 * @param weightDecay of AdamW
 * @param clipNorm largest global L2 norm of the gradients; 0 leaves them alone
 * @param augmentation how images change from one showing to the next
 * @param metric what makes an epoch the best, measured on the validation split
 * @param patience evaluations without improvement after which training stops; 0 never stops
 * @param minDelta an improvement counts for the patience when it is larger than this
 * @param seed decides fresh weights, order and augmentation
 */
public record Recipe(
    int epochs,
    int batchSize,
    double learningRate,
    double minLearningRate,
    double warmupRatio,
    double weightDecay,
    double clipNorm,
    Augmentation augmentation,
    Metric metric,
    int patience,
    double minDelta,
    long seed) {

  public Recipe {
    require(epochs >= 1, "--epochs", epochs, "1 or more");
    require(batchSize >= 1, "--batch-size", batchSize, "1 or more");
    // Comparisons are written so that NaN fails them.
    require(
        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
        "--learning-rate",
        learningRate,
        "a number above 0");
    require(
        minLearningRate >= 0 && minLearningRate <= learningRate,
        "--min-learning-rate",
        minLearningRate,
        "0 up to the learning rate, " + learningRate);
    require(
        warmupRatio >= 0 && warmupRatio < 1,
        "--warmup-ratio",
        warmupRatio,
        "0 or more and less than 1");
    require(
        weightDecay >= 0 && weightDecay < 1, "--weight-decay", weightDecay, "0 or more, below 1");
    require(
        clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY,
        "--clip-norm",
        clipNorm,
        "0 (no clipping) or more");
    require(patience >= 0, "--patience", patience, "0 (never stop early) or more");
    require(
        minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY, "--min-delta", minDelta, "0 or more");
  }

  static void require(boolean holds, String option, Object value, String range) {
    if (!holds) {
      throw new UserException(option + " is " + value + "; use " + range);
    }
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epochs", epochs);
    map.put("batch-size", batchSize);
    map.put("learning-rate", learningRate);
    map.put("min-learning-rate", minLearningRate);
    map.put("warmup-ratio", warmupRatio);
    map.put("weight-decay", weightDecay);
    map.put("clip-norm", clipNorm);
    map.putAll(augmentation.toMap());
    map.put("metric", metric.label());
    map.put("patience", patience);
    map.put("min-delta", minDelta);
    map.put("seed", seed);
    return map;
  }
}
