package org.sparkvit.stats.metrics;

import java.util.Arrays;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * How strongly two divisions of the same things go together.
 *
 * @param chiSquared Pearson's statistic
 * @param degrees of freedom
 * @param p how often independent divisions would seem to go together as much or more, 0 to 1
 * @param cramersV 0, not at all, to 1, one tells the other; with Bergsma's correction (2013), as
 *     without it many cells of few things would seem to go together
 */
public record Association(double chiSquared, int degrees, double p, double cramersV) {

  /**
   * Counts to strength; rows and columns of zeros count for nothing.
   *
   * @param counts {@code [R][C]}
   */
  public static Association of(long[][] counts) {
    int width = counts.length == 0 ? 0 : counts[0].length;
    double[] rows = new double[counts.length];
    double[] columns = new double[width];
    double total = 0;
    for (int r = 0; r < counts.length; r++) {
      for (int c = 0; c < width; c++) {
        rows[r] += counts[r][c];
        columns[c] += counts[r][c];
        total += counts[r][c];
      }
    }
    double statistic = 0;
    for (int r = 0; r < counts.length; r++) {
      for (int c = 0; c < width; c++) {
        double expected = rows[r] * columns[c] / total;
        if (expected > 0) {
          statistic += (counts[r][c] - expected) * (counts[r][c] - expected) / expected;
        }
      }
    }
    long used = Arrays.stream(rows).filter(sum -> sum > 0).count();
    long kinds = Arrays.stream(columns).filter(sum -> sum > 0).count();
    int degrees = (int) ((used - 1) * (kinds - 1));
    if (degrees <= 0) {
      return new Association(0, 0, 1, 0);
    }
    double p = 1 - new ChiSquaredDistribution(null, degrees).cumulativeProbability(statistic);
    return new Association(statistic, degrees, p, cramersV(statistic, total, used, kinds));
  }

  private static double cramersV(double statistic, double total, long rows, long columns) {
    if (total <= 1) {
      return 0;
    }
    double squared = Math.max(0, statistic / total - (rows - 1.0) * (columns - 1.0) / (total - 1));
    double r = rows - (rows - 1.0) * (rows - 1.0) / (total - 1);
    double c = columns - (columns - 1.0) * (columns - 1.0) / (total - 1);
    double most = Math.min(r, c) - 1;
    return most <= 0 ? 0 : Math.min(1, Math.sqrt(squared / most));
  }
}
