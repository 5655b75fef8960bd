package org.sparkvit.image.codec;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes a key frame of VP8 (RFC 6386), which is what a lossy WebP holds. The pixels, and the
 * verdict on whether the data are complete, are libwebp's.
 */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8Frame {
  private static final int HEADER_BYTES = 10;
  private static final int SEGMENTS = 4;
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** The band of each coefficient, and of the one behind the last, which never comes. */
  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  // The kinds of blocks, each of which has probabilities of its own for its coefficients.
  private static final int LUMA_WITHOUT_DC = 0;
  private static final int LUMA_DC = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;

  private static final int BLOCKS = 25;
  private static final int DC_BLOCK = 24;

  private final int columns;
  private final int rows;
  private final Vp8BitReader modes;
  private final Vp8BitReader[] tokens;
  private final Vp8Plane luma;
  private final Vp8Plane[] chroma;

  private final boolean segmented;
  private boolean segmentMap;
  private boolean absolute = true;
  private final int[] segmentQuantizers = new int[SEGMENTS];
  private final int[] segmentLevels = new int[SEGMENTS];
  private final int[] segmentProbabilities = {255, 255, 255};

  private final boolean simpleFilter;
  private final int filterLevel;
  private final int sharpness;
  private final int[] filterDeltas = new int[8];
  private final boolean filterDeltasUsed;

  /**
   * The quantization steps of each segment: for luma, luma's DC block and chroma, that of the DC
   * coefficient and that of the others.
   */
  private final int[][] steps = new int[SEGMENTS][6];

  private final int[] probabilities;
  private final int skipProbability;

  // The context of the blocks: what the blocks above, by column, and those to the left have.
  private final int[] modesAbove;
  private final int[] modesBeside = new int[4];
  private final boolean[] filledAbove;
  private final boolean[] filledBeside = new boolean[9];

  // The state of the macroblock that is being decoded.
  private final int[] blockModes = new int[16];
  private final short[] coefficients = new short[16 * BLOCKS];
  private final boolean[] filled = new boolean[BLOCKS];

  private Vp8Frame(byte[] content, int from, int end) throws BadImageException {
    int width = width(content, from);
    int height = height(content, from);
    columns = (width + 15) / 16;
    rows = (height + 15) / 16;
    int bits =
        content[from] & 0xFF | (content[from + 1] & 0xFF) << 8 | (content[from + 2] & 0xFF) << 16;
    if ((bits & 1) != 0 || (bits >> 1 & 7) > 3 || (bits >> 4 & 1) == 0) {
      throw BadImageException.corrupt("VP8 frame that is no picture of its own");
    } else if (content[from + 3] != (byte) 0x9D
        || content[from + 4] != 1
        || content[from + 5] != 42) {
      throw BadImageException.corrupt("no VP8 frame");
    }
    int partition = from + HEADER_BYTES + (bits >> 5);
    if (partition > end) {
      throw BadImageException.truncated("VP8 frame ends in its first partition");
    }
    modes = new Vp8BitReader(content, from + HEADER_BYTES, partition);
    modes.number(2); // colour space and clamping, which libwebp passes over
    segmented = modes.flag();
    if (segmented) {
      readSegments();
    }
    simpleFilter = modes.flag();
    filterLevel = modes.number(6);
    sharpness = modes.number(3);
    filterDeltasUsed = modes.flag();
    if (filterDeltasUsed && modes.flag()) {
      for (int i = 0; i < filterDeltas.length; i++) {
        filterDeltas[i] = modes.optional(6);
      }
    }
    tokens = partitions(content, partition, end);
    readSteps();
    modes.flag(); // whether the probabilities hold for further frames, of which there are none
    probabilities = Vp8Tables.COEFFICIENTS.clone();
    for (int i = 0; i < probabilities.length; i++) {
      if (modes.bit(Vp8Tables.UPDATES[i]) == 1) {
        probabilities[i] = modes.number(8);
      }
    }
    skipProbability = modes.flag() ? modes.number(8) : -1;
    luma = new Vp8Plane(16 * columns, 16 * rows);
    chroma = new Vp8Plane[] {plane(), plane()};
    modesAbove = new int[4 * columns];
    filledAbove = new boolean[9 * columns];
  }

  private Vp8Plane plane() {
    return new Vp8Plane(8 * columns, 8 * rows);
  }

  private void readSegments() {
    segmentMap = modes.flag();
    if (modes.flag()) {
      absolute = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        segmentQuantizers[i] = modes.optional(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segmentLevels[i] = modes.optional(6);
      }
    }
    for (int i = 0; segmentMap && i < segmentProbabilities.length; i++) {
      segmentProbabilities[i] = modes.flag() ? modes.number(8) : 255;
    }
  }

  private Vp8BitReader[] partitions(byte[] content, int from, int end) throws BadImageException {
    Vp8BitReader[] readers = new Vp8BitReader[1 << modes.number(2)];
    int at = from + 3 * (readers.length - 1);
    if (at >= end) {
      throw BadImageException.truncated("VP8 frame ends before its coefficients");
    }
    for (int i = 0; i < readers.length; i++) {
      int size = from + 3 * i;
      int next = end;
      if (i < readers.length - 1) {
        long length =
            content[size] & 0xFF
                | (content[size + 1] & 0xFF) << 8
                | (content[size + 2] & 0xFF) << 16;
        next = (int) Math.min(end, at + length);
      }
      readers[i] = new Vp8BitReader(content, at, next);
      at = next;
    }
    if (at == from + 3 * (readers.length - 1)) {
      throw BadImageException.truncated("VP8 frame without coefficients");
    }
    return readers;
  }

  private void readSteps() {
    int base = modes.number(7);
    int[] deltas = new int[5];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = modes.optional(4);
    }
    for (int s = 0; s < SEGMENTS; s++) {
      int q = segmented ? segmentQuantizers[s] + (absolute ? 0 : base) : base;
      steps[s][0] = Vp8Tables.DC_STEPS[clip(q + deltas[0], 127)];
      steps[s][1] = Vp8Tables.AC_STEPS[clip(q, 127)];
      steps[s][2] = 2 * Vp8Tables.DC_STEPS[clip(q + deltas[1], 127)];
      steps[s][3] = Math.max(8, Vp8Tables.AC_STEPS[clip(q + deltas[2], 127)] * 155 / 100);
      steps[s][4] = Vp8Tables.DC_STEPS[clip(q + deltas[3], 117)];
      steps[s][5] = Vp8Tables.AC_STEPS[clip(q + deltas[4], 127)];
    }
  }

  private static int clip(int value, int most) {
    return Math.max(0, Math.min(most, value));
  }

  /** Returns the number of columns in the frame's header at {@code from}. */
  static int width(byte[] content, int from) throws BadImageException {
    return size(content, from + 6);
  }

  static int height(byte[] content, int from) throws BadImageException {
    return size(content, from + 8);
  }

  private static int size(byte[] content, int at) throws BadImageException {
    if (at + 2 > content.length) {
      throw BadImageException.truncated("VP8 frame ends in its header");
    }
    return (content[at] & 0xFF | (content[at + 1] & 0xFF) << 8) & 0x3FFF;
  }

  /**
   * Decodes a frame.
   *
   * @return RGB bytes, row by row
   */
  static byte[] decode(byte[] content, int from, int end, DecodeClock clock) throws IOException {
    Vp8Frame frame = new Vp8Frame(content, from, end);
    int[] levels = new int[frame.columns * frame.rows];
    boolean[] inside = new boolean[levels.length];
    for (int row = 0; row < frame.rows; row++) {
      clock.check();
      frame.decodeRow(row, levels, inside);
    }
    frame.filter(levels, inside);
    return Vp8Colours.toRgb(frame.luma, frame.chroma, width(content, from), height(content, from));
  }

  private void decodeRow(int row, int[] levels, boolean[] inside) throws BadImageException {
    Vp8BitReader bits = tokens[row & tokens.length - 1];
    Arrays.fill(modesBeside, Vp8Plane.DC);
    Arrays.fill(filledBeside, false);
    for (int column = 0; column < columns; column++) {
      int segment = readSegment();
      boolean skipped = skipProbability >= 0 && modes.bit(skipProbability) == 1;
      boolean blocks = modes.bit(145) == 0;
      int mode = readModes(blocks, column);
      int chromaMode = readChromaMode();
      Arrays.fill(coefficients, (short) 0);
      Arrays.fill(filled, false);
      if (skipped) {
        clearContext(column, blocks);
      } else {
        skipped = !readCoefficients(bits, column, blocks, steps[segment]);
      }
      if (modes.isBehindEnd() || bits.isBehindEnd()) {
        throw BadImageException.truncated("VP8 frame ends in row " + 16 * row);
      }
      predictLuma(column, row, blocks, mode);
      for (int i = 0; i < 2; i++) {
        chroma[i].predict(chromaMode, 8 * column, 8 * row, 8);
        for (int block = 0; block < 4; block++) {
          add(chroma[i], 16 + 4 * i + block, 8 * column + block % 2 * 4, 8 * row + block / 2 * 4);
        }
      }
      levels[row * columns + column] = filterLevel == 0 ? 0 : filterLevel(segment, blocks);
      inside[row * columns + column] = blocks || !skipped;
    }
  }

  private int readSegment() {
    if (!segmentMap) {
      return 0;
    }
    return modes.bit(segmentProbabilities[0]) == 0
        ? modes.bit(segmentProbabilities[1])
        : 2 + modes.bit(segmentProbabilities[2]);
  }

  /** Reads the mode of the whole macroblock, or those of its blocks. */
  private int readModes(boolean blocks, int column) {
    if (!blocks) {
      int mode;
      if (modes.bit(156) == 1) {
        mode = modes.bit(128) == 1 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL;
      } else {
        mode = modes.bit(163) == 1 ? Vp8Plane.VERTICAL : Vp8Plane.DC;
      }
      Arrays.fill(modesAbove, 4 * column, 4 * column + 4, mode);
      Arrays.fill(modesBeside, mode);
      return mode;
    }
    for (int y = 0; y < 4; y++) {
      int mode = modesBeside[y];
      for (int x = 0; x < 4; x++) {
        mode = readBlockMode((modesAbove[4 * column + x] * Vp8Tables.MODES + mode) * 9);
        modesAbove[4 * column + x] = mode;
        blockModes[4 * y + x] = mode;
      }
      modesBeside[y] = mode;
    }
    return -1;
  }

  private int readBlockMode(int at) {
    int[] p = Vp8Tables.BLOCK_MODES;
    if (modes.bit(p[at]) == 0) {
      return Vp8Plane.DC;
    } else if (modes.bit(p[at + 1]) == 0) {
      return Vp8Plane.TRUE_MOTION;
    } else if (modes.bit(p[at + 2]) == 0) {
      return Vp8Plane.VERTICAL;
    } else if (modes.bit(p[at + 3]) == 0) {
      if (modes.bit(p[at + 4]) == 0) {
        return Vp8Plane.HORIZONTAL;
      }
      return modes.bit(p[at + 5]) == 0 ? Vp8Plane.DOWN_RIGHT : Vp8Plane.VERTICAL_RIGHT;
    } else if (modes.bit(p[at + 6]) == 0) {
      return Vp8Plane.DOWN_LEFT;
    } else if (modes.bit(p[at + 7]) == 0) {
      return Vp8Plane.VERTICAL_LEFT;
    }
    return Vp8Plane.HORIZONTAL_DOWN + modes.bit(p[at + 8]);
  }

  private int readChromaMode() {
    if (modes.bit(142) == 0) {
      return Vp8Plane.DC;
    } else if (modes.bit(114) == 0) {
      return Vp8Plane.VERTICAL;
    }
    return modes.bit(183) == 1 ? Vp8Plane.TRUE_MOTION : Vp8Plane.HORIZONTAL;
  }

  /**
   * Clears the context of a skipped macroblock, so that its neighbours see no coefficients. The
   * context of the DC block is kept where the macroblock has none.
   */
  private void clearContext(int column, boolean blocks) {
    int count = blocks ? 8 : 9;
    Arrays.fill(filledAbove, 9 * column, 9 * column + count, false);
    Arrays.fill(filledBeside, 0, count, false);
  }

  /** Reads the coefficients of all blocks. Returns whether any of them is not 0. */
  private boolean readCoefficients(Vp8BitReader bits, int column, boolean blocks, int[] step) {
    int above = 9 * column;
    boolean any = false;
    if (!blocks) {
      int context = (filledAbove[above + 8] ? 1 : 0) + (filledBeside[8] ? 1 : 0);
      int count = readBlock(bits, LUMA_DC, context, 0, DC_BLOCK, step[2], step[3]);
      filledAbove[above + 8] = count > 0;
      filledBeside[8] = count > 0;
      spreadConstants();
    }
    int first = blocks ? 0 : 1;
    int kind = blocks ? LUMA : LUMA_WITHOUT_DC;
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        any |= readBlock(bits, kind, above + x, y, first, 4 * y + x, step, 0);
      }
    }
    for (int i = 0; i < 2; i++) {
      for (int y = 0; y < 2; y++) {
        for (int x = 0; x < 2; x++) {
          int block = 16 + 4 * i + 2 * y + x;
          any |= readBlock(bits, CHROMA, above + 4 + 2 * i + x, 4 + 2 * i + y, 0, block, step, 4);
        }
      }
    }
    return any;
  }

  private boolean readBlock(
      Vp8BitReader bits, int kind, int above, int beside, int first, int block, int[] step, int s) {
    int context = (filledAbove[above] ? 1 : 0) + (filledBeside[beside] ? 1 : 0);
    int count = readBlock(bits, kind, context, first, block, step[s], step[s + 1]);
    filledAbove[above] = count > first;
    filledBeside[beside] = count > first;
    filled[block] = count > first || coefficients[16 * block] != 0;
    return filled[block];
  }

  /** Reads the coefficients of one block. Returns the place behind the last that is not 0. */
  private int readBlock(
      Vp8BitReader bits, int kind, int context, int first, int block, int dcStep, int acStep) {
    int[] p = probabilities;
    int at = Vp8Tables.coefficients(kind, BANDS[first], context);
    for (int n = first; n < 16; n++) {
      if (bits.bit(p[at]) == 0) {
        return n;
      }
      while (bits.bit(p[at + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        at = Vp8Tables.coefficients(kind, BANDS[n], 0);
      }
      int value = bits.bit(p[at + 2]) == 0 ? 1 : readLarge(bits, at);
      at = Vp8Tables.coefficients(kind, BANDS[n + 1], value == 1 ? 1 : 2);
      int signed = bits.flag() ? -value : value;
      coefficients[16 * block + ZIGZAG[n]] = (short) (signed * (n > 0 ? acStep : dcStep));
    }
    return 16;
  }

  private int readLarge(Vp8BitReader bits, int at) {
    int[] p = probabilities;
    if (bits.bit(p[at + 3]) == 0) {
      return bits.bit(p[at + 4]) == 0 ? 2 : 3 + bits.bit(p[at + 5]);
    } else if (bits.bit(p[at + 6]) == 0) {
      if (bits.bit(p[at + 7]) == 0) {
        return 5 + bits.bit(159);
      }
      int high = bits.bit(165);
      return 7 + 2 * high + bits.bit(145);
    }
    int high = bits.bit(p[at + 8]);
    int category = 2 * high + bits.bit(p[at + 9 + high]);
    int value = 0;
    for (int probability : LARGE[category]) {
      value = 2 * value + bits.bit(probability);
    }
    return value + 3 + (8 << category);
  }

  /**
   * Applies the inverse transform of the DC block, which gives the first coefficient of each other
   * block (14.3).
   */
  private void spreadConstants() {
    int[] sums = new int[16];
    int in = 16 * DC_BLOCK;
    for (int i = 0; i < 4; i++) {
      int a = coefficients[in + i] + coefficients[in + 12 + i];
      int b = coefficients[in + 4 + i] + coefficients[in + 8 + i];
      int c = coefficients[in + 4 + i] - coefficients[in + 8 + i];
      int d = coefficients[in + i] - coefficients[in + 12 + i];
      sums[i] = a + b;
      sums[8 + i] = a - b;
      sums[4 + i] = d + c;
      sums[12 + i] = d - c;
    }
    for (int i = 0; i < 4; i++) {
      int dc = sums[4 * i] + 3;
      int a = dc + sums[4 * i + 3];
      int b = sums[4 * i + 1] + sums[4 * i + 2];
      int c = sums[4 * i + 1] - sums[4 * i + 2];
      int d = dc - sums[4 * i + 3];
      coefficients[64 * i] = (short) (a + b >> 3);
      coefficients[64 * i + 16] = (short) (d + c >> 3);
      coefficients[64 * i + 32] = (short) (a - b >> 3);
      coefficients[64 * i + 48] = (short) (d - c >> 3);
    }
  }

  private void predictLuma(int column, int row, boolean blocks, int mode) {
    int x = 16 * column;
    int y = 16 * row;
    if (!blocks) {
      luma.predict(mode, x, y, 16);
    } else if (column == columns - 1 && row > 0) {
      // There is nothing above and to the right: the last sample above stands for it.
      int at = luma.index(x + 16, y - 1);
      Arrays.fill(luma.samples, at, at + 4, luma.samples[at - 1]);
    }
    for (int block = 0; block < 16; block++) {
      int left = x + block % 4 * 4;
      int top = y + block / 4 * 4;
      if (blocks) {
        // Blocks at the right edge below the first do not have these samples yet.
        int above = luma.index(left + 4, block % 4 == 3 ? y - 1 : top - 1);
        luma.predictBlock(blockModes[block], left, top, above);
      }
      add(luma, block, left, top);
    }
  }

  private void add(Vp8Plane plane, int block, int x, int y) {
    if (filled[block]) {
      plane.add(coefficients, 16 * block, x, y);
    }
  }

  private int filterLevel(int segment, boolean blocks) {
    int level = filterLevel;
    if (segmented) {
      level = segmentLevels[segment] + (absolute ? 0 : filterLevel);
    }
    if (filterDeltasUsed) {
      level += filterDeltas[0] + (blocks ? filterDeltas[4] : 0);
    }
    return clip(level, 63);
  }

  private void filter(int[] levels, boolean[] inside) {
    Vp8LoopFilter filter = new Vp8LoopFilter(luma, chroma, simpleFilter);
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] > 0) {
        filter.filter(i % columns, i / columns, levels[i], sharpness, inside[i]);
      }
    }
  }
}
