package org.sparkvit.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The RGB bytes of an image where a decoder left them, on or off the heap. Closing frees memory off
 * the heap; nothing may be read afterwards. An object must not be shared between threads.
 */
public final class Pixels implements AutoCloseable {
  private final ByteBuffer bytes;

  /** The image itself where it is on the heap, else null. */
  private final PixelImage image;

  private final int width;
  private final int height;
  private final Runnable release;

  private Pixels(ByteBuffer bytes, PixelImage image, int width, int height, Runnable release) {
    this.image = image;
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.width = width;
    this.height = height;
    this.release = release;
  }

  /** Wraps an image on the heap, which is not copied. */
  public static Pixels of(PixelImage image) {
    return new Pixels(ByteBuffer.wrap(image.rgb()), image, image.width(), image.height(), () -> {});
  }

  /**
   * Wraps an image in a buffer.
   *
   * @param rgb {@code 3 * width * height} bytes, row by row
   * @param width the number of columns
   * @param height the number of rows
   * @param release frees the buffer; it is called once, on closing
   */
  public static Pixels of(ByteBuffer rgb, int width, int height, Runnable release) {
    if (rgb.limit() != 3L * width * height) {
      throw new IllegalArgumentException(
          width + "x" + height + " RGB pixels do not fill " + rgb.limit() + " bytes");
    }
    return new Pixels(rgb, null, width, height, release);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** Returns the alpha as in {@link PixelImage}, or null where the image is opaque. */
  public byte[] alpha() {
    return image == null ? null : image.alpha();
  }

  /** Returns the image on the heap. It is copied only where it is off the heap. */
  public PixelImage toImage() {
    if (image != null) {
      return image;
    }
    byte[] rgb = new byte[bytes.limit()];
    bytes.get(0, rgb);
    return new PixelImage(width, height, rgb);
  }

  /** Returns the colour of one pixel: red + 256 * green + 65536 * blue. */
  public int at(int x, int y) {
    int at = 3 * (y * width + x);
    return (bytes.get(at) & 0xFF)
        | (bytes.get(at + 1) & 0xFF) << 8
        | (bytes.get(at + 2) & 0xFF) << 16;
  }

  /** Reads pixels of row {@code y} from column {@code x} on, as many as {@code line} holds. */
  public void row(int x, int y, int[] line) {
    int at = 3 * (y * width + x);
    int last = line.length - 1;
    // Each getInt reads a fourth byte, which belongs to the next pixel and does no harm. The very
    // last pixel has no such byte behind it.
    for (int i = 0; i < last; i++, at += 3) {
      line[i] = bytes.getInt(at);
    }
    line[last] = at(x + last, y);
  }

  /** Reads the first {@code rows} pixels of column {@code x} from row {@code y} on. */
  public void column(int x, int y, int rows, int[] line) {
    for (int i = 0; i < rows; i++) {
      line[i] = at(x, y + i);
    }
  }

  /**
   * Reads the 24 bytes of the eight columns from {@code x} on, for the rows {@code y + from} to
   * {@code y + end - 1}.
   *
   * @param lines receives the bytes of row {@code y + i} at index {@code i} of the six arrays from
   *     {@code line} on: four bytes in each int, the first in the lowest byte
   */
  public void columns(int x, int y, int from, int end, int[][] lines, int line) {
    int[] a = lines[line];
    int[] b = lines[line + 1];
    int[] c = lines[line + 2];
    int[] d = lines[line + 3];
    int[] e = lines[line + 4];
    int[] f = lines[line + 5];
    int at = 3 * ((y + from) * width + x);
    for (int i = from; i < end; i++, at += 3 * width) {
      a[i] = bytes.getInt(at);
      b[i] = bytes.getInt(at + 4);
      c[i] = bytes.getInt(at + 8);
      d[i] = bytes.getInt(at + 12);
      e[i] = bytes.getInt(at + 16);
      f[i] = bytes.getInt(at + 20);
    }
  }

  @Override
  public void close() {
    release.run();
  }
}
