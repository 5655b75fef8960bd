package org.sparkvit.stats.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A reliability diagram. It shows how often predictions are right, by their confidence (the highest
 * probability).
 *
 * @param bins the bins, from the lowest confidence to the highest
 */
public record Reliability(List<Bin> bins) {
  /** The number of bins of a diagram. */
  public static final int BINS = 15;

  /**
   * The images whose confidence lies between two values.
   *
   * @param from the lower limit of the confidence
   * @param to the upper limit of the confidence
   * @param images the number of images
   * @param confidence the mean confidence of the images, or NaN without images
   * @param accuracy the share of the images that are predicted correctly, or NaN without images
   */
  public record Bin(double from, double to, long images, double confidence, double accuracy) {
    double gap() {
      return images == 0 ? 0 : Math.abs(accuracy - confidence);
    }
  }

  public Reliability {
    bins = List.copyOf(bins);
  }

  /**
   * Divides images into bins of about as many images each. The limits are quantiles of the
   * confidence, interpolated between two images, and equal confidences share a bin. This is
   * scikit-learn's {@code calibration_curve} with the strategy {@code quantile}.
   *
   * @param confidences the confidences of the images; the positives are the images that are
   *     predicted correctly
   */
  public static Reliability ofEqualMass(ScoreHistogram confidences) {
    long images = 0;
    for (int i = 0; i < confidences.size(); i++) {
      images += confidences.images(i);
    }
    if (images == 0) {
      return new Reliability(List.of());
    }
    double[] limits = new double[BINS + 1];
    for (int bin = 0; bin <= BINS; bin++) {
      long below = bin * (images - 1) / BINS;
      double share = bin * (images - 1) % BINS / (double) BINS;
      double low = confidences.ascending(below);
      double high = confidences.ascending(Math.min(below + 1, images - 1));
      limits[bin] = low + (high - low) * share;
    }
    double[] confidence = new double[BINS];
    long[] right = new long[BINS];
    long[] members = new long[BINS];
    for (int i = confidences.size() - 1; i >= 0; i--) {
      int bin = 0;
      while (bin < BINS - 1 && limits[bin + 1] < confidences.score(i)) {
        bin++;
      }
      confidence[bin] += confidences.score(i) * confidences.images(i);
      right[bin] += confidences.positives(i);
      members[bin] += confidences.images(i);
    }
    List<Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      long n = members[bin];
      bins.add(
          new Bin(
              limits[bin],
              limits[bin + 1],
              n,
              n == 0 ? Double.NaN : confidence[bin] / n,
              n == 0 ? Double.NaN : right[bin] / (double) n));
    }
    return new Reliability(bins);
  }

  /**
   * Returns the mean distance of confidence from accuracy, weighted by the bins' images (Guo et al.
   * 2017).
   */
  public double meanError() {
    return mean(Bin::gap);
  }

  /**
   * The decomposition by Murphy (1973) of the Brier score of the confidence, seen as a forecast of
   * being right. The score is the reliability (lower is better) less the resolution (higher is
   * better) plus the uncertainty, which depends on the accuracy alone. The equation disregards how
   * confidences differ within a bin.
   */
  public record BrierParts(double reliability, double resolution, double uncertainty) {}

  /** Returns the decomposition of the Brier score, whose parts are NaN without images. */
  public BrierParts brierParts() {
    double right = mean(Bin::accuracy);
    return new BrierParts(
        mean(bin -> bin.gap() * bin.gap()),
        mean(bin -> (bin.accuracy() - right) * (bin.accuracy() - right)),
        right * (1 - right));
  }

  private long images() {
    return bins.stream().mapToLong(Bin::images).sum();
  }

  private double mean(ToDoubleFunction<Bin> of) {
    double sum = 0;
    for (Bin bin : bins) {
      sum += bin.images() == 0 ? 0 : bin.images() * of.applyAsDouble(bin);
    }
    return images() == 0 ? Double.NaN : sum / images();
  }
}
