package org.sparkvit.image.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Changes the boxes of HEIF files with one item, in the form that libheif's own program writes. */
final class HeifBoxes {
  private static final int HEADER_BYTES = 8;

  private HeifBoxes() {}

  /**
   * Gives the item one more property, at the end of its list.
   *
   * @param type the property's box, which has one byte
   * @param value the byte
   */
  static byte[] withProperty(byte[] file, String type, int value) {
    ByteBuffer old = ByteBuffer.wrap(file);
    int ipco = find(file, "ipco");
    int ipma = find(file, "ipma");
    int endOfProperties = ipco + old.getInt(ipco);
    int properties = 0;
    for (int at = ipco + HEADER_BYTES; at < endOfProperties; at += old.getInt(at)) {
      properties++;
    }
    int endOfList = ipma + old.getInt(ipma);
    ByteBuffer out = ByteBuffer.allocate(file.length + 10);
    out.put(file, 0, endOfProperties).putInt(9);
    out.put(type.getBytes(StandardCharsets.US_ASCII)).put((byte) value);
    out.put(file, endOfProperties, endOfList - endOfProperties);
    out.put((byte) (0x80 | properties + 1));
    out.put(file, endOfList, file.length - endOfList);
    add(out, find(file, "meta"), 10);
    add(out, find(file, "iprp"), 10);
    add(out, ipco, 9);
    add(out, ipma + 9, 1);
    // Behind version, flags, number of items and item: the number of its properties.
    int count = ipma + 9 + HEADER_BYTES + 4 + 4 + 2;
    out.put(count, (byte) (out.get(count) + 1));
    moveData(out, find(file, "iloc"), find(file, "mdat") + HEADER_BYTES);
    return out.array();
  }

  private static int find(byte[] file, String type) {
    return new String(file, StandardCharsets.ISO_8859_1).indexOf(type) - 4;
  }

  private static void add(ByteBuffer out, int at, int bytes) {
    out.putInt(at, out.getInt(at) + bytes);
  }

  private static void moveData(ByteBuffer out, int iloc, int data) {
    for (int at = iloc + HEADER_BYTES; at <= iloc + out.getInt(iloc) - 4; at++) {
      if (out.getInt(at) == data) {
        out.putInt(at, data + 10);
        return;
      }
    }
    throw new IllegalArgumentException("no item whose data begin where the data box does");
  }
}
