package org.sparkvit.image.codec;

/**
 * Reads the bits of one partition of a VP8 frame, each coded with its own probability (RFC 6386,
 * 7).
 */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8BitReader {
  private static final int EVEN = 128;

  private final byte[] bytes;
  private final int end;
  private int at;

  /** The range of the arithmetic decoder, less by 1 than the specification's. */
  private int range = 254;

  private long value;
  private int bits = -8;
  private boolean behindEnd;

  Vp8BitReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /**
   * Returns whether bits behind the end of the partition were asked for. They were read as zeros.
   */
  boolean isBehindEnd() {
    return behindEnd;
  }

  /**
   * Reads a bit.
   *
   * @param probability the probability of 0 in parts of 256
   */
  int bit(int probability) {
    if (bits < 0) {
      load();
    }
    int split = range * probability >> 8;
    int bit;
    if ((int) (value >> bits) > split) {
      range -= split;
      value -= (long) (split + 1) << bits;
      bit = 1;
    } else {
      range = split + 1;
      bit = 0;
    }
    int shift = Integer.numberOfLeadingZeros(range) - 24;
    range = (range << shift) - 1;
    bits -= shift;
    return bit;
  }

  private void load() {
    if (end - at >= 4) {
      for (int i = 0; i < 4; i++) {
        value = value << 8 | bytes[at++] & 0xFF;
      }
      bits += 32;
    } else if (at < end) {
      value = value << 8 | bytes[at++] & 0xFF;
      bits += 8;
    } else if (!behindEnd) {
      value <<= 8;
      bits += 8;
      behindEnd = true;
    } else {
      bits = 0;
    }
  }

  boolean flag() {
    return bit(EVEN) == 1;
  }

  /** Reads a number of {@code width} bits, the highest first. */
  int number(int width) {
    int number = 0;
    for (int i = 0; i < width; i++) {
      number = number << 1 | bit(EVEN);
    }
    return number;
  }

  /** Reads a number of {@code width} bits with its sign behind it. */
  int signed(int width) {
    int number = number(width);
    return flag() ? -number : number;
  }

  /** Reads a flag and, if it is set, a number with its sign. Returns 0 if it is not set. */
  int optional(int width) {
    return flag() ? signed(width) : 0;
  }
}
