package org.sparkvit.image.codec;

/** Unpacks a bitmap's run-length encoded pixels of 8 or 4 bits, as Pillow does. */
final class BmpRuns {
  private static final int END_OF_ROW = 0;
  private static final int END = 1;
  private static final int DELTA = 2;

  private final byte[] content;
  private final boolean halves;
  private int at;

  private byte[] pixels;
  private int filled;

  BmpRuns(byte[] content, int at, int bitsPerPixel) {
    this.content = content;
    this.at = at;
    this.halves = bitsPerPixel == 4;
  }

  /**
   * Unpacks the rows in the order in which they are stored.
   *
   * @throws BadImageException if pixels are missing because the file or the runs end early
   */
  byte[] unpack(int width, int height) throws BadImageException {
    pixels = new byte[width * height];
    int x = 0; // a run does not go on in the next row
    while (filled < pixels.length) {
      int count = next();
      int what = next();
      if (count > 0) {
        count = Math.max(0, Math.min(count, Math.min(width - x, pixels.length - filled)));
        put(count, what);
        x += count;
      } else if (what == END_OF_ROW) {
        // An end of row that follows a full row ends that row, and does not skip the next one.
        skip(filled % width == 0 ? 0 : width - filled % width);
        x = 0;
      } else if (what == END) {
        throw BadImageException.truncated(
            "run-length data end " + (pixels.length - filled) + " pixels early");
      } else if (what == DELTA) {
        int right = next();
        skip((long) next() * width + right);
        x = filled % width;
      } else {
        putPlain(what);
        x += what;
      }
    }
    return pixels;
  }

  private void put(int count, int value) {
    for (int i = 0; i < count; i++) {
      pixels[filled++] = (byte) pixel(value, i);
    }
  }

  /** Copies pixels that are stored one by one, padded to a whole number of 16-bit words. */
  private void putPlain(int count) throws BadImageException {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = halves && i % 2 == 1 ? value : next();
      if (filled < pixels.length) {
        pixels[filled++] = (byte) pixel(value, i);
      }
    }
    int bytes = halves ? (count + 1) / 2 : count;
    at += bytes & 1;
  }

  private int pixel(int value, int i) {
    if (!halves) {
      return value;
    }
    return i % 2 == 0 ? value >> 4 : value & 0xF;
  }

  private void skip(long count) {
    filled = (int) Math.min(pixels.length, filled + count);
  }

  private int next() throws BadImageException {
    if (at < 0 || at >= content.length) {
      throw BadImageException.truncated("ends after " + content.length + " bytes");
    }
    return content[at++] & 0xFF;
  }
}
