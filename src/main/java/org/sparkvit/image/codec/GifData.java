package org.sparkvit.image.codec;

/** Unpacks a GIF's pixels: LZW codes of growing width in blocks of bytes (GIF89a, appendix F). */
final class GifData {
  private static final int MOST_CODES = 4096;
  private static final int WIDEST = 12;

  private final byte[] content;
  private int at;
  private int blockLeft;
  private int bits;
  private int bitCount;

  private final short[] prefix = new short[MOST_CODES];
  private final byte[] last = new byte[MOST_CODES];
  private final byte[] string = new byte[MOST_CODES + 1];

  /** Creates a reader of data that begin with the width of a pixel at index {@code at}. */
  GifData(byte[] content, int at) {
    this.content = content;
    this.at = at;
  }

  /**
   * Unpacks {@code count} pixels.
   *
   * @throws BadImageException if there are fewer pixels, or a code has no meaning
   */
  byte[] unpack(int count) throws BadImageException {
    int width = content[at++];
    if (width < 1 || width > 8) {
      throw BadImageException.corrupt("pixels of " + width + " bits");
    }
    byte[] pixels = new byte[count];
    int clear = 1 << width;
    int next = clear + 2;
    int codeWidth = width + 1;
    int before = -1;
    byte first = 0;
    for (int filled = 0; filled < count; ) {
      int code = read(codeWidth);
      if (code == clear) {
        next = clear + 2;
        codeWidth = width + 1;
        before = -1;
        continue;
      } else if (code == clear + 1) {
        throw BadImageException.truncated("image data end early");
      } else if (code > next || (before < 0 && code > clear) || code >= MOST_CODES) {
        throw BadImageException.corrupt("broken LZW data");
      }
      // The string is filled from its end. A code that is about to be defined stands for the string
      // of the code before it, followed by the first byte of that string.
      int from = string.length;
      int rest = code;
      if (code == next) {
        string[--from] = first;
        rest = before;
      }
      while (rest > clear) {
        string[--from] = last[rest];
        rest = prefix[rest];
      }
      first = (byte) rest;
      string[--from] = first;
      if (before >= 0 && next < MOST_CODES) {
        prefix[next] = (short) before;
        last[next] = first;
        if (next == (1 << codeWidth) - 1 && codeWidth < WIDEST) {
          codeWidth++;
        }
        next++;
      }
      before = code;
      int length = Math.min(string.length - from, count - filled);
      System.arraycopy(string, from, pixels, filled, length);
      filled += length;
    }
    return pixels;
  }

  private int read(int width) throws BadImageException {
    while (bitCount < width) {
      if (blockLeft == 0) {
        blockLeft = next();
        if (blockLeft == 0) {
          throw BadImageException.truncated("image data end early");
        }
      }
      bits |= next() << bitCount;
      bitCount += 8;
      blockLeft--;
    }
    int code = bits & (1 << width) - 1;
    bits >>>= width;
    bitCount -= width;
    return code;
  }

  private int next() throws BadImageException {
    if (at >= content.length) {
      throw BadImageException.truncated("ends after " + content.length + " bytes");
    }
    return content[at++] & 0xFF;
  }
}
