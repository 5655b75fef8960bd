package org.sparkvit.image;

/**
 * The first image file directory of a TIFF file or of the EXIF block in another format (TIFF 6.0,
 * EXIF 2.3 section 4.6): integers only, which is all that sizes and orientation need.
 */
final class TiffDirectory {
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int STRIP_OFFSETS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int STRIP_BYTES = 279;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTES = 325;

  private static final int ENTRY_BYTES = 12;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** Bytes of one value of each type, by the type's number. */
  private static final int[] VALUE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

  private final byte[] block;
  private final int begin;
  private final int end;
  private final boolean littleEndian;
  private final int entries;
  private final int entryCount;

  /**
   * Reads the directory's place.
   *
   * @param block the bytes; offsets count from {@code begin}, and nothing is read from {@code end}
   *     on
   */
  TiffDirectory(byte[] block, int begin, int end) throws BadImageException {
    this.block = block;
    this.begin = begin;
    this.end = Math.min(end, block.length);
    this.littleEndian = u8(0) == 'I';
    if (u8(0) != u8(1) || (u8(0) != 'I' && u8(0) != 'M') || u16(2) != 42) {
      throw BadImageException.unsupported("not a classic TIFF, version " + u16(2));
    }
    long offset = u32(4);
    this.entryCount = u16(offset);
    this.entries = (int) offset + 2;
  }

  /** EXIF orientation 1 to 8; 0 if the block has none or cannot be read. */
  static int orientation(byte[] block, int begin, int end) {
    try {
      return new TiffDirectory(block, begin, end).orientation();
    } catch (BadImageException e) {
      // Damaged metadata does not make a damaged picture.
      return 0;
    }
  }

  /** Checks that the directory and all that it points to are there. */
  void checkComplete() throws BadImageException {
    boolean behindEnd = false;
    boolean unknownType = false;
    for (int i = 0; i < entryCount; i++) {
      long entry = entries + (long) i * ENTRY_BYTES;
      int type = u16(entry + 2);
      if (type == 0 || type >= VALUE_BYTES.length) {
        unknownType = true;
      } else {
        long bytes = VALUE_BYTES[type] * u32(entry + 4);
        behindEnd |= bytes > 4 && begin + u32(entry + 8) + bytes > end;
      }
    }
    if (behindEnd && unknownType) {
      throw BadImageException.corrupt("directory of nonsense");
    } else if (behindEnd) {
      throw BadImageException.truncated("directory points behind the end");
    }
    u32(entries + (long) entryCount * ENTRY_BYTES);
  }

  /** Orientation 1 to 8; 0 where the directory has none or it cannot be read. */
  int orientation() {
    try {
      long value = value(ORIENTATION, 0);
      return value >= 1 && value <= 8 ? (int) value : 0;
    } catch (BadImageException e) {
      return 0;
    }
  }

  /** The tag's first value, or {@code otherwise} where the directory lacks the tag. */
  long value(int tag, long otherwise) throws BadImageException {
    long[] values = values(tag, 1);
    return values.length == 0 ? otherwise : values[0];
  }

  /** The tag's first values, at most {@code most}; none where the directory lacks the tag. */
  long[] values(int tag, int most) throws BadImageException {
    for (int i = 0; i < entryCount; i++) {
      long entry = entries + (long) i * ENTRY_BYTES;
      if (u16(entry) == tag) {
        return values(entry, most);
      }
    }
    return new long[0];
  }

  private long[] values(long entry, int most) throws BadImageException {
    int type = u16(entry + 2);
    if (type != BYTE && type != SHORT && type != LONG) {
      return new long[0];
    }
    int bytes = VALUE_BYTES[type];
    long count = u32(entry + 4);
    long at = count * bytes <= 4 ? entry + 8 : u32(entry + 8);
    long[] values = new long[(int) Math.min(count, most)];
    for (int i = 0; i < values.length; i++) {
      long place = at + (long) i * bytes;
      values[i] = bytes == 1 ? u8(place) : bytes == 2 ? u16(place) : u32(place);
    }
    return values;
  }

  private int u8(long offset) throws BadImageException {
    if (offset < 0 || begin + offset >= end) {
      throw BadImageException.truncated("TIFF directory points behind the end");
    }
    return block[(int) (begin + offset)] & 0xFF;
  }

  private int u16(long offset) throws BadImageException {
    return littleEndian ? u8(offset) | u8(offset + 1) << 8 : u8(offset) << 8 | u8(offset + 1);
  }

  private long u32(long offset) throws BadImageException {
    return littleEndian
        ? u16(offset) | (long) u16(offset + 2) << 16
        : (long) u16(offset) << 16 | u16(offset + 2);
  }
}
