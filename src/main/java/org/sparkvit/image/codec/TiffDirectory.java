package org.sparkvit.image.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The first image file directory of a TIFF or BigTIFF file or of the EXIF block in another format
 * (TIFF 6.0, EXIF 2.3 section 4.6). It reads integers, which is all that sizes and orientation
 * need, and the places of blocks of bytes.
 */
final class TiffDirectory {
  static final int SUBFILE_TYPE = 254;
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int STRIP_OFFSETS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_BYTES = 279;
  static final int PLANAR = 284;
  static final int PREDICTOR = 317;
  static final int TILE_WIDTH = 322;
  static final int TILE_HEIGHT = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTES = 325;
  static final int SUB_DIRECTORIES = 330;
  static final int SAMPLE_FORMAT = 339;
  static final int XMP = 700;
  static final int DNG_VERSION = 50706;

  private static final int COLOUR_MAP = 320;
  private static final int EXTRA_SAMPLES = 338;
  private static final int JPEG_TABLES = 347;

  /** The tags without which there is no picture. All other tags only describe it. */
  private static final Set<Integer> MAKE_THE_PICTURE =
      Set.of(
          WIDTH,
          HEIGHT,
          BITS_PER_SAMPLE,
          COMPRESSION,
          PHOTOMETRIC,
          STRIP_OFFSETS,
          SAMPLES_PER_PIXEL,
          ROWS_PER_STRIP,
          STRIP_BYTES,
          PLANAR,
          PREDICTOR,
          COLOUR_MAP,
          TILE_WIDTH,
          TILE_HEIGHT,
          TILE_OFFSETS,
          TILE_BYTES,
          EXTRA_SAMPLES,
          SAMPLE_FORMAT,
          JPEG_TABLES);

  private static final int CLASSIC = 42;
  private static final int BIG = 43;

  /** The tags that point to further directories: sub-images, EXIF, GPS and interoperability. */
  private static final Set<Integer> POINTERS = Set.of(330, 34665, 34853, 40965);

  /** The byte of a tag that nobody defines. */
  private static final byte UNKNOWN = (byte) 0xFF;

  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int IFD = 13;
  private static final int LONG8 = 16;
  private static final int IFD8 = 18;

  /** The bytes of one value of each type, by the type's number. */
  private static final int[] VALUE_BYTES = {
    0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8
  };

  private final byte[] block;
  private final int begin;
  private final int end;
  private final boolean littleEndian;
  private final boolean big;
  private final long entries;
  private final long entryCount;

  /** The bytes of an entry, and those of its count and its value. */
  private final int entryBytes;

  private final int fieldBytes;

  /**
   * Reads the place of the first directory.
   *
   * @param block the bytes that hold the directory
   * @param begin the index that offsets are relative to
   * @param end the index from which on nothing is read
   */
  TiffDirectory(byte[] block, int begin, int end) throws BadImageException {
    this.block = block;
    this.begin = begin;
    this.end = Math.min(end, block.length);
    this.littleEndian = u8(0) == 'I';
    this.big = u16(2) == BIG;
    if (u8(0) != u8(1) || (u8(0) != 'I' && u8(0) != 'M') || (u16(2) != CLASSIC && !big)) {
      throw BadImageException.unsupported("not a TIFF, version " + u16(2));
    }
    this.fieldBytes = big ? 8 : 4;
    this.entryBytes = 4 + 2 * fieldBytes;
    long offset = field(big ? 8 : 4);
    this.entryCount = big ? field(offset) : u16(offset);
    this.entries = offset + (big ? 8 : 2);
  }

  /** Creates another directory of the same file. */
  private TiffDirectory(TiffDirectory first, long offset) throws BadImageException {
    this.block = first.block;
    this.begin = first.begin;
    this.end = first.end;
    this.littleEndian = first.littleEndian;
    this.big = first.big;
    this.fieldBytes = first.fieldBytes;
    this.entryBytes = first.entryBytes;
    this.entryCount = big ? field(offset) : u16(offset);
    this.entries = offset + (big ? 8 : 2);
  }

  /**
   * Returns the directories of further images that this one names, at most {@code most} of them.
   */
  List<TiffDirectory> below(int most) throws BadImageException {
    List<TiffDirectory> below = new ArrayList<>();
    for (long offset : values(SUB_DIRECTORIES, most)) {
      below.add(new TiffDirectory(this, offset));
    }
    return below;
  }

  /** Returns the EXIF orientation, 1 to 8, or 0 if the block has none or cannot be read. */
  static int orientation(byte[] block, int begin, int end) {
    try {
      return new TiffDirectory(block, begin, end).orientation();
    } catch (BadImageException e) {
      // Damaged metadata does not make a damaged picture.
      return 0;
    }
  }

  /** Checks that the directory and everything that makes the picture are there. */
  void checkComplete() throws BadImageException {
    u8(entries + entryCount * entryBytes + fieldBytes - 1);
    boolean behindEnd = false;
    boolean unknownType = false;
    for (long entry = entries; entry < entries + entryCount * entryBytes; entry += entryBytes) {
      int bytes = valueBytes(entry);
      if (bytes == 0) {
        unknownType = true;
      } else if (MAKE_THE_PICTURE.contains(u16(entry))) {
        behindEnd |= place(entry) + bytes * count(entry) > (long) end - begin;
      }
    }
    if (behindEnd && unknownType) {
      throw BadImageException.corrupt("directory of nonsense");
    } else if (behindEnd) {
      throw BadImageException.truncated("directory points behind the end");
    }
  }

  /**
   * Returns the file with this directory alone, which is all that its image needs. A reader that
   * follows the other directories can be led in circles, or through millions of them.
   *
   * @return the bytes themselves where there are no other directories, else a copy
   */
  byte[] alone() throws BadImageException {
    byte[] copy = null;
    long next = entries + entryCount * entryBytes;
    for (long entry = entries; entry < next; entry += entryBytes) {
      if (POINTERS.contains(u16(entry))) {
        copy = copy == null ? block.clone() : copy;
        Arrays.fill(copy, (int) (begin + entry), (int) (begin + entry) + 2, UNKNOWN);
      }
    }
    // A directory that ends at or behind the end of the file has no pointer to the next one.
    int from = (int) Math.min(end, begin + next);
    int to = Math.min(end, from + fieldBytes);
    for (int i = from; i < to; i++) {
      if (block[i] != 0) {
        copy = copy == null ? block.clone() : copy;
        copy[i] = 0;
      }
    }
    return copy == null ? block : copy;
  }

  /** Returns the orientation, 1 to 8, or 0 where the directory has none or it cannot be read. */
  int orientation() {
    try {
      long value = value(ORIENTATION, 0);
      return value >= 1 && value <= 8 ? (int) value : 0;
    } catch (BadImageException e) {
      return 0;
    }
  }

  /** Returns the tag's first value, or {@code otherwise} where the directory lacks the tag. */
  long value(int tag, long otherwise) throws BadImageException {
    long[] values = values(tag, 1);
    return values.length == 0 ? otherwise : values[0];
  }

  /**
   * Returns the first values of the tag, at most {@code most} of them, or none where the directory
   * lacks the tag.
   */
  long[] values(int tag, int most) throws BadImageException {
    long entry = entry(tag);
    int type = entry < 0 ? 0 : u16(entry + 2);
    boolean integers =
        type == BYTE
            || type == SHORT
            || type == LONG
            || type == IFD
            || (type >= LONG8 && type <= IFD8);
    if (!integers) {
      return new long[0];
    }
    int bytes = VALUE_BYTES[type];
    long at = place(entry);
    long[] values = new long[(int) Math.min(Math.min(count(entry), end), most)];
    for (int i = 0; i < values.length; i++) {
      long place = at + (long) i * bytes;
      values[i] = bytes == 1 ? u8(place) : bytes == 2 ? u16(place) : u32(place);
      if (bytes == 8) {
        values[i] = u64(place);
      }
    }
    return values;
  }

  /**
   * Returns the orientation in the directory's XMP packet, 1 to 8, or 0 where it has none or it
   * cannot be read.
   */
  int xmpOrientation() {
    try {
      long entry = entry(XMP);
      if (entry < 0 || valueBytes(entry) != 1) {
        return 0;
      }
      long from = begin + place(entry);
      long to = from + count(entry);
      return from >= begin && from <= to && to <= end
          ? Xmp.orientation(block, (int) from, (int) to)
          : 0;
    } catch (BadImageException e) {
      return 0;
    }
  }

  /**
   * Returns the index of the low byte of the tag's first value, which is a short one, or -1 where
   * the directory lacks the tag.
   */
  int indexOf(int tag) throws BadImageException {
    long entry = entry(tag);
    return entry < 0 ? -1 : (int) (begin + place(entry) + (littleEndian ? 0 : 1));
  }

  /** Returns the index of the tag's entry, or -1 where the directory lacks the tag. */
  private long entry(int tag) throws BadImageException {
    for (long i = 0; i < entryCount; i++) {
      if (u16(entries + i * entryBytes) == tag) {
        return entries + i * entryBytes;
      }
    }
    return -1;
  }

  private int valueBytes(long entry) throws BadImageException {
    int type = u16(entry + 2);
    return type < VALUE_BYTES.length ? VALUE_BYTES[type] : 0;
  }

  private long count(long entry) throws BadImageException {
    return field(entry + 4);
  }

  /** Returns the index of an entry's values: in the entry if they fit, else where it points. */
  private long place(long entry) throws BadImageException {
    long at = entry + 4 + fieldBytes;
    return valueBytes(entry) * count(entry) <= fieldBytes ? at : field(at);
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

  /**
   * Reads a count or an offset, which has 32 bits, or 64 in BigTIFF. A value that no file can have
   * is replaced by one behind the end.
   */
  private long field(long offset) throws BadImageException {
    return big ? u64(offset) : u32(offset);
  }

  private long u64(long offset) throws BadImageException {
    long high = u32(littleEndian ? offset + 4 : offset);
    long low = u32(littleEndian ? offset : offset + 4);
    if (high != 0) {
      throw BadImageException.truncated("TIFF directory points behind the end");
    }
    return low;
  }
}
