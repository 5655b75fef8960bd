package org.sparkvit.stats.metrics;

/**
 * One operating point of a classifier: the counts of correctly and wrongly flagged images when
 * every image with at least this score is flagged.
 *
 * @param threshold the lowest score that is flagged; +infinity for the point where nothing is
 *     flagged
 * @param truePositives the number of flagged images of the class
 * @param falsePositives the number of other flagged images
 * @param positives the number of all images of the class
 * @param negatives the number of all other images
 */
public record CurvePoint(
    double threshold, long truePositives, long falsePositives, long positives, long negatives) {
  private static final int GRID = 256;

  /**
   * Returns the recall, or NaN where there are no positives. It is y of the ROC curve and x of the
   * precision-recall curve.
   */
  public double recall() {
    return positives == 0 ? Double.NaN : (double) truePositives / positives;
  }

  /**
   * Returns the false-positive rate, which is x of the ROC curve, or NaN where there are no
   * negatives.
   */
  public double falsePositiveRate() {
    return negatives == 0 ? Double.NaN : (double) falsePositives / negatives;
  }

  /** Returns the share of the images that are of the class. */
  public double prevalence() {
    return (double) positives / (positives + negatives);
  }

  /**
   * Returns the share of images that would be flagged in data of another prevalence, or NaN where
   * this data has no images of the class or no others.
   *
   * @param prevalence the share of images of the class in the other data, 0 to 1
   */
  public double flagged(double prevalence) {
    return prevalence * recall() + (1 - prevalence) * falsePositiveRate();
  }

  /**
   * Returns the precision in data of another prevalence, or NaN where nothing is flagged.
   *
   * @param prevalence the share of images of the class in the other data, 0 to 1
   */
  public double precision(double prevalence) {
    return prevalence * recall() / flagged(prevalence);
  }

  /**
   * Returns the precision, which is y of the precision-recall curve. It is 1 where nothing is
   * flagged, as scikit-learn draws it.
   */
  public double precision() {
    long flagged = truePositives + falsePositives;
    return flagged == 0 ? 1 : (double) truePositives / flagged;
  }

  /**
   * Returns the index of the grid cell that this point lies in; cells are numbered along the curve.
   * A curve may be drawn from the first and the last point of each cell only. It then has at most
   * 512 + 16 log2(images) points. The area under the ROC curve changes by less than 1 / 512.
   *
   * <p>A cell ends after 1/256 of the way through the ROC plane, or when the number of flagged
   * images has grown by an eighth. The second rule keeps the left end of a precision-recall curve,
   * where all images of a rare class may lie within one step of the first rule.
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
   * Returns the logarithm to base 2 in steps of about an eighth of an octave, computed in whole
   * numbers.
   */
  private static long eighths(long n) {
    if (n < 8) {
      return n;
    }
    int octave = 63 - Long.numberOfLeadingZeros(n);
    return 8L * (octave - 2) + (n >>> (octave - 3) & 7);
  }
}
