package org.sparkvit.image;

/**
 * The first pass of resampling: input rows at their output width, rounded to 8 bits, produced on
 * demand from top to bottom with only the latest few kept.
 *
 * <p>Two rows are computed at once, one in each half of a long. Multiplying such a pair by a weight
 * and adding up gives both sums modulo 2^32, which is all that int arithmetic would have kept, for
 * half of the multiplications; so each row costs about half as much.
 */
final class HorizontalPass {
  private static final long HALVES = Resampler.HALF | (long) Resampler.HALF << 32;

  private final PixelImage image;
  private final ResampleKernel columns;
  private final int left;
  private final int[][] ring;
  private final long[] pairs;
  private int next;

  /**
   * A pass over an image.
   *
   * @param columns weights of the columns wanted, or null where the width stays
   * @param window the columns wanted
   * @param kept how many rows, up to the latest one asked for, can be looked at
   */
  HorizontalPass(PixelImage image, ResampleKernel columns, Resampler.Window window, int kept) {
    this.image = image;
    this.columns = columns;
    this.ring = new int[kept + 1][3 * window.width()]; // one more for the second of a pair
    if (columns == null) {
      left = window.x();
      pairs = new long[0];
    } else {
      int last = window.width() - 1;
      left = columns.first()[0];
      pairs = new long[3 * (columns.first()[last] + columns.count()[last] - left)];
    }
  }

  /** Makes the rows from {@code first} to {@code end - 1} ready; neither ever goes back. */
  void advance(int first, int end) {
    for (next = Math.max(next, first); next < end; ) {
      if (columns == null) {
        widen(next, ring[next % ring.length]);
        next++;
      } else {
        // The row under the last one is that row again; nobody asks for it.
        pair(next, Math.min(next + 1, image.height() - 1));
        convolve(ring[next % ring.length], ring[(next + 1) % ring.length]);
        next += 2;
      }
    }
  }

  /** A row that is ready: 3 samples of 0 to 255 per column. */
  int[] row(int y) {
    return ring[y % ring.length];
  }

  private int start(int y) {
    return 3 * (y * image.width() + left);
  }

  private void widen(int y, int[] out) {
    int from = start(y);
    byte[] in = image.rgb();
    for (int i = 0; i < out.length; i++) {
      out[i] = in[from + i] & 0xFF;
    }
  }

  private void pair(int upper, int lower) {
    int fromUpper = start(upper);
    int fromLower = start(lower);
    byte[] in = image.rgb();
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = (in[fromUpper + i] & 0xFF) | ((in[fromLower + i] & 0xFFL) << 32);
    }
  }

  private void convolve(int[] upper, int[] lower) {
    int[] firsts = columns.first();
    int[] counts = columns.count();
    int[] weights = columns.weights();
    int stride = columns.stride();
    for (int x = 0; x < firsts.length; x++) {
      long red = HALVES;
      long green = HALVES;
      long blue = HALVES;
      int at = 3 * (firsts[x] - left);
      for (int k = x * stride, end = k + counts[x]; k < end; k++, at += 3) {
        long weight = weights[k];
        red += weight * pairs[at];
        green += weight * pairs[at + 1];
        blue += weight * pairs[at + 2];
      }
      upper[3 * x] = Resampler.clip((int) red);
      upper[3 * x + 1] = Resampler.clip((int) green);
      upper[3 * x + 2] = Resampler.clip((int) blue);
      lower[3 * x] = Resampler.clip(highHalf(red));
      lower[3 * x + 1] = Resampler.clip(highHalf(green));
      lower[3 * x + 2] = Resampler.clip(highHalf(blue));
    }
  }

  /** A negative low sum has borrowed one from the high half. */
  private static int highHalf(long sums) {
    return (int) ((sums - (int) sums) >> 32);
  }
}
