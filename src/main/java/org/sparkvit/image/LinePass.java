package org.sparkvit.image;

import java.util.Arrays;

/**
 * Resampling along one axis: each line of the result is a weighted sum of neighbouring lines, in
 * Pillow's fixed point, rounded to 8 bits. For the horizontal pass a line is a column, for the
 * vertical one a row.
 *
 * <p>A line holds the reds of all its pixels, then the greens, then the blues, each as an int. So
 * all work is done by plain loops over int arrays, the only kind that JDK 17's compiler turns into
 * vector instructions; those that must not be merged are methods of their own.
 */
final class LinePass {
  private static final int HALF = 1 << (ResampleKernel.BITS - 1);

  private final ResampleKernel kernel;
  private final int[][] ring;
  private final int[] sum;

  /**
   * A pass that is given lines from {@code kernel.first()[0]} on, in order.
   *
   * @param ahead how many lines may be given before those behind them are asked for
   * @param length pixels of a line
   */
  LinePass(ResampleKernel kernel, int ahead, int length) {
    this.kernel = kernel;
    this.ring = new int[kernel.stride() + ahead][3 * length];
    this.sum = new int[3 * length];
  }

  /** Gives input line {@code i}, packed as by {@link Pixels#row}. */
  void put(int i, int[] packed) {
    int[] line = ring[i % ring.length];
    int length = line.length / 3;
    unpack(packed, 0, line, 0, length);
    unpack(packed, 8, line, length, length);
    unpack(packed, 16, line, 2 * length, length);
  }

  /**
   * Result {@code i}, packed as by {@link Pixels#row} with 0 in the highest byte; all its input has
   * been given and none of it has been overwritten.
   */
  void get(int i, int[] packed) {
    int first = kernel.first()[i];
    int count = kernel.count()[i];
    int weights = i * kernel.stride();
    Arrays.fill(sum, HALF);
    int k = 0;
    for (; k + 1 < count; k += 2) {
      add(
          sum,
          line(first + k),
          kernel.weights()[weights + k],
          line(first + k + 1),
          kernel.weights()[weights + k + 1]);
    }
    if (k < count) {
      add(sum, line(first + k), kernel.weights()[weights + k]);
    }
    clip(sum);
    int length = sum.length / 3;
    pack(sum, length, packed);
  }

  private int[] line(int i) {
    return ring[i % ring.length];
  }

  private static void unpack(int[] packed, int shift, int[] line, int offset, int length) {
    for (int i = 0; i < length; i++) {
      line[offset + i] = (packed[i] >> shift) & 0xFF;
    }
  }

  private static void add(int[] sum, int[] a, int weightOfA, int[] b, int weightOfB) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weightOfA * a[i] + weightOfB * b[i];
    }
  }

  private static void add(int[] sum, int[] line, int weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * line[i];
    }
  }

  /** From fixed point to 0 to 255. */
  private static void clip(int[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = Math.max(0, Math.min(255, sum[i] >> ResampleKernel.BITS));
    }
  }

  private static void pack(int[] line, int length, int[] packed) {
    for (int i = 0; i < length; i++) {
      packed[i] = line[i] | line[length + i] << 8 | line[2 * length + i] << 16;
    }
  }
}
