package org.sparkvit.image.codec;

/** Reads the bits of a lossless WebP frame, the lowest of each byte first (RFC 9649, 3). */
final class Vp8lBitReader {
  private final byte[] bytes;
  private final int end;
  private int at;
  private long window;
  private int count;

  /** The number of bits that were read behind the end of the data. */
  private int missing;

  Vp8lBitReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /**
   * Returns the next bits, at least 24 of them, without consuming them. Bits behind the end are
   * zeros.
   */
  int peek() {
    while (count <= 24) {
      if (at < end) {
        window |= (bytes[at++] & 0xFFL) << count;
      } else {
        missing += 8;
      }
      count += 8;
    }
    return (int) window;
  }

  void skip(int bits) throws BadImageException {
    window >>>= bits;
    count -= bits;
    if (count < missing) {
      throw BadImageException.truncated("WebP frame ends early");
    }
  }

  int read(int bits) throws BadImageException {
    int value = peek() & (1 << bits) - 1;
    skip(bits);
    return value;
  }

  boolean flag() throws BadImageException {
    return read(1) == 1;
  }
}
