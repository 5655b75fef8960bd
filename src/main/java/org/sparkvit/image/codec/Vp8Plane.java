package org.sparkvit.image.codec;

import java.util.Arrays;

/**
 * One plane of samples of a VP8 frame. It predicts blocks from their neighbours and adds the
 * residuals (RFC 6386, 12 and 14.3). A border above and to the left stands for neighbours that do
 * not exist.
 */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8Plane {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  static final int DOWN_RIGHT = 4;
  static final int VERTICAL_RIGHT = 5;
  static final int DOWN_LEFT = 6;
  static final int VERTICAL_LEFT = 7;
  static final int HORIZONTAL_DOWN = 8;

  private static final int ABOVE = 127;
  private static final int BESIDE = 129;

  /** The number of samples of the border to the left, of which one is used. */
  private static final int LEFT = 4;

  /** The number of samples behind the right edge that a block's prediction may look at. */
  private static final int RIGHT = 4;

  final byte[] samples;
  final int stride;

  private final int[] edge = new int[13];
  private final int[] columns = new int[16];

  /**
   * Creates a plane.
   *
   * @param width the number of columns, a multiple of 8
   * @param height the number of rows, a multiple of 8
   */
  Vp8Plane(int width, int height) {
    this.stride = LEFT + width + RIGHT;
    this.samples = new byte[stride * (height + 1)];
    Arrays.fill(samples, 0, stride, (byte) ABOVE);
    for (int y = 0; y < height; y++) {
      samples[index(-1, y)] = (byte) BESIDE;
    }
  }

  int index(int x, int y) {
    return (y + 1) * stride + LEFT + x;
  }

  int at(int index) {
    return samples[index] & 0xFF;
  }

  /** Predicts a whole square of {@code size} by {@code size} samples. */
  void predict(int mode, int x, int y, int size) {
    int at = index(x, y);
    switch (mode) {
      case TRUE_MOTION -> trueMotion(at, size);
      case VERTICAL -> {
        for (int row = 0; row < size; row++) {
          System.arraycopy(samples, at - stride, samples, at + row * stride, size);
        }
      }
      case HORIZONTAL -> {
        for (int row = 0; row < size; row++) {
          int from = at + row * stride;
          Arrays.fill(samples, from, from + size, samples[from - 1]);
        }
      }
      default -> {
        int mean = mean(at, size, y > 0, x > 0);
        for (int row = 0; row < size; row++) {
          Arrays.fill(samples, at + row * stride, at + row * stride + size, (byte) mean);
        }
      }
    }
  }

  private int mean(int at, int size, boolean above, boolean beside) {
    if (!above && !beside) {
      return 128;
    }
    int count = (above ? size : 0) + (beside ? size : 0);
    int sum = count / 2;
    for (int i = 0; i < size; i++) {
      sum += above ? at(at - stride + i) : 0;
      sum += beside ? at(at + i * stride - 1) : 0;
    }
    return sum / count;
  }

  private void trueMotion(int at, int size) {
    int corner = at(at - stride - 1);
    for (int row = 0; row < size; row++) {
      int from = at + row * stride;
      int base = at(from - 1) - corner;
      for (int i = 0; i < size; i++) {
        samples[from + i] = clip(base + at(at - stride + i));
      }
    }
  }

  /**
   * Predicts a block of 4x4 samples.
   *
   * @param aboveRight the index of the four samples that are taken for those above and to the right
   */
  void predictBlock(int mode, int x, int y, int aboveRight) {
    int at = index(x, y);
    // The edge goes from the lowest sample on the left over the corner to the last sample above.
    for (int i = 0; i < 4; i++) {
      edge[i] = at(at + (3 - i) * stride - 1);
      edge[5 + i] = at(at - stride + i);
      edge[9 + i] = at(aboveRight + i);
    }
    edge[4] = at(at - stride - 1);
    switch (mode) {
      case DC -> {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
          sum += edge[i] + edge[5 + i];
        }
        for (int row = 0; row < 4; row++) {
          Arrays.fill(samples, at + row * stride, at + row * stride + 4, (byte) (sum >> 3));
        }
      }
      case TRUE_MOTION -> trueMotion(at, 4);
      case VERTICAL -> {
        for (int i = 0; i < 4; i++) {
          for (int row = 0; row < 4; row++) {
            samples[at + row * stride + i] = (byte) mean3(4 + i);
          }
        }
      }
      case HORIZONTAL -> {
        for (int row = 0; row < 4; row++) {
          int last = row == 3 ? (edge[1] + 3 * edge[0] + 2) >> 2 : mean3(2 - row);
          Arrays.fill(samples, at + row * stride, at + row * stride + 4, (byte) last);
        }
      }
      case DOWN_RIGHT -> {
        for (int row = 0; row < 4; row++) {
          for (int i = 0; i < 4; i++) {
            samples[at + row * stride + i] = (byte) mean3(3 + i - row);
          }
        }
      }
      case DOWN_LEFT -> {
        for (int row = 0; row < 4; row++) {
          for (int i = 0; i < 4; i++) {
            int k = 5 + i + row;
            samples[at + row * stride + i] =
                (byte) (k == 11 ? (edge[11] + 3 * edge[12] + 2) >> 2 : mean3(k));
          }
        }
      }
      case VERTICAL_RIGHT -> verticalRight(at);
      case VERTICAL_LEFT -> verticalLeft(at);
      case HORIZONTAL_DOWN -> horizontalDown(at);
      default -> horizontalUp(at);
    }
  }

  /** Returns the weighted mean of three samples of the edge, from {@code i} on. */
  private int mean3(int i) {
    return (edge[i] + 2 * edge[i + 1] + edge[i + 2] + 2) >> 2;
  }

  private int mean2(int i) {
    return (edge[i] + edge[i + 1] + 1) >> 1;
  }

  private void set(int at, int x, int y, int value) {
    samples[at + y * stride + x] = (byte) value;
  }

  private void verticalRight(int at) {
    for (int i = 0; i < 4; i++) {
      set(at, i, 0, mean2(4 + i));
      set(at, i, 1, mean3(3 + i));
    }
    for (int i = 1; i < 4; i++) {
      set(at, i, 2, mean2(3 + i));
      set(at, i, 3, mean3(2 + i));
    }
    set(at, 0, 2, mean3(2));
    set(at, 0, 3, mean3(1));
  }

  private void verticalLeft(int at) {
    for (int i = 0; i < 4; i++) {
      set(at, i, 0, mean2(5 + i));
      set(at, i, 1, mean3(5 + i));
    }
    for (int i = 0; i < 3; i++) {
      set(at, i, 2, mean2(6 + i));
      set(at, i, 3, mean3(6 + i));
    }
    // The specification breaks the pattern here.
    set(at, 3, 2, mean3(9));
    set(at, 3, 3, mean3(10));
  }

  private void horizontalDown(int at) {
    for (int row = 0; row < 4; row++) {
      set(at, 0, row, mean2(3 - row));
      set(at, 1, row, mean3(3 - row));
    }
    for (int row = 1; row < 4; row++) {
      set(at, 2, row, mean2(4 - row));
      set(at, 3, row, mean3(4 - row));
    }
    set(at, 2, 0, mean3(4));
    set(at, 3, 0, mean3(5));
  }

  private void horizontalUp(int at) {
    for (int row = 0; row < 4; row++) {
      for (int i = 0; i < 4; i++) {
        int k = 2 * row + i;
        int value =
            switch (k) {
              case 0, 2, 4 -> mean2(2 - k / 2);
              case 1, 3 -> mean3(1 - k / 2);
              case 5 -> (edge[1] + 3 * edge[0] + 2) >> 2;
              default -> edge[0];
            };
        set(at, i, row, value);
      }
    }
  }

  /** Adds the inverse transform of 16 coefficients from {@code from} on to a block. */
  void add(short[] coefficients, int from, int x, int y) {
    for (int i = 0; i < 4; i++) {
      int first = coefficients[from + i];
      int second = coefficients[from + 4 + i];
      int third = coefficients[from + 8 + i];
      int fourth = coefficients[from + 12 + i];
      int a = first + third;
      int b = first - third;
      int c = sine(second) - cosine(fourth);
      int d = cosine(second) + sine(fourth);
      columns[4 * i] = a + d;
      columns[4 * i + 1] = b + c;
      columns[4 * i + 2] = b - c;
      columns[4 * i + 3] = a - d;
    }
    for (int row = 0; row < 4; row++) {
      int dc = columns[row] + 4;
      int a = dc + columns[8 + row];
      int b = dc - columns[8 + row];
      int c = sine(columns[4 + row]) - cosine(columns[12 + row]);
      int d = cosine(columns[4 + row]) + sine(columns[12 + row]);
      int at = index(x, y + row);
      samples[at] = clip(at(at) + ((a + d) >> 3));
      samples[at + 1] = clip(at(at + 1) + ((b + c) >> 3));
      samples[at + 2] = clip(at(at + 2) + ((b - c) >> 3));
      samples[at + 3] = clip(at(at + 3) + ((a - d) >> 3));
    }
  }

  /** Returns the value times the square root of 2 and the cosine of an eighth of pi. */
  private static int cosine(int value) {
    return (value * 20091 >> 16) + value;
  }

  private static int sine(int value) {
    return value * 35468 >> 16;
  }

  static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }
}
