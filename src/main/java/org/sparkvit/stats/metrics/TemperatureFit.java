package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Finds the temperature with the least log-loss by Newton's method on its inverse, in which the
 * loss is convex. Sums are whole numbers of 2<sup>-20</sup>, so that they are the same in any
 * order.
 */
public final class TemperatureFit {
  private static final double ONE = 0x1p20;
  private static final double MOST = 100;
  private static final int STEPS = 100;
  private static final double ENOUGH = 1e-9;

  private TemperatureFit() {}

  /** The first and second derivative of the loss, summed over images. */
  public static final class Slope implements Serializable {
    private final double factor;
    private final List<Double> shift;
    private long first;
    private long second;

    /**
     * Creates a sum without images.
     *
     * @param factor the inverse of the temperature
     * @param shift the shift of each class's log-probability
     */
    public Slope(double factor, List<Double> shift) {
      this.factor = factor;
      this.shift = List.copyOf(shift);
    }

    /** Adds an image whose class the model knows. */
    public Slope add(float[] probabilities, int label) {
      double[] logits = Calibration.logits(probabilities, shift);
      double[] p = Calibration.softmax(logits, factor);
      double mean = 0;
      for (int c = 0; c < p.length; c++) {
        mean += p[c] * logits[c];
      }
      double variance = 0;
      for (int c = 0; c < p.length; c++) {
        variance += p[c] * (logits[c] - mean) * (logits[c] - mean);
      }
      first += (long) Math.rint((mean - logits[label]) * ONE);
      second += (long) Math.rint(variance * ONE);
      return this;
    }

    /** Adds the images of another sum. */
    public Slope merge(Slope other) {
      first += other.first;
      second += other.second;
      return this;
    }
  }

  /**
   * Searches for the temperature with the least log-loss.
   *
   * @param slope computes the derivatives over all images at a given inverse of the temperature
   * @return the temperature, 1/100 to 100. It is at an end of the range where the predictions are
   *     all right or all wrong
   */
  public static double find(DoubleFunction<Slope> slope) {
    double low = 1 / MOST;
    double high = MOST;
    double factor = 1;
    for (int step = 0; step < STEPS; step++) {
      Slope at = slope.apply(factor);
      if (at.first == 0) {
        break;
      }
      if (at.first > 0) {
        high = factor;
      } else {
        low = factor;
      }
      double next = at.second == 0 ? Double.NaN : factor - (double) at.first / at.second;
      if (!(next > low && next < high)) {
        next = Math.sqrt(low * high);
      }
      double moved = Math.abs(next - factor) / factor;
      factor = next;
      if (moved < ENOUGH) {
        break;
      }
    }
    return 1 / factor;
  }
}
