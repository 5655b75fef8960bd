package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;

/**
 * The settings that keep a training from diverging or overfitting.
 *
 * @param weightDecay the weight decay of AdamW, for all parameters but biases and norms
 * @param clipNorm the largest global L2 norm of the gradients; 0 for no clipping
 * @param layerDecay the learning rate of a block over that of the block above, above 0 to 1
 * @param labelSmoothing the share of an image's label that is spread over all classes, 0 to below 1
 *     (Szegedy et al. 2016)
 * @param dropPath the probability that an image skips a branch of the last block, 0 to below 1
 * @param averageDecay the decay of the moving average over the steps that is evaluated and kept in
 *     place of the weights, 0 (none) to below 1
 */
public record Regularization(
    double weightDecay,
    double clipNorm,
    double layerDecay,
    double labelSmoothing,
    double dropPath,
    double averageDecay)
    implements Serializable {

  public Regularization {
    UserException.require(
        weightDecay >= 0 && weightDecay < 1, "--weight-decay", weightDecay, "0 or more, below 1");
    UserException.require(
        clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY,
        "--clip-norm",
        clipNorm,
        "0 (no clipping) or more");
    UserException.require(
        layerDecay > 0 && layerDecay <= 1, "--layer-decay", layerDecay, "above 0, up to 1 (none)");
    requireShare("--label-smoothing", labelSmoothing);
    requireShare("--drop-path", dropPath);
    requireShare("--ema-decay", averageDecay);
  }

  private static void requireShare(String option, double value) {
    UserException.require(value >= 0 && value < 1, option, value, "0 (none) or more, below 1");
  }

  /** Returns a regularization by weight decay and clipping only. */
  public static Regularization of(double weightDecay, double clipNorm) {
    return new Regularization(weightDecay, clipNorm, 1, 0, 0, 0);
  }

  /** Returns the names and values of the options, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("weight-decay", weightDecay);
    map.put("clip-norm", clipNorm);
    map.put("layer-decay", layerDecay);
    map.put("label-smoothing", labelSmoothing);
    map.put("drop-path", dropPath);
    map.put("ema-decay", averageDecay);
    return map;
  }
}
