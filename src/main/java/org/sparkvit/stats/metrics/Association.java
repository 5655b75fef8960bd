package org.sparkvit.stats.metrics;

import java.util.Arrays;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * Pearson's chi-squared test of whether two ways of grouping the same things depend on each other,
 * and the strength of that dependence.
 *
 * @param chiSquared Pearson's statistic
 * @param degrees the degrees of freedom of the test
 * @param p the probability that independent groupings would give this statistic or a larger one, 0
 *     to 1
 * @param cramersV Cramér's V, from 0 (independent) to 1 (one grouping determines the other), with
 *     Bergsma's correction (2013). Without the correction, tables of many cells with few things
 *     each would seem to depend on each other
 */
public record Association(double chiSquared, int degrees, double p, double cramersV) {

  /**
   * Tests a contingency table. Rows and columns whose counts are all zero are left out.
   *
   * @param counts the table as {@code [rows][columns]}, none negative
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
