package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;

/**
 * The settings by which several workers train one model (DiLoCo, Douillard et al. 2023, arXiv
 * 2311.08105). In each round every worker takes AdamW steps of its own on its own share of the
 * images. The changes of the workers' weights are averaged, and the model is updated by the average
 * with Nesterov momentum.
 *
 * @param workers the number of workers; with 1 the driver trains instead
 * @param innerSteps the number of a worker's steps in a round, H; with 1 every step is averaged
 * @param outerLearningRate the share of the averaged change that is applied, above 0
 * @param outerMomentum the Nesterov momentum, 0 to below 1
 */
public record Diloco(int workers, int innerSteps, double outerLearningRate, double outerMomentum)
    implements Serializable {
  /** No workers: the driver trains alone. */
  public static final Diloco NONE = new Diloco(1, 50, 0.7, 0.9);

  public Diloco {
    UserException.require(workers >= 1 && workers <= 10_000, "--workers", workers, "1 to 10,000");
    UserException.require(innerSteps >= 1, "--inner-steps", innerSteps, "1 or more");
    UserException.require(
        outerLearningRate > 0 && outerLearningRate < Double.POSITIVE_INFINITY,
        "--outer-learning-rate",
        outerLearningRate,
        "a number above 0");
    UserException.require(
        outerMomentum >= 0 && outerMomentum < 1,
        "--outer-momentum",
        outerMomentum,
        "0 or more, below 1");
  }

  /** Returns whether there are workers besides the driver. */
  public boolean isDistributed() {
    return workers > 1;
  }

  /** Returns the names and values of the options, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workers", workers);
    if (isDistributed()) {
      map.put("inner-steps", innerSteps);
      map.put("outer-learning-rate", outerLearningRate);
      map.put("outer-momentum", outerMomentum);
    }
    return map;
  }
}
