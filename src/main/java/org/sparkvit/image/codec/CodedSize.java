package org.sparkvit.image.codec;

import java.io.ByteArrayOutputStream;

/**
 * The size that the coded data of a picture state in their own headers, which is what a decoder
 * makes room for, whatever the file around them says.
 *
 * <p>Data that end early or make no sense have the size 0: they are the decoder's to judge.
 */
final class CodedSize {
  private static final int HEVC_SEQUENCE = 33; // SPS_NUT
  private static final int AV1_SEQUENCE = 1; // OBU_SEQUENCE_HEADER

  private final byte[] bytes;
  private final int end;
  private long bit;

  private CodedSize(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.end = end;
    this.bit = 8L * from;
  }

  /**
   * Returns the pixels that a sequence parameter set of HEVC states (ITU-T H.265, 7.3.2.2), or 0
   * for any other unit.
   *
   * @param from the index of the unit's header
   * @param end the index behind the unit
   */
  static long ofHevcUnit(byte[] content, int from, int end) {
    if (end - from < 3 || (content[from] >> 1 & 0x3F) != HEVC_SEQUENCE) {
      return 0;
    }
    byte[] plain = withoutEscapes(content, from + 2, end);
    CodedSize reader = new CodedSize(plain, 0, plain.length);
    reader.bits(4);
    int subLayers = (int) reader.bits(3);
    reader.bits(1);
    reader.skip(96); // the general profile, tier and level
    int flags = subLayers == 0 ? 0 : (int) reader.bits(16);
    for (int i = 0; i < subLayers; i++) {
      reader.skip((flags >> (15 - 2 * i) & 1) * 88L + (flags >> (14 - 2 * i) & 1) * 8L);
    }
    reader.exponential();
    if (reader.exponential() == 3) {
      reader.bits(1);
    }
    long columns = reader.exponential();
    long rows = reader.exponential();
    return reader.isWithin() ? columns * rows : 0;
  }

  /** Takes out the byte 3 that stands behind two zeros so that no start code arises. */
  private static byte[] withoutEscapes(byte[] content, int from, int end) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    int zeros = 0;
    for (int i = from; i < Math.min(end, from + 256); i++) {
      if (zeros >= 2 && content[i] == 3) {
        zeros = 0;
        continue;
      }
      zeros = content[i] == 0 ? zeros + 1 : 0;
      plain.write(content[i]);
    }
    return plain.toByteArray();
  }

  /**
   * Returns the most pixels that a sequence header states among the units of AV1 (AV1 bitstream
   * specification, 5.3 and 5.5), or 0 where there is none.
   */
  static long ofAv1Units(byte[] content, int from, int end) {
    long most = 0;
    int at = from;
    while (at < end) {
      int header = content[at++];
      at += (header & 4) != 0 ? 1 : 0; // an extension
      long length = Math.max(0, end - at);
      if ((header & 2) != 0) {
        length = 0;
        for (int shift = 0; at < end && shift < 56; shift += 7) {
          int part = content[at++];
          length |= (part & 0x7FL) << shift;
          if (part >= 0) {
            break;
          }
        }
      }
      if (length > end - at) {
        return most;
      }
      if ((header >> 3 & 0xF) == AV1_SEQUENCE) {
        most = Math.max(most, new CodedSize(content, at, at + (int) length).av1Sequence());
      }
      at += (int) length;
    }
    return most;
  }

  private long av1Sequence() {
    bits(4); // the profile, and whether it is a still picture
    if (bits(1) != 0) {
      bits(5); // the level of a still picture, which has a short header
    } else {
      av1OperatingPoints();
    }
    int columnBits = 1 + (int) bits(4);
    int rowBits = 1 + (int) bits(4);
    long columns = 1 + bits(columnBits);
    long rows = 1 + bits(rowBits);
    return isWithin() ? columns * rows : 0;
  }

  private void av1OperatingPoints() {
    int delayBits = 0;
    if (bits(1) != 0) { // timing
      bits(32);
      bits(32);
      if (bits(1) != 0) {
        exponential();
      }
      if (bits(1) != 0) { // the decoder's model
        delayBits = 1 + (int) bits(5);
        bits(32);
        bits(10);
      }
    }
    boolean delays = bits(1) != 0;
    int points = 1 + (int) bits(5);
    for (int i = 0; i < points && isWithin(); i++) {
      bits(12);
      if (bits(5) > 7) {
        bits(1);
      }
      if (delayBits > 0 && bits(1) != 0) {
        skip(2L * delayBits + 1);
      }
      if (delays && bits(1) != 0) {
        bits(4);
      }
    }
  }

  private boolean isWithin() {
    return bit <= 8L * end;
  }

  private void skip(long bits) {
    bit += bits;
  }

  private long bits(int count) {
    long value = 0;
    for (int i = 0; i < count; i++, bit++) {
      int at = (int) (bit >> 3);
      value = value << 1 | (at < end ? bytes[at] >> (7 - (bit & 7)) & 1 : 0);
    }
    return value;
  }

  /**
   * Reads a number as Exp-Golomb code, which has as many zeros before its first one as bits behind.
   */
  private long exponential() {
    int zeros = 0;
    while (isWithin() && bits(1) == 0) {
      zeros++;
    }
    return zeros > 31 ? 0 : (1L << zeros) - 1 + bits(zeros);
  }
}
