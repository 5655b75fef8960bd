package org.sparkvit.balance;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code balance} is asked to do. Sampling comes first; weights then correct what
 * imbalance it leaves.
 *
 * @param workspace URI of the workspace
 * @param overwrite whether earlier {@code plan} and {@code balance} tables are replaced
 * @param sampling which images are shown more or less often
 * @param ratio what over- and under-sampling aim for: smallest over largest class, above 0 up to 1
 * @param weights how the loss weighs the classes
 * @param beta of {@link Weights#EFFECTIVE}, from 0 (all equal) to below 1 (towards inverse)
 * @param seed another seed draws other images
 */
public record BalanceConfig(
    String workspace,
    boolean overwrite,
    Sampling sampling,
    BigDecimal ratio,
    Weights weights,
    double beta,
    long seed) {

  /** Which images are shown more or less often. */
  public enum Sampling {
    /** Every image once. */
    NONE,
    /** Images of small classes several times. */
    OVERSAMPLE,
    /** Some images of large classes not at all. */
    UNDERSAMPLE
  }

  /** How the loss weighs the classes; the weights of the K classes sum to K. */
  public enum Weights {
    /** All 1. */
    NONE,
    /** In proportion to 1 / n, n being how often a class is shown. */
    INVERSE,
    /**
     * In proportion to (1 - beta) / (1 - beta^n), the inverse of the effective number of samples
     * (Cui et al. 2019, arXiv 1901.05555).
     */
    EFFECTIVE
  }

  /** Checks the ranges. */
  public BalanceConfig {
    Objects.requireNonNull(sampling);
    Objects.requireNonNull(weights);
    if (ratio.signum() <= 0 || ratio.compareTo(BigDecimal.ONE) > 0) {
      throw new UserException(
          "--ratio is "
              + ratio.toPlainString()
              + "; give smallest over largest class, above 0 and up to 1");
    }
    if (sampling == Sampling.NONE && ratio.compareTo(BigDecimal.ONE) != 0) {
      throw new UserException(
          "--ratio is "
              + ratio.toPlainString()
              + ", but nothing is sampled; add --sampling OVERSAMPLE or UNDERSAMPLE");
    }
    // Written so that NaN is refused too.
    if (!(beta >= 0 && beta < 1)) {
      throw new UserException(
          "--beta is " + beta + "; give 0 or more and less than 1, e.g. 0.9999");
    }
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("overwrite", overwrite);
    map.put("sampling", sampling.name());
    map.put("ratio", ratio);
    map.put("weights", weights.name());
    map.put("beta", beta);
    map.put("seed", seed);
    return map;
  }
}
