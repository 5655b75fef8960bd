package org.sparkvit.stats.metrics;

/**
 * One operating point of a classifier: what is found and what is wrongly flagged when every image
 * with at least this score is flagged.
 *
 * @param threshold the score; +infinity for the point where nothing is flagged
 * @param truePositives images of the class that are flagged
 * @param falsePositives other images that are flagged
 * @param positives all images of the class
 * @param negatives all other images
 */
public record CurvePoint(
    double threshold, long truePositives, long falsePositives, long positives, long negatives) {
  private static final int GRID = 256;

  /** y of the ROC curve and x of the precision-recall curve, or NaN without positives. */
  public double recall() {
    return positives == 0 ? Double.NaN : (double) truePositives / positives;
  }

  /** x of the ROC curve, or NaN without negatives. */
  public double falsePositiveRate() {
    return negatives == 0 ? Double.NaN : (double) falsePositives / negatives;
  }

  /** Share of the images that are of the class. */
  public double prevalence() {
    return (double) positives / (positives + negatives);
  }

  /**
   * Returns the share of images that would be flagged where another share of them is of the class,
   * or NaN without images of the class, or without others.
   *
   * @param prevalence 0 to 1
   */
  public double flagged(double prevalence) {
    return prevalence * recall() + (1 - prevalence) * falsePositiveRate();
  }

  /** Returns the precision that comes of that, or NaN where nothing is flagged. */
  public double precision(double prevalence) {
    return prevalence * recall() / flagged(prevalence);
  }

  /** y of the precision-recall curve; 1 where nothing is flagged, as scikit-learn draws it. */
  public double precision() {
    long flagged = truePositives + falsePositives;
    return flagged == 0 ? 1 : (double) truePositives / flagged;
  }

  /**
   * Where this point lies on a grid that grows along the curve. Drawing only the first and the last
   * point of each cell bounds the points of a curve to 512 + 16 log2(images), and moves the area
   * under the ROC curve by less than 1 / 512.
   *
   * <p>A cell ends after 1/256 of the way through the ROC plane, or when the number of flagged
   * images has grown by an eighth. The second keeps the left end of a precision-recall curve, where
   * all of a rare class may lie within one step of the first.
   */
  public long cell() {
    long flagged = truePositives + falsePositives;
    // Halves, so that both ends of the way have exact values in integers of the grid.
    double way = share(truePositives, positives) + share(falsePositives, negatives);
    long step = (long) (way * (GRID / 2.0));
    return step << 16 | eighths(flagged);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * Returns the logarithm to base 2, in steps of about an eighth of an octave, without rounding.
   */
  private static long eighths(long n) {
    if (n < 8) {
      return n;
    }
    int octave = 63 - Long.numberOfLeadingZeros(n);
    return 8L * (octave - 2) + (n >>> (octave - 3) & 7);
  }
}
