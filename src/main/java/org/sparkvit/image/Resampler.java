package org.sparkvit.image;

import java.util.Arrays;

/**
 * Resizes byte for byte as Pillow's {@code Image.resize(size, filter)} does ({@code Resample.c}):
 * the horizontal pass first, rounded to 8 bits, then the vertical one, in fixed point.
 */
public final class Resampler {
  static final int HALF = 1 << (ResampleKernel.BITS - 1);

  private Resampler() {}

  /**
   * The whole image at {@code width} x {@code height}; the image itself if it has that size
   * already.
   */
  public static PixelImage resize(PixelImage image, int width, int height, ResampleFilter filter) {
    if (image.width() == width && image.height() == height) {
      return image;
    }
    byte[] out = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    Window all = new Window(0, 0, width, height);
    resize(image, width, height, filter, all, out, 0, 3 * width);
    return new PixelImage(width, height, out);
  }

  /** A part of a resized image: columns from x, rows from y. */
  record Window(int x, int y, int width, int height) {}

  /**
   * Computes only a window of the resized image.
   *
   * @param out gets the window's rows, the first at {@code offset}, {@code stride} bytes apart
   */
  static void resize(
      PixelImage image,
      int width,
      int height,
      ResampleFilter filter,
      Window window,
      byte[] out,
      int offset,
      int stride) {
    if (filter == ResampleFilter.NEAREST) {
      nearest(image, width, height, window, out, offset, stride);
      return;
    }
    ResampleKernel columns =
        width == image.width()
            ? null
            : ResampleKernel.of(image.width(), width, filter, window.x(), window.width());
    if (height == image.height()) {
      HorizontalPass pass = new HorizontalPass(image, columns, window, 1);
      for (int y = 0; y < window.height(); y++) {
        pass.advance(window.y() + y, window.y() + y + 1);
        narrow(pass.row(window.y() + y), out, offset + y * stride);
      }
      return;
    }
    ResampleKernel rows =
        ResampleKernel.of(image.height(), height, filter, window.y(), window.height());
    HorizontalPass pass = new HorizontalPass(image, columns, window, rows.stride());
    vertical(pass, rows, window, out, offset, stride);
  }

  private static void vertical(
      HorizontalPass pass, ResampleKernel rows, Window window, byte[] out, int offset, int stride) {
    int[] sum = new int[3 * window.width()];
    for (int y = 0; y < window.height(); y++) {
      int first = rows.first()[y];
      int count = rows.count()[y];
      pass.advance(first, first + count);
      Arrays.fill(sum, HALF);
      for (int k = 0; k < count; k++) {
        addWeighted(sum, pass.row(first + k), rows.weights()[y * rows.stride() + k]);
      }
      for (int i = 0; i < sum.length; i++) {
        sum[i] = clip(sum[i]);
      }
      narrow(sum, out, offset + y * stride);
    }
  }

  // Loops over whole int arrays, which the JIT turns into vector instructions.
  private static void addWeighted(int[] sum, int[] row, int weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * row[i];
    }
  }

  private static void narrow(int[] row, byte[] out, int offset) {
    for (int i = 0; i < row.length; i++) {
      out[offset + i] = (byte) row[i];
    }
  }

  /** From fixed point to 0 to 255. */
  static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> ResampleKernel.BITS));
  }

  /** Pillow takes nearest through its affine transform, which adds up the step. */
  private static void nearest(
      PixelImage image, int width, int height, Window window, byte[] out, int offset, int stride) {
    int[] columns = nearestSources(image.width(), width);
    int[] rows = nearestSources(image.height(), height);
    for (int y = 0; y < window.height(); y++) {
      int row = 3 * image.width() * rows[window.y() + y];
      for (int x = 0; x < window.width(); x++) {
        System.arraycopy(
            image.rgb(), row + 3 * columns[window.x() + x], out, offset + y * stride + 3 * x, 3);
      }
    }
  }

  private static int[] nearestSources(int in, int out) {
    int[] sources = new int[out];
    double step = (double) in / out;
    double at = step * 0.5;
    for (int i = 0; i < out; i++, at += step) {
      sources[i] = Math.min(in - 1, (int) at);
    }
    return sources;
  }
}
