package org.sparkvit.image.resample;

import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * Resizes byte for byte as Pillow's {@code Image.resize(size, filter)} does ({@code Resample.c}):
 * the horizontal pass first, rounded to 8 bits, then the vertical one, in fixed point.
 *
 * <p>It works through the image in blocks of some rows, so that memory does not grow with its
 * height. The columns of a block become resized columns, these are turned into rows, and rows
 * become resized rows as soon as all their input is there.
 */
public final class Resampler {
  /**
   * The number of rows of a block: enough for vector instructions, few enough to stay in the
   * nearest cache.
   */
  private static final int BLOCK = 128;

  private Resampler() {}

  /** A part of a resized image, from column {@code x} and row {@code y} on. */
  public record Window(int x, int y, int width, int height) {}

  /**
   * Returns the whole image at {@code width} x {@code height}. It is the image itself if it has
   * that size already.
   */
  public static PixelImage resize(PixelImage image, int width, int height, ResampleFilter filter) {
    return resize(Pixels.of(image), width, height, filter);
  }

  static PixelImage resize(Pixels image, int width, int height, ResampleFilter filter) {
    if (image.width() == width && image.height() == height) {
      return image.toImage();
    }
    byte[] out = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    Window all = new Window(0, 0, width, height);
    resize(image, width, height, filter, all, out, 0, 3 * width);
    return new PixelImage(width, height, out);
  }

  /**
   * Computes only a window of the resized image.
   *
   * @param out receives the window's rows, the first at {@code offset}, {@code stride} bytes apart
   */
  static void resize(
      Pixels image,
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
    ResampleKernel rows =
        height == image.height()
            ? null
            : ResampleKernel.of(image.height(), height, filter, window.y(), window.height());
    int top = rows == null ? window.y() : rows.first()[0];
    int bottom = rows == null ? top + window.height() : rows.end(window.height() - 1);
    // Blocks of about the same size: a short one would cost as much as a long one.
    int blocks = (bottom - top + BLOCK - 1) / BLOCK;
    int most = (bottom - top + blocks - 1) / blocks;
    int[][] block = new int[most][window.width()];
    BlockReader reader = columns == null ? null : new BlockReader(image, columns, most);
    LinePass vertical = rows == null ? null : new LinePass(rows, most, window.width());
    int[] row = new int[window.width()];
    int done = 0;
    for (int y = top; y < bottom; y += most) {
      int count = Math.min(most, bottom - y);
      if (reader != null) {
        reader.read(y, count, block);
      }
      for (int i = 0; i < count; i++) {
        if (reader == null) {
          image.row(window.x(), y + i, block[i]);
        }
        if (vertical == null) {
          write(block[i], out, offset + stride * done++);
        } else {
          vertical.put(y + i, block[i]);
        }
      }
      for (; rows != null && done < window.height() && rows.end(done) <= y + count; done++) {
        vertical.get(done, row);
        write(row, out, offset + stride * done);
      }
    }
  }

  private static void write(int[] packed, byte[] out, int at) {
    for (int pixel : packed) {
      out[at] = (byte) pixel;
      out[at + 1] = (byte) (pixel >> 8);
      out[at + 2] = (byte) (pixel >> 16);
      at += 3;
    }
  }

  /**
   * Resizes by the nearest pixel. Pillow does this through its affine transform, which adds up the
   * step.
   */
  private static void nearest(
      Pixels image, int width, int height, Window window, byte[] out, int offset, int stride) {
    int[] columns = nearestSources(image.width(), width);
    int[] rows = nearestSources(image.height(), height);
    int[] row = new int[window.width()];
    for (int y = 0; y < window.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = image.at(columns[window.x() + x], rows[window.y() + y]);
      }
      write(row, out, offset + y * stride);
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
