package org.sparkvit.image;

/** Turns an image upright by its EXIF orientation, as Pillow's {@code ImageOps.exif_transpose}. */
final class Orientation {
  private Orientation() {}

  /**
   * The upright image.
   *
   * @param orientation 1 as it is, 2 mirrored, 3 turned by 180 degrees, 4 upside down mirrored, 5
   *     transposed, 6 to be turned clockwise, 7 transverse, 8 to be turned counter-clockwise
   */
  static PixelImage upright(PixelImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    int width = image.width();
    int height = image.height();
    boolean swapped = orientation >= 5;
    // Where the source pixel (x, y) goes: start + x * right + y * down, in pixels.
    int outWidth = swapped ? height : width;
    int right = swapped ? outWidth : 1;
    int down = swapped ? 1 : outWidth;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int start = (fromRight ? (width - 1) * right : 0) + (fromBottom ? (height - 1) * down : 0);
    right = fromRight ? -right : right;
    down = fromBottom ? -down : down;
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    int from = 0;
    for (int y = 0; y < height; y++) {
      int to = 3 * (start + y * down);
      for (int x = 0; x < width; x++, from += 3, to += 3 * right) {
        out[to] = in[from];
        out[to + 1] = in[from + 1];
        out[to + 2] = in[from + 2];
      }
    }
    return new PixelImage(outWidth, width * height / outWidth, out);
  }
}
