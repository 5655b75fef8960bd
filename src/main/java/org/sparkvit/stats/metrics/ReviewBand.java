package org.sparkvit.stats.metrics;

import java.util.List;

/**
 * Two thresholds with a band between them that people review. Images that score at least the upper
 * threshold are flagged, and images that score below the lower one are not.
 *
 * @param lower the operating point at which the band begins
 * @param upper the operating point at which the band ends
 */
public record ReviewBand(CurvePoint lower, CurvePoint upper) {

  /**
   * Returns the band that leaves the least cost outside of it. Among equally good bands it is the
   * one with the fewest images, then the one with the highest scores.
   *
   * @param points all operating points, the highest threshold first
   * @param capacity the share of the images that people can review, 0 to 1
   * @param missCost the cost of an image of the class that is not flagged
   * @param alarmCost the cost of another image that is flagged
   */
  public static ReviewBand of(
      List<CurvePoint> points, double capacity, double missCost, double alarmCost) {
    CurvePoint all = points.get(points.size() - 1);
    double room = capacity * (all.positives() + all.negatives());
    ReviewBand best = null;
    double least = Double.POSITIVE_INFINITY;
    int low = 0;
    for (int high = 0; high < points.size(); high++) {
      CurvePoint upper = points.get(high);
      low = Math.max(low, high);
      // The lower threshold goes as far down as there is room, as that can only find more.
      while (low + 1 < points.size() && flagged(points.get(low + 1)) - flagged(upper) <= room) {
        low++;
      }
      CurvePoint lower = points.get(low);
      double cost =
          missCost * (lower.positives() - lower.truePositives())
              + alarmCost * upper.falsePositives();
      if (cost < least
          || (cost == least
              && best != null
              && new ReviewBand(lower, upper).images() < best.images())) {
        least = cost;
        best = new ReviewBand(lower, upper);
      }
    }
    return best;
  }

  private static double flagged(CurvePoint point) {
    return (double) point.truePositives() + point.falsePositives();
  }

  /** Returns the number of images in the band. */
  public double images() {
    return flagged(lower) - flagged(upper);
  }
}
