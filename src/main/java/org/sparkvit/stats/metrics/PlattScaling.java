package org.sparkvit.stats.metrics;

/**
 * A calibration curve that is logistic in the log-odds of a class (Platt 1999): {@code 1 / (1 +
 * exp(-(slope * log(p / (1 - p)) + intercept)))}.
 */
public record PlattScaling(double slope, double intercept) implements ClassCalibration {
  private static final int STEPS = 100;
  private static final double ENOUGH = 1e-10;

  /**
   * The distance from 0 and 1 to which probabilities are clipped, so that their log-odds are
   * finite.
   */
  private static final double LEAST = Float.MIN_NORMAL;

  @Override
  public double apply(double probability) {
    return sigmoid(slope * logOdds(probability) + intercept);
  }

  private static double logOdds(double probability) {
    return Math.log(Math.max(probability, LEAST)) - Math.log(Math.max(1 - probability, LEAST));
  }

  private static double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }

  /**
   * Fits the curve with the least log-loss by Newton's method with halved steps (Lin, Lin and Weng
   * 2007). As in Platt's paper, the target of the n images of the class is {@code (n + 1) / (n +
   * 2)}, and that of the n others is {@code 1 / (n + 2)}. So classes that do not overlap have a
   * curve, too.
   *
   * @param scores the probabilities of the class, for images of it and others
   * @throws IllegalArgumentException where there is no image of the class, or no other
   */
  public static PlattScaling fit(ScoreHistogram scores) {
    Loss loss = new Loss(scores);
    double a = 1;
    double b = 0;
    double now = loss.at(a, b);
    for (int step = 0; step < STEPS; step++) {
      double[] d = loss.derivatives(a, b);
      double determinant = d[2] * d[4] - d[3] * d[3];
      double da = -(d[4] * d[0] - d[3] * d[1]) / determinant;
      double db = -(d[2] * d[1] - d[3] * d[0]) / determinant;
      double part = 1;
      double next = loss.at(a + da, b + db);
      while (!(next <= now) && part > ENOUGH) {
        part /= 2;
        next = loss.at(a + part * da, b + part * db);
      }
      if (!(next <= now)) {
        break;
      }
      a += part * da;
      b += part * db;
      boolean done = Math.abs(part * da) + Math.abs(part * db) < ENOUGH;
      now = next;
      if (done) {
        break;
      }
    }
    // A curve that falls would turn the order of the images around.
    return a > 0 ? new PlattScaling(a, b) : new PlattScaling(0, loss.constant());
  }

  /** The log-loss as a function of slope and intercept, and its derivatives. */
  private static final class Loss {
    /**
     * A small ridge penalty, which makes the minimum unique where all scores are equal. Elsewhere
     * it has no effect that matters.
     */
    private static final double RIDGE = 1e-12;

    private final ScoreHistogram scores;
    private final double[] x;
    private final double up;
    private final double down;
    private final long images;

    Loss(ScoreHistogram scores) {
      this.scores = scores;
      x = new double[scores.size()];
      long positives = 0;
      long negatives = 0;
      for (int i = 0; i < x.length; i++) {
        x[i] = logOdds(scores.score(i));
        positives += scores.positives(i);
        negatives += scores.images(i) - scores.positives(i);
      }
      if (positives == 0 || negatives == 0) {
        throw new IllegalArgumentException(positives + " images of the class, " + negatives);
      }
      up = (positives + 1.0) / (positives + 2.0);
      down = 1 / (negatives + 2.0);
      images = positives + negatives;
    }

    /** Returns the weighted sum of the targets of the images that have score {@code i}. */
    private double target(int i) {
      long positives = scores.positives(i);
      return positives * up + (scores.images(i) - positives) * down;
    }

    double at(double a, double b) {
      double loss = 0;
      for (int i = 0; i < x.length; i++) {
        double f = a * x[i] + b;
        // -t log s(f) - (n - t) log (1 - s(f))
        double softplus = Math.max(f, 0) + Math.log1p(Math.exp(-Math.abs(f)));
        loss += scores.images(i) * softplus - target(i) * f;
      }
      return loss;
    }

    /** Returns the first derivatives by a and b, then the second derivatives by aa, ab and bb. */
    double[] derivatives(double a, double b) {
      double[] d = {0, 0, RIDGE * images, 0, RIDGE * images};
      for (int i = 0; i < x.length; i++) {
        double p = sigmoid(a * x[i] + b);
        double slope = scores.images(i) * p - target(i);
        double weight = scores.images(i) * p * (1 - p);
        d[0] += slope * x[i];
        d[1] += slope;
        d[2] += weight * x[i] * x[i];
        d[3] += weight * x[i];
        d[4] += weight;
      }
      return d;
    }

    double constant() {
      double share = 0;
      for (int i = 0; i < x.length; i++) {
        share += target(i);
      }
      share /= images;
      return Math.log(share / (1 - share));
    }
  }
}
