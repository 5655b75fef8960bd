package org.sparkvit.pipeline.labels;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Estimates how many labels of each class belong to each other class. This is the confident joint
 * of Northcutt et al. 2021 (Confident Learning: Estimating Uncertainty in Dataset Labels, section
 * 3), calibrated so that its rows sum to the classes' counts.
 */
final class LabelNoise {
  private LabelNoise() {}

  /**
   * Calibrates the counts of confident images.
   *
   * @param confident the numbers of confident images by given label and confident class, {@code
   *     [K][K]}; a 0 on the diagonal counts as 1
   * @param given the number of images of each label, {@code [K]}
   * @return the estimated numbers by given label and likely class, {@code [K][K]}; each row sums to
   *     its label's images, and keeps at least one of them on the diagonal
   */
  static long[][] calibrate(long[][] confident, long[] given) {
    int classes = given.length;
    long[][] joint = new long[classes][];
    for (int i = 0; i < classes; i++) {
      double[] row = Arrays.stream(confident[i]).asDoubleStream().toArray();
      row[i] = Math.max(1, row[i]);
      double sum = Arrays.stream(row).sum();
      for (int j = 0; j < classes; j++) {
        row[j] = row[j] / sum * given[i];
      }
      joint[i] = round(row, given[i]);
      keepOne(joint[i], i);
    }
    return joint;
  }

  /**
   * Rounds a row to whole numbers that keep its sum. The numbers with the largest remainders are
   * rounded up, and of equal ones the first.
   */
  private static long[] round(double[] row, long sum) {
    long[] whole = Arrays.stream(row).mapToLong(value -> (long) Math.floor(value)).toArray();
    int missing = Math.toIntExact(sum - Arrays.stream(whole).sum());
    IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> whole[j] - row[j]))
        .limit(missing)
        .forEach(j -> whole[j]++);
    return whole;
  }

  /**
   * Keeps one image on the diagonal. Otherwise a class of which no label is thought right would be
   * removed as a whole.
   */
  private static void keepOne(long[] row, int diagonal) {
    if (row[diagonal] > 0 || Arrays.stream(row).sum() == 0) {
      return;
    }
    int most = 0;
    for (int j = 1; j < row.length; j++) {
      if (row[j] > row[most]) {
        most = j;
      }
    }
    row[most]--;
    row[diagonal]++;
  }
}
