package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.List;

/**
 * Makes probabilities say how often they are right: each class's log-probability gets a shift and
 * is divided by the temperature (Guo et al. 2017), then each class goes through a curve of its own,
 * where there are such, and all are made to sum to 1 again. A shift by the logarithm of the real
 * over the trained share of the class undoes what training on resampled data has done to it
 * (Saerens et al. 2002).
 *
 * @param temperature above 0; above 1 makes a model less sure, 1 changes nothing
 * @param shift one for each class; all equal changes nothing
 * @param curves one for each class, or none
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

  /** Without curves, which keeps the class with the highest probability, but for the shift. */
  public Calibration(double temperature, List<Double> shift) {
    this(temperature, shift, List.of());
  }

  /**
   * Returns the shift from one distribution of the classes to another; shares need not sum to 1.
   */
  public static List<Double> shift(double[] trained, double[] real) {
    Double[] shift = new Double[trained.length];
    for (int c = 0; c < shift.length; c++) {
      // A class that either does not know says nothing about the other.
      shift[c] = trained[c] > 0 && real[c] > 0 ? Math.log(real[c] / trained[c]) : 0;
    }
    return List.of(shift);
  }

  /** Returns the probabilities as they should be. */
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
      // No class at all is as good as any.
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
