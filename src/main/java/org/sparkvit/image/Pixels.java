package org.sparkvit.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An image's RGB bytes as a decoder left them, on or off the heap, read as if they were upright:
 * the EXIF turn is only another way to walk through them. Closing gives memory off the heap back;
 * nothing may be read afterwards. Not shared between threads.
 */
final class Pixels implements AutoCloseable {
  private final ByteBuffer bytes;
  private final int storedWidth;
  private final int storedHeight;
  private final Runnable release;
  private final boolean asStored;
  // The byte of the upright pixel (x, y): start + x * right + y * down.
  private final int start;
  private final int right;
  private final int down;
  private final int width;
  private final int height;

  private Pixels(ByteBuffer bytes, int width, int height, int orientation, Runnable release) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.storedWidth = width;
    this.storedHeight = height;
    this.release = release;
    this.asStored = orientation == 1;
    boolean swapped = orientation >= 5;
    this.width = swapped ? height : width;
    this.height = swapped ? width : height;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int row = 3 * width;
    this.start = (fromRight ? row - 3 : 0) + (fromBottom ? (height - 1) * row : 0);
    int column = fromRight ? -3 : 3;
    row = fromBottom ? -row : row;
    this.right = swapped ? row : column;
    this.down = swapped ? column : row;
  }

  /** An image that is upright already. */
  static Pixels of(PixelImage image) {
    return new Pixels(ByteBuffer.wrap(image.rgb()), image.width(), image.height(), 1, () -> {});
  }

  /**
   * An image in a buffer of {@code 3 * width * height} bytes.
   *
   * @param release called once, on closing
   */
  static Pixels of(ByteBuffer rgb, int width, int height, Runnable release) {
    if (rgb.limit() != 3L * width * height) {
      throw new IllegalArgumentException(
          width + "x" + height + " RGB pixels do not fill " + rgb.limit() + " bytes");
    }
    return new Pixels(rgb, width, height, 1, release);
  }

  /**
   * The same bytes turned upright, as Pillow's {@code ImageOps.exif_transpose} does.
   *
   * @param orientation 1 as it is, 2 mirrored, 3 turned by 180 degrees, 4 upside down mirrored, 5
   *     transposed, 6 to be turned clockwise, 7 transverse, 8 to be turned counter-clockwise
   */
  Pixels upright(int orientation) {
    if (!asStored) {
      throw new IllegalStateException("turned already");
    }
    return new Pixels(bytes, storedWidth, storedHeight, orientation, release);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The upright image on the heap; without a copy where it is there and upright as it is. */
  PixelImage toImage() {
    if (asStored && bytes.hasArray()) {
      return new PixelImage(width, height, bytes.array());
    }
    byte[] rgb = new byte[bytes.limit()];
    if (asStored) {
      bytes.get(0, rgb);
      return new PixelImage(width, height, rgb);
    }
    int[] line = new int[width];
    for (int y = 0, at = 0; y < height; y++) {
      row(0, y, line);
      for (int packed : line) {
        rgb[at++] = (byte) packed;
        rgb[at++] = (byte) (packed >> 8);
        rgb[at++] = (byte) (packed >> 16);
      }
    }
    return new PixelImage(width, height, rgb);
  }

  /** The colour of one pixel: red + 256 * green + 65536 * blue. */
  int at(int x, int y) {
    return whole(start + x * right + y * down);
  }

  /**
   * Reads pixels of row {@code y} from column {@code x} on, as many as {@code line} holds: red in
   * the lowest byte, then green, then blue; what the highest byte holds is undefined.
   */
  void row(int x, int y, int[] line) {
    int from = start + x * right + y * down;
    int last = line.length - 1;
    line[0] = whole(from);
    for (int i = 1, at = from + right; i < last; i++, at += right) {
      line[i] = bytes.getInt(at);
    }
    line[last] = whole(from + last * right);
  }

  /**
   * Reads the first {@code rows} pixels from row {@code y} on of the four columns {@code x} to
   * {@code x + 3}, packed as by {@link #row}. Columns at once, since neighbours lie in one cache
   * line.
   */
  void columns(int x, int y, int rows, int[] a, int[] b, int[] c, int[] d) {
    int from = start + x * right + y * down;
    ends(from, rows, a);
    ends(from + right, rows, b);
    ends(from + 2 * right, rows, c);
    ends(from + 3 * right, rows, d);
    for (int i = 1, at = from + down; i < rows - 1; i++, at += down) {
      a[i] = bytes.getInt(at);
      b[i] = bytes.getInt(at + right);
      c[i] = bytes.getInt(at + 2 * right);
      d[i] = bytes.getInt(at + 3 * right);
    }
  }

  /** As {@link #columns}, of one column. */
  void column(int x, int y, int rows, int[] line) {
    int from = start + x * right + y * down;
    ends(from, rows, line);
    for (int i = 1, at = from + down; i < rows - 1; i++, at += down) {
      line[i] = bytes.getInt(at);
    }
  }

  private void ends(int from, int rows, int[] line) {
    line[0] = whole(from);
    line[rows - 1] = whole(from + (rows - 1) * down);
  }

  /**
   * Reads byte by byte. The last pixel in memory has no fourth byte behind it; it is a corner of
   * the image, so an end of any line.
   */
  private int whole(int at) {
    return (bytes.get(at) & 0xFF)
        | (bytes.get(at + 1) & 0xFF) << 8
        | (bytes.get(at + 2) & 0xFF) << 16;
  }

  @Override
  public void close() {
    release.run();
  }
}
