package org.sparkvit.image.resample;

import java.util.Arrays;
import org.sparkvit.image.Pixels;

/**
 * Resamples along one axis: each line of the result is a weighted sum of neighbouring lines, in
 * Pillow's fixed point, rounded to 8 bits. For the horizontal pass a line is a column, for the
 * vertical one a row.
 *
 * <p>All work is done by loops over int arrays that use the same index everywhere, the only kind
 * that JDK 17's compiler turns into vector instructions. So a line is three arrays, the reds, the
 * greens and the blues of its pixels. Each loop is a method of its own, since the compiler gives up
 * on several in one.
 */
final class LinePass {
  private static final int HALF = 1 << (ResampleKernel.BITS - 1);

  private final ResampleKernel kernel;
  private final int[][] reds;
  private final int[][] greens;
  private final int[][] blues;
  private final int[] red;
  private final int[] green;
  private final int[] blue;

  /**
   * Creates a pass that is given the lines from {@code kernel.first()[0]} on, in order.
   *
   * @param ahead the number of lines that may be given before the lines behind them are asked for
   * @param length the number of pixels of a line
   */
  LinePass(ResampleKernel kernel, int ahead, int length) {
    this.kernel = kernel;
    this.reds = new int[kernel.stride() + ahead][length];
    this.greens = new int[kernel.stride() + ahead][length];
    this.blues = new int[kernel.stride() + ahead][length];
    this.red = new int[length];
    this.green = new int[length];
    this.blue = new int[length];
  }

  /** Gives line {@code i}, packed as {@link Pixels#row} does. */
  void put(int i, int[] packed) {
    int at = i % reds.length;
    unpack(packed, reds[at], greens[at], blues[at]);
  }

  /**
   * Gives lines {@code i} to {@code i + 3} as the 12 bytes of each line's pixel next to one
   * another: the first four in {@code a}, and so on.
   */
  void put(int i, int[] a, int[] b, int[] c) {
    int p = i % reds.length;
    int q = (i + 1) % reds.length;
    int r = (i + 2) % reds.length;
    int s = (i + 3) % reds.length;
    unpack(a, reds[p], greens[p], blues[p], reds[q]);
    unpack(b, greens[q], blues[q], reds[r], greens[r]);
    unpack(c, blues[r], reds[s], greens[s], blues[s]);
  }

  /**
   * Computes line {@code i} of the result. All its input must have been given and not yet
   * overwritten.
   *
   * @param packed receives the pixels, packed as by {@link Pixels#row} with 0 in the highest byte
   */
  void get(int i, int[] packed) {
    weigh(reds, i, red);
    weigh(greens, i, green);
    weigh(blues, i, blue);
    pack(red, green, blue, packed);
  }

  private void weigh(int[][] lines, int i, int[] sum) {
    int[] weights = kernel.weights();
    int line = kernel.first()[i];
    int k = i * kernel.stride();
    int end = k + kernel.count()[i];
    Arrays.fill(sum, HALF);
    for (; k + 4 <= end; k += 4, line += 4) {
      add(
          sum,
          lines[line % lines.length],
          weights[k],
          lines[(line + 1) % lines.length],
          weights[k + 1],
          lines[(line + 2) % lines.length],
          weights[k + 2],
          lines[(line + 3) % lines.length],
          weights[k + 3]);
    }
    if (k + 2 <= end) {
      add(
          sum,
          lines[line % lines.length],
          weights[k],
          lines[(line + 1) % lines.length],
          weights[k + 1]);
      k += 2;
      line += 2;
    }
    if (k < end) {
      add(sum, lines[line % lines.length], weights[k]);
    }
  }

  private static void unpack(int[] packed, int[] a, int[] b, int[] c) {
    for (int i = 0; i < packed.length; i++) {
      int bytes = packed[i];
      a[i] = bytes & 0xFF;
      b[i] = (bytes >> 8) & 0xFF;
      c[i] = (bytes >> 16) & 0xFF;
    }
  }

  private static void unpack(int[] packed, int[] a, int[] b, int[] c, int[] d) {
    for (int i = 0; i < packed.length; i++) {
      int bytes = packed[i];
      a[i] = bytes & 0xFF;
      b[i] = (bytes >> 8) & 0xFF;
      c[i] = (bytes >> 16) & 0xFF;
      d[i] = bytes >>> 24;
    }
  }

  private static void add(
      int[] sum, int[] a, int wa, int[] b, int wb, int[] c, int wc, int[] d, int wd) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
  }

  private static void add(int[] sum, int[] a, int wa, int[] b, int wb) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += wa * a[i] + wb * b[i];
    }
  }

  private static void add(int[] sum, int[] line, int weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * line[i];
    }
  }

  private static void pack(int[] red, int[] green, int[] blue, int[] packed) {
    for (int i = 0; i < packed.length; i++) {
      packed[i] = clip(red[i]) | clip(green[i]) << 8 | clip(blue[i]) << 16;
    }
  }

  /**
   * Converts from fixed point to 0 to 255. It uses masks of the signs, as the compiler makes no
   * vector instructions of Math.min and Math.max.
   */
  private static int clip(int sum) {
    int sample = sum >> ResampleKernel.BITS;
    int atLeast0 = sample & ~(sample >> 31);
    return (atLeast0 | (255 - atLeast0) >> 31) & 255;
  }
}
