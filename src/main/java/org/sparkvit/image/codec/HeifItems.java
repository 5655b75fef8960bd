package org.sparkvit.image.codec;

import java.util.HashMap;
import java.util.Map;

/**
 * Where the pictures of a HEIF file lie (ISO/IEC 14496-12, 8.11, and 23008-12), and what their data
 * say of themselves. It serves to look at them before a decoder does. What is not understood is
 * passed over: libheif judges it.
 */
final class HeifItems {
  private static final int HEADER_BYTES = 8;

  /**
   * The number of zeros in a row that the data of HEVC pictures do not have, since three are
   * escaped.
   */
  private static final int HOLE_BYTES = 16;

  /** The most boxes that lie within one another: properties in their container in their box. */
  private static final int MOST_DEPTH = 3;

  /** How often the file is read over, so that places which overlap do not cost more. */
  private static final int MOST_READS = 2;

  private final byte[] content;
  private final Map<Long, String> types = new HashMap<>();
  private long pixels;
  private long hole = -1;
  private int lengthBytes = 4;
  private int data = -1;
  private long looked;

  private HeifItems(byte[] content) {
    this.content = content;
  }

  /**
   * Looks at the pictures of a file.
   *
   * @param from the index behind the header of the outermost box {@code meta}
   * @param end the index behind that box
   */
  static HeifItems of(byte[] content, int from, int end) {
    HeifItems items = new HeifItems(content);
    items.walk(from + 4, end, 0, MOST_DEPTH);
    // Once more, as the box of places may come before those of types and of lengths.
    items.walk(from + 4, end, 1, MOST_DEPTH);
    return items;
  }

  /** Returns the pixels of the largest picture that is coded in the file, 0 where none is known. */
  long largest() {
    return pixels;
  }

  /** Returns the index in the file of zeros in place of a picture's data, or -1. */
  long hole() {
    return hole;
  }

  private void walk(int from, int end, int round, int depth) {
    long at = from;
    while (depth > 0 && at + HEADER_BYTES <= end) {
      int body = (int) at + HEADER_BYTES;
      long length = number(at, 4);
      long next = at + length;
      if (length < HEADER_BYTES || next > end) {
        return;
      }
      String type = type(at + 4);
      switch (type) {
        case "iprp", "ipco" -> walk(body, (int) next, round, depth - 1);
        case "iinf" -> {
          int count = number(body, 1) == 0 ? 2 : 4;
          walk(body + 4 + count, (int) next, round, depth - 1);
        }
        case "infe" -> takeType(body);
        case "idat" -> data = body;
        case "ispe" -> take(number(body + 4, 4) * number(body + 8, 4));
        case "hvcC" -> takeHevc(body, (int) next);
        case "av1C" -> take(CodedSize.ofAv1Units(content, body + 4, (int) next));
        case "iloc" -> {
          if (round == 1) {
            takePlaces(body, (int) next);
          }
        }
        default -> {
          // nothing that tells of sizes
        }
      }
      at = next;
    }
  }

  private void take(long count) {
    // Of two numbers of 32 bits the product may be beyond a long.
    pixels = Math.max(pixels, count < 0 ? Long.MAX_VALUE : count);
  }

  private void takeType(int body) {
    long version = number(body, 1);
    int bytes = version == 2 ? 2 : 4;
    if (version >= 2) {
      types.put(number(body + 4L, bytes), type(body + 4L + bytes + 2));
    }
  }

  /** Reads the sequence headers of a box of HEVC's configuration (ISO/IEC 14496-15, 8.3.3.1). */
  private void takeHevc(int body, int end) {
    lengthBytes = 1 + (int) (number(body + 21L, 1) & 3);
    long arrays = number(body + 22L, 1);
    long at = body + 23L;
    for (long i = 0; i < arrays && at + 3 <= end; i++) {
      long units = number(at + 1, 2);
      at += 3;
      for (long k = 0; k < units && at + 2 <= end; k++) {
        long length = number(at, 2);
        if (at + 2 + length > end) {
          return;
        }
        take(CodedSize.ofHevcUnit(content, (int) at + 2, (int) (at + 2 + length)));
        at += 2 + length;
      }
    }
  }

  private void takePlaces(int body, int end) {
    long version = number(body, 1);
    int offsetBytes = (int) number(body + 4L, 1) >> 4;
    int countBytes = (int) number(body + 4L, 1) & 0xF;
    int baseBytes = (int) number(body + 5L, 1) >> 4;
    int indexBytes = version == 0 ? 0 : (int) number(body + 5L, 1) & 0xF;
    int idBytes = version < 2 ? 2 : 4;
    long items = number(body + 6L, idBytes);
    long at = body + 6L + idBytes;
    for (long i = 0; i < items && at < end; i++) {
      String type = types.getOrDefault(number(at, idBytes), "");
      at += idBytes;
      boolean inside = false;
      if (version > 0) {
        inside = (number(at, 2) & 0xF) == 1;
        at += 2;
      }
      at += 2;
      long base = number(at, baseBytes) + (inside ? data : 0);
      at += baseBytes;
      long extents = number(at, 2);
      at += 2;
      for (long k = 0; k < extents && at < end; k++) {
        at += indexBytes;
        long from = base + number(at, offsetBytes);
        at += offsetBytes;
        long length = number(at, countBytes);
        at += countBytes;
        if (from > 0 && from < content.length && length <= content.length - from) {
          takeData(type, (int) from, (int) (from + length));
        }
      }
    }
  }

  private void takeData(String type, int from, int end) {
    looked += end - from;
    if (looked > (long) MOST_READS * content.length) {
      return;
    }
    if (type.equals("av01")) {
      take(CodedSize.ofAv1Units(content, from, end));
    } else if (type.equals("hvc1") || type.equals("hev1")) {
      long at = from;
      while (at + lengthBytes < end) {
        long length = number(at, lengthBytes);
        long unit = at + lengthBytes;
        at = Math.min(end, unit + length);
        take(CodedSize.ofHevcUnit(content, (int) unit, (int) at));
      }
      int zeros = 0;
      for (int i = from; i < end && hole < 0; i++) {
        zeros = content[i] == 0 ? zeros + 1 : 0;
        hole = zeros == HOLE_BYTES ? i + 1 - HOLE_BYTES : hole;
      }
    }
  }

  private String type(long at) {
    StringBuilder letters = new StringBuilder();
    for (long i = at; i < at + 4 && i < content.length; i++) {
      letters.append((char) (content[(int) i] & 0xFF));
    }
    return letters.toString();
  }

  private long number(long at, int bytes) {
    long value = 0;
    for (long i = at; i < at + bytes; i++) {
      value = value << 8 | (i < content.length ? content[(int) i] & 0xFF : 0);
    }
    return value;
  }
}
