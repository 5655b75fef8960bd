package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.List;

/**
 * Maps a model's probabilities to calibrated ones, which say how often the predictions are right.
 * The log-probability of each class gets a shift and is divided by the temperature (Guo et al.
 * 2017). Then the probability of each class goes through that class's own curve, where curves are
 * given. Finally all are normalised to sum to 1. A shift by the logarithm of the real over the
 * trained share of a class undoes the effect of training on resampled data (Saerens et al. 2002).
 *
 * @param temperature the divisor of the logits, above 0: above 1 makes the model less confident, 1
 *     changes nothing
 * @param shift the shift of each class's log-probability; equal shifts change nothing
 * @param curves a curve for each class, or an empty list for no curves
 */
public record Calibration(double temperature, List<Double> shift, List<ClassCalibration> curves)
    implements Serializable {
  public Calibration {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature " + temperature);
    }
    shift = List.copyOf(shift);
    curves = List.copyOf(curves);
    if (!curves.isEmpty() && curves.size() != shift.size()) {
      throw new IllegalArgumentException(curves.size() + " curves, " + shift.size() + " classes");
    }
  }

  /**
   * Creates a calibration without curves. It keeps the order of the classes' probabilities where
   * all shifts are equal.
   */
  public Calibration(double temperature, List<Double> shift) {
    this(temperature, shift, List.of());
  }

  /**
   * Returns the shift that takes probabilities from one distribution of the classes to another. The
   * shares of a distribution need not sum to 1.
   *
   * @param trained the share of each class in the training data
   * @param real the share of each class in the data to be predicted
   */
  public static List<Double> shift(double[] trained, double[] real) {
    Double[] shift = new Double[trained.length];
    for (int c = 0; c < shift.length; c++) {
      // Where a class is missing from one distribution, the two say nothing about its shift.
      shift[c] = trained[c] > 0 && real[c] > 0 ? Math.log(real[c] / trained[c]) : 0;
    }
    return List.of(shift);
  }

  /** Returns the calibrated probabilities, which sum to 1. */
  public float[] apply(float[] probabilities) {
    double[] exact = softmax(logits(probabilities, shift), 1 / temperature);
    if (!curves.isEmpty()) {
      exact = normalized(exact);
    }
    float[] floats = new float[exact.length];
    for (int c = 0; c < floats.length; c++) {
      floats[c] = (float) exact[c];
    }
    return floats;
  }

  private double[] normalized(double[] p) {
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = curves.get(c).apply(p[c]);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      // Where all are 0, all classes are equally probable.
      p[c] = sum > 0 ? p[c] / sum : 1.0 / p.length;
    }
    return p;
  }

  static double[] logits(float[] probabilities, List<Double> shift) {
    double[] logits = new double[probabilities.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = Math.log(Math.max(probabilities[c], Float.MIN_NORMAL)) + shift.get(c);
    }
    return logits;
  }

  static double[] softmax(double[] logits, double factor) {
    double most = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      most = Math.max(most, logit * factor);
    }
    double[] p = new double[logits.length];
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[c] * factor - most);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }
}
