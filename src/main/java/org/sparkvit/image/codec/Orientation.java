package org.sparkvit.image.codec;

import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * Turns an image upright by its EXIF orientation, as Pillow's {@code ImageOps.exif_transpose} does.
 */
final class Orientation {
  /** The number of rows that are turned together, so that whole cache lines are written. */
  private static final int TOGETHER = 16;

  private Orientation() {}

  /**
   * Returns the upright image.
   *
   * @param orientation 1 upright, 2 mirrored, 3 turned by 180 degrees, 4 upside down mirrored, 5
   *     transposed, 6 to be turned clockwise, 7 transverse, 8 to be turned counter-clockwise
   */
  static Pixels upright(Pixels image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    int width = image.width();
    int height = image.height();
    boolean swapped = orientation >= 5;
    // Where the source pixel (x, y) goes: start + x * right + y * down, in bytes.
    int outWidth = swapped ? height : width;
    int right = swapped ? 3 * outWidth : 3;
    int down = swapped ? 3 : 3 * outWidth;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int start = (fromRight ? (width - 1) * right : 0) + (fromBottom ? (height - 1) * down : 0);
    right = fromRight ? -right : right;
    down = fromBottom ? -down : down;
    byte[] out = new byte[3 * width * height];
    int[][] rows = new int[TOGETHER][width];
    for (int y = 0; y < height; y += TOGETHER) {
      int count = Math.min(TOGETHER, height - y);
      for (int i = 0; i < count; i++) {
        image.row(0, y + i, rows[i]);
      }
      for (int x = 0; x < width; x++) {
        int to = start + x * right + y * down;
        for (int i = 0; i < count; i++, to += down) {
          int pixel = rows[i][x];
          out[to] = (byte) pixel;
          out[to + 1] = (byte) (pixel >> 8);
          out[to + 2] = (byte) (pixel >> 16);
        }
      }
    }
    byte[] alpha = image.alpha();
    byte[] turned = alpha == null ? null : new byte[alpha.length];
    for (int y = 0, from = 0; alpha != null && y < height; y++) {
      for (int x = 0; x < width; x++) {
        turned[(start + x * right + y * down) / 3] = alpha[from++];
      }
    }
    return Pixels.of(new PixelImage(outWidth, swapped ? width : height, out, turned));
  }
}
