package org.sparkvit.stats.metrics;

import java.io.Serializable;

/**
 * Computes the log-loss (cross-entropy) as scikit-learn's {@code log_loss} does. It is the mean
 * negative natural logarithm of the probability that was given to the true class.
 *
 * <p>Probabilities are clipped to [eps, 1 - eps], where eps is the machine epsilon of the type that
 * they are stored in. With floats one image contributes at most 15.94, with doubles 36.04.
 */
public final class LogLoss implements Serializable {
  /** Machine epsilon of a float, 2<sup>-23</sup>. */
  public static final double FLOAT_EPSILON = Math.ulp(1f);

  /** Machine epsilon of a double, 2<sup>-52</sup>. */
  public static final double DOUBLE_EPSILON = Math.ulp(1d);

  private final double epsilon;
  private final FixedPointSum sum = new FixedPointSum();
  private long count;

  private LogLoss(double epsilon) {
    this.epsilon = epsilon;
  }

  /** Creates a sum for probabilities that are stored as floats, as a model returns them. */
  public static LogLoss ofFloats() {
    return new LogLoss(FLOAT_EPSILON);
  }

  /** Creates a sum for probabilities that were computed and kept as doubles. */
  public static LogLoss ofDoubles() {
    return new LogLoss(DOUBLE_EPSILON);
  }

  /**
   * Returns the loss of one image.
   *
   * @param probability the probability given to the true class, in [0, 1]; 0 for a class that the
   *     model does not know
   * @param epsilon the distance from 0 and 1 to which the probability is clipped
   */
  public static double of(double probability, double epsilon) {
    if (!(probability >= 0 && probability <= 1 + epsilon)) {
      throw new IllegalArgumentException("not a probability: " + probability);
    }
    double clipped = Math.min(Math.max(probability, epsilon), 1 - epsilon);
    // StrictMath.log gives the same bits on every machine, which Math.log need not do.
    return -StrictMath.log(clipped);
  }

  /**
   * Adds one image.
   *
   * @param probability the probability given to the true class, in [0, 1]
   */
  public void add(double probability) {
    sum.add(of(probability, epsilon));
    count++;
  }

  public void merge(LogLoss other) {
    if (other.epsilon != epsilon) {
      throw new IllegalArgumentException("log-losses clipped at different epsilons");
    }
    sum.add(other.sum);
    count = Math.addExact(count, other.count);
  }

  /** Returns the number of images added. */
  public long count() {
    return count;
  }

  /** Returns the mean over the images, at least 0, or NaN without images. */
  public double value() {
    return count == 0 ? Double.NaN : sum.value() / count;
  }
}
