package org.sparkvit.image;

/** The horizontal pass: rows of an image at their new width, a block of rows at a time. */
final class BlockReader {
  /** Columns that are read, or written, together, since neighbours lie in one cache line. */
  private static final int TOGETHER = 4;

  private final Pixels image;
  private final ResampleKernel columns;
  private final LinePass pass;
  private final int[][] in;
  private final int[][] out;

  /**
   * A reader of blocks of at most {@code most} rows.
   *
   * @param columns weights of the columns wanted
   */
  BlockReader(Pixels image, ResampleKernel columns, int most) {
    this.image = image;
    this.columns = columns;
    this.pass = new LinePass(columns, TOGETHER, most);
    this.in = new int[TOGETHER][most];
    this.out = new int[TOGETHER][most];
  }

  /** Fills the first {@code count} rows of {@code block} from row {@code y} of the image on. */
  void read(int y, int count, int[][] block) {
    int next = columns.first()[0];
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

  /** Gives the pass columns from {@code x} on and returns the one behind them. */
  private int give(int x, int y, int count) {
    int together = Math.min(TOGETHER, image.width() - x);
    if (together == TOGETHER) {
      image.columns(x, y, count, in[0], in[1], in[2], in[3]);
    } else {
      for (int i = 0; i < together; i++) {
        image.column(x + i, y, count, in[i]);
      }
    }
    for (int i = 0; i < together; i++) {
      pass.put(x + i, in[i]);
    }
    return x + together;
  }

  private void store(int x, int count, int[][] block) {
    int[] a = out[0];
    int[] b = out[1];
    int[] c = out[2];
    int[] d = out[3];
    for (int i = 0; i < count; i++) {
      int[] row = block[i];
      row[x] = a[i];
      row[x + 1] = b[i];
      row[x + 2] = c[i];
      row[x + 3] = d[i];
    }
  }
}
