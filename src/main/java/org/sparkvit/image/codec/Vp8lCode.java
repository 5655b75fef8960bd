package org.sparkvit.image.codec;

/** A prefix code of symbols in a lossless WebP frame (RFC 9649, 3.7). */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8lCode {
  private static final int LONGEST = 15;
  private static final int TABLE_BITS = 8;
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };
  private static final int REPEAT = 16;
  private static final int FIRST_BEFORE = 8;

  /**
   * The symbol and length of a code by the next bits. The length is 0 where the code is longer than
   * these bits.
   */
  private final int[] table = new int[1 << TABLE_BITS];

  /** The number of codes of each length, and the symbols in the order of their codes. */
  private final int[] counts = new int[LONGEST + 1];

  private final int[] symbols;

  /** The only symbol, whose code takes no bits, or -1 where there are several. */
  private int only = -1;

  private Vp8lCode(int[] lengths) throws BadImageException {
    int[] next = new int[LONGEST + 2];
    int used = 0;
    for (int length : lengths) {
      counts[length]++;
      used += length > 0 ? 1 : 0;
    }
    counts[0] = 0;
    for (int length = 1; length <= LONGEST; length++) {
      next[length + 1] = next[length] + counts[length];
    }
    symbols = new int[used];
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = symbol;
      }
    }
    if (used == 1) {
      only = symbols[0];
      return;
    }
    int open = 1;
    for (int length = 1; length <= LONGEST; length++) {
      open = 2 * open - counts[length];
      if (open < 0) {
        break;
      }
    }
    if (open != 0) {
      throw BadImageException.corrupt("WebP frame with a code that is none");
    }
    fillTable();
  }

  private void fillTable() {
    int code = 0;
    int index = 0;
    for (int length = 1; length <= TABLE_BITS; length++) {
      for (int i = 0; i < counts[length]; i++, code++) {
        int begin = Integer.reverse(code) >>> 32 - length;
        int entry = symbols[index++] << 4 | length;
        for (int at = begin; at < table.length; at += 1 << length) {
          table[at] = entry;
        }
      }
      code <<= 1;
    }
  }

  /** Reads a code of symbols below {@code alphabet}. */
  static Vp8lCode read(Vp8lBitReader bits, int alphabet) throws BadImageException {
    int[] lengths = new int[alphabet];
    if (bits.flag()) {
      boolean two = bits.flag();
      mark(lengths, bits.read(bits.flag() ? 8 : 1));
      if (two) {
        mark(lengths, bits.read(8));
      }
    } else {
      int[] lengthLengths = new int[ORDER.length];
      int count = 4 + bits.read(4);
      for (int i = 0; i < count; i++) {
        lengthLengths[ORDER[i]] = bits.read(3);
      }
      readLengths(bits, new Vp8lCode(lengthLengths), lengths);
    }
    return new Vp8lCode(lengths);
  }

  private static void mark(int[] lengths, int symbol) {
    if (symbol < lengths.length) {
      lengths[symbol] = 1;
    }
  }

  private static void readLengths(Vp8lBitReader bits, Vp8lCode code, int[] lengths)
      throws BadImageException {
    int left = lengths.length;
    if (bits.flag()) {
      left = 2 + bits.read(2 + 2 * bits.read(3));
      if (left > lengths.length) {
        throw BadImageException.corrupt("WebP frame with too many codes");
      }
    }
    int before = FIRST_BEFORE;
    for (int symbol = 0; symbol < lengths.length && left > 0; left--) {
      int length = code.read(bits);
      if (length < REPEAT) {
        lengths[symbol++] = length;
        before = length == 0 ? before : length;
        continue;
      }
      int repeat =
          switch (length) {
            case REPEAT -> 3 + bits.read(2);
            case REPEAT + 1 -> 3 + bits.read(3);
            default -> 11 + bits.read(7);
          };
      if (symbol + repeat > lengths.length) {
        throw BadImageException.corrupt("WebP frame with too many codes");
      }
      for (int i = 0; i < repeat; i++) {
        lengths[symbol++] = length == REPEAT ? before : 0;
      }
    }
  }

  int read(Vp8lBitReader bits) throws BadImageException {
    if (only >= 0) {
      return only;
    }
    int next = bits.peek();
    int entry = table[next & table.length - 1];
    if (entry != 0) {
      bits.skip(entry & 0xF);
      return entry >> 4;
    }
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code |= next >> length - 1 & 1;
      int count = counts[length];
      if (code - count < first) {
        bits.skip(length);
        return symbols[index + code - first];
      }
      index += count;
      first = first + count << 1;
      code <<= 1;
    }
    throw BadImageException.corrupt("WebP frame with a code that is none");
  }
}
