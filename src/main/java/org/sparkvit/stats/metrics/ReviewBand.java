package org.sparkvit.stats.metrics;

import java.util.List;

/**
 * Two thresholds: what scores at least the upper one is flagged, what scores below the lower one is
 * not, and people look at what lies between, as much as they can.
 *
 * @param lower where looking begins
 * @param upper where it ends
 */
public record ReviewBand(CurvePoint lower, CurvePoint upper) {

  /**
   * Returns the band that leaves the least cost outside; of equals the one with the fewest images,
   * then the one that lies highest.
   *
   * @param points all operating points, the highest threshold first
   * @param capacity share of the images that people can look at, 0 to 1
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
      // The lower threshold goes as far down as there is room: that can only find more.
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

  /** Returns how many images lie in it. */
  public double images() {
    return flagged(lower) - flagged(upper);
  }
}
