package org.sparkvit.image.resample;

import org.sparkvit.image.Pixels;

/**
 * The horizontal pass of resampling. It reads rows of an image at their new width, a block of rows
 * at a time.
 */
final class BlockReader {
  /**
   * The number of columns that are read or written together, since neighbours share a cache line.
   */
  private static final int TOGETHER = 8;

  /** The number of ints that the bytes of so many columns fill. */
  private static final int INTS = 3 * TOGETHER / 4;

  /**
   * The number of rows that are read side by side. Processors prefetch a few such streams, not
   * hundreds.
   */
  private static final int SIDE_BY_SIDE = 16;

  private final Pixels image;
  private final ResampleKernel columns;
  private final LinePass pass;
  private final int left;
  private final int groups;
  private final int[][] in;
  private final int[][] out;

  /**
   * Creates a reader of blocks of at most {@code most} rows.
   *
   * @param columns the weights of the columns that are wanted
   */
  BlockReader(Pixels image, ResampleKernel columns, int most) {
    this.image = image;
    this.columns = columns;
    this.pass = new LinePass(columns, TOGETHER, most);
    this.left = columns.first()[0];
    this.groups = (columns.end(columns.first().length - 1) - left) / TOGETHER;
    this.in = new int[INTS * groups + 1][most];
    this.out = new int[TOGETHER][most];
  }

  /** Fills the first {@code count} rows of {@code block} from row {@code y} of the image on. */
  void read(int y, int count, int[][] block) {
    for (int from = 0; from < count; from += SIDE_BY_SIDE) {
      int end = Math.min(count, from + SIDE_BY_SIDE);
      for (int group = 0; group < groups; group++) {
        image.columns(left + TOGETHER * group, y, from, end, in, INTS * group);
      }
    }
    int next = left;
    int width = columns.first().length;
    for (int x = 0; x < width; x++) {
      while (next < columns.end(x)) {
        next = give(next, y, count);
      }
      pass.get(x, out[x % TOGETHER]);
      if (x % TOGETHER == TOGETHER - 1) {
        store(x - TOGETHER + 1, count, block);
      }
    }
    for (int x = width - width % TOGETHER; x < width; x++) {
      for (int i = 0; i < count; i++) {
        block[i][x] = out[x % TOGETHER][i];
      }
    }
  }

  /** Gives the pass columns from {@code x} on. Returns the column behind them. */
  private int give(int x, int y, int count) {
    int at = INTS * (x - left) / TOGETHER;
    if (at < in.length - 1) {
      pass.put(x, in[at], in[at + 1], in[at + 2]);
      return x + 4;
    }
    image.column(x, y, count, in[in.length - 1]);
    pass.put(x, in[in.length - 1]);
    return x + 1;
  }

  private void store(int x, int count, int[][] block) {
    int[] a = out[0];
    int[] b = out[1];
    int[] c = out[2];
    int[] d = out[3];
    int[] e = out[4];
    int[] f = out[5];
    int[] g = out[6];
    int[] h = out[7];
    for (int i = 0; i < count; i++) {
      int[] row = block[i];
      row[x] = a[i];
      row[x + 1] = b[i];
      row[x + 2] = c[i];
      row[x + 3] = d[i];
      row[x + 4] = e[i];
      row[x + 5] = f[i];
      row[x + 6] = g[i];
      row[x + 7] = h[i];
    }
  }
}
