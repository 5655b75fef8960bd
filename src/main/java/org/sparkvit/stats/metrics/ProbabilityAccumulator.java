package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Accumulates the Brier score, top-k accuracy and calibration of the confidence over images. It
 * keeps the sums for one or for several weightings of the same images at once. Sums are whole
 * numbers of 2<sup>-32</sup>, so that they are the same in any order.
 */
public final class ProbabilityAccumulator implements Serializable {
  /** The number of bins of equal width that the confidence is divided into. */
  private static final int BINS = Reliability.BINS;

  /** The weight of an image that counts once in a single sum. */
  private static final int[] ONCE = {1};

  private static final double ONE = 0x1p32;

  private final int size;
  private final long[] images;
  private final long[] brier;
  private final long[] top2;
  private final long[] top5;
  private final long[][] members = new long[BINS][];
  private final long[][] confidence = new long[BINS][];
  private final long[][] right = new long[BINS][];

  /** Creates an accumulator in which each image counts once. */
  public ProbabilityAccumulator() {
    this(1);
  }

  /**
   * Creates an accumulator for several weightings of the images.
   *
   * @param size the number of weights of each image
   */
  public ProbabilityAccumulator(int size) {
    this.size = size;
    images = new long[size];
    brier = new long[size];
    top2 = new long[size];
    top5 = new long[size];
  }

  /** Adds an image once. */
  public void add(float[] probabilities, int label, boolean correct) {
    add(probabilities, label, correct, ONCE);
  }

  /**
   * Adds an image.
   *
   * @param probabilities the probability of each class that the model knows
   * @param label the index of the true class; the model does not know it where it is at least the
   *     length of {@code probabilities}
   * @param correct whether the prediction is the true class
   * @param weights the number of times that the image counts in each sum, at least as many numbers
   *     as there are sums
   */
  public void add(float[] probabilities, int label, boolean correct, int[] weights) {
    double squares = label < probabilities.length ? 0 : 1;
    double most = 0;
    int above = 0;
    for (int c = 0; c < probabilities.length; c++) {
      double p = probabilities[c];
      double error = c == label ? 1 - p : p;
      squares += error * error;
      most = Math.max(most, p);
      if (label < probabilities.length
          && (p > probabilities[label] || (p == probabilities[label] && c < label))) {
        above++;
      }
    }
    boolean known = label < probabilities.length;
    int bin = Math.min(BINS - 1, (int) (most * BINS));
    if (members[bin] == null) {
      members[bin] = new long[size];
      confidence[bin] = new long[size];
      right[bin] = new long[size];
    }
    addTo(images, weights, 1);
    addTo(brier, weights, fixed(squares));
    addTo(members[bin], weights, 1);
    addTo(confidence[bin], weights, fixed(most));
    if (known && above < 2) {
      addTo(top2, weights, 1);
    }
    if (known && above < 5) {
      addTo(top5, weights, 1);
    }
    if (correct) {
      addTo(right[bin], weights, 1);
    }
  }

  private static long fixed(double value) {
    return (long) Math.rint(value * ONE);
  }

  static void addTo(long[] sums, int[] weights, long amount) {
    // The array may have more weights than there are sums.
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weights[i] * amount;
    }
  }

  /** Adds the sums of another accumulator. */
  public void merge(ProbabilityAccumulator other) {
    add(images, other.images);
    add(brier, other.brier);
    add(top2, other.top2);
    add(top5, other.top5);
    for (int bin = 0; bin < BINS; bin++) {
      members[bin] = sum(members[bin], other.members[bin]);
      confidence[bin] = sum(confidence[bin], other.confidence[bin]);
      right[bin] = sum(right[bin], other.right[bin]);
    }
  }

  static void add(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }

  static long[] sum(long[] a, long[] b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    add(a, b);
    return a;
  }

  /**
   * Returns the metrics of all images, each counted once.
   *
   * @param logLoss the mean log-loss, which is summed elsewhere
   */
  public ProbabilityMetrics figures(double logLoss) {
    return figures(0, logLoss);
  }

  /**
   * Returns the metrics of one weighting.
   *
   * @param sum the index of the weighting
   * @param logLoss the mean log-loss of that weighting, which is summed elsewhere
   */
  ProbabilityMetrics figures(int sum, double logLoss) {
    return new ProbabilityMetrics(
        logLoss,
        brier(sum),
        mean((double) top2[sum], sum),
        mean((double) top5[sum], sum),
        expectedCalibrationError(sum),
        maximumCalibrationError(sum));
  }

  /**
   * Returns the mean over the images of the squared distance of the probabilities from the truth
   * (Brier 1950), 0 to 2. For two classes it is twice what scikit-learn's {@code brier_score_loss}
   * gives by default.
   */
  private double brier(int sum) {
    return mean(brier[sum] / ONE, sum);
  }

  /**
   * Returns the expected calibration error, 0 to 1: the mean distance of confidence (the highest
   * probability) from accuracy over {@value Reliability#BINS} bins of equal width, weighted by
   * their images (Guo et al. 2017). It equals that of torchmetrics with the norm l1, except that a
   * confidence of 1 belongs to the last bin.
   */
  private double expectedCalibrationError(int sum) {
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += members(bin, sum) * gap(bin, sum);
    }
    return mean(error, sum);
  }

  /**
   * Returns the maximum calibration error, 0 to 1: the largest distance of confidence from accuracy
   * in a bin.
   */
  private double maximumCalibrationError(int sum) {
    double error = images[sum] == 0 ? Double.NaN : 0;
    for (int bin = 0; bin < BINS; bin++) {
      error = Math.max(error, gap(bin, sum));
    }
    return error;
  }

  /** Returns the reliability of all images, each counted once, in bins of equal width. */
  public Reliability reliability() {
    List<Reliability.Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      long n = members(bin, 0);
      bins.add(
          new Reliability.Bin(
              bin / (double) BINS,
              (bin + 1) / (double) BINS,
              n,
              n == 0 ? Double.NaN : confidence[bin][0] / ONE / n,
              n == 0 ? Double.NaN : right[bin][0] / (double) n));
    }
    return new Reliability(bins);
  }

  private long members(int bin, int sum) {
    return members[bin] == null ? 0 : members[bin][sum];
  }

  private double gap(int bin, int sum) {
    long n = members(bin, sum);
    return n == 0 ? 0 : Math.abs(right[bin][sum] - confidence[bin][sum] / ONE) / n;
  }

  private double mean(double total, int sum) {
    return images[sum] == 0 ? Double.NaN : total / images[sum];
  }
}
