package org.sparkvit.image.hash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/**
 * PDQ, a perceptual hash of 256 bits that survives compression, resizing and small crops. An image
 * is blurred by two passes of a box filter and sampled at 64 x 64 points. The cosine transform of
 * the samples gives frequencies, of which the lowest 16 x 16 without the mean are kept. Each bit
 * says whether one of them is above the median. The steps are those of Meta's reference
 * implementation (ThreatExchange, pdq, 2019), in the same order and in single precision, so that
 * the bits are the same. Images of more than {@value #MOST_PIXELS} pixels are reduced to that
 * number first, as a huge one would take gigabytes. A few bits may then differ.
 *
 * @param bits four elements: bit {@code 16 * i + j} tells of vertical frequency {@code i + 1} and
 *     horizontal frequency {@code j + 1}, and bit {@code b} is bit {@code b % 64} of element {@code
 *     b / 64}
 * @param quality the amount of structure in the image, 0 to 100; Meta discards hashes below {@value
 *     #USABLE}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by distance
public record PdqHash(long[] bits, int quality) {
  /** The quality from which on a hash tells images apart. */
  public static final int USABLE = 50;

  /** The largest distance at which two images show the same, according to the reference. */
  public static final int SAME = 31;

  /** The length of {@link #toBytes} in bytes. */
  public static final int BYTES = 32;

  public static final int BITS = 256;

  private static final int MOST_PIXELS = 1 << 22;

  private static final int SIDE = 64;

  /** The largest side from which parts are sampled, with four pixels a sample. */
  private static final int MOST_SAMPLED = 4 * SIDE;

  private static final int FREQUENCIES = 16;
  private static final int PASSES = 2;

  /**
   * The number of rows that are summed together. In a single row every sum would wait for the one
   * before it.
   */
  private static final int ABREAST = 4;

  private static final int WINDOWS_PER_SIDE = 2 * SIDE;
  private static final float[] RED = multiples(0.299f);
  private static final float[] GREEN = multiples(0.587f);
  private static final float[] BLUE = multiples(0.114f);
  private static final float[][] COSINES = cosines();

  /**
   * Returns the products of a channel's 256 levels and a factor. Looking a product up is twice as
   * fast as computing it.
   */
  private static float[] multiples(float factor) {
    float[] multiples = new float[256];
    for (int v = 0; v < multiples.length; v++) {
      multiples[v] = factor * v;
    }
    return multiples;
  }

  private static float[][] cosines() {
    float scale = (float) Math.sqrt(2.0 / SIDE);
    float[][] cosines = new float[FREQUENCIES][SIDE];
    for (int i = 0; i < FREQUENCIES; i++) {
      for (int j = 0; j < SIDE; j++) {
        cosines[i][j] = (float) (scale * Math.cos((Math.PI / 2 / SIDE) * (i + 1) * (2 * j + 1)));
      }
    }
    return cosines;
  }

  /** Hashes an image. */
  public static PdqHash of(PixelImage whole) {
    PixelImage image = reduced(whole);
    int width = image.width();
    int height = image.height();
    float[] luma = luma(image.rgb());
    float[] other = new float[luma.length];
    int across = (width + WINDOWS_PER_SIDE - 1) / WINDOWS_PER_SIDE;
    int down = (height + WINDOWS_PER_SIDE - 1) / WINDOWS_PER_SIDE;
    for (int pass = 0; pass < PASSES; pass++) {
      boxAlongRows(luma, other, width, height, across);
      boxAlongColumns(other, luma, width, height, down);
    }
    return of(samples(luma, width, height));
  }

  /**
   * A part of an image, in shares of the image's size.
   *
   * @param left the share of the width at which the part begins, 0 to 1
   * @param top the share of the height at which the part begins, 0 to 1
   * @param size the share of the width and of the height that the part takes, above 0 to 1
   */
  public record Crop(double left, double top, double size) {
    /** The whole image. */
    public static final Crop WHOLE = new Crop(0, 0, 1);
  }

  /**
   * Hashes parts of an image as the reference would hash pictures of them with 64 x 64 pixels. Each
   * sample is the mean of its neighbourhood, where the reference takes a single pixel. So an image
   * of few pixels and its smaller copy have nearly the same bits, which {@link #of} does not
   * guarantee.
   *
   * @return a hash of each part, in the order of the parts
   */
  public static List<PdqHash> ofParts(PixelImage whole, List<Crop> parts) {
    PixelImage image =
        Resampler.resize(
            whole,
            Math.min(whole.width(), MOST_SAMPLED),
            Math.min(whole.height(), MOST_SAMPLED),
            ResampleFilter.BILINEAR);
    int width = image.width();
    float[] luma = luma(image.rgb());
    float[][] rows = new float[image.height()][];
    for (int y = 0; y < rows.length; y++) {
      rows[y] = Arrays.copyOfRange(luma, y * width, (y + 1) * width);
    }
    // Parts that lie below one another share their columns.
    Map<SampleWeights, float[][]> across = new HashMap<>();
    List<PdqHash> hashes = new ArrayList<>(parts.size());
    for (Crop part : parts) {
      SampleWeights columns = new SampleWeights(width, part.left(), part.size());
      SampleWeights lines = new SampleWeights(rows.length, part.top(), part.size());
      hashes.add(
          of(lines.means(across.computeIfAbsent(columns, missing -> missing.alongRows(rows)))));
    }
    return hashes;
  }

  /**
   * The weights by which a stretch of an axis is sampled. Each sample is a mean of the pixels
   * within a sample's distance of its centre, with more weight on near ones, as Pillow's BILINEAR
   * reduces an image.
   *
   * @param length the length of the axis in pixels
   * @param from the share of the axis at which the stretch begins
   * @param size the share of the axis that the stretch takes
   */
  private record SampleWeights(int length, double from, double size) {
    float[][] alongRows(float[][] rows) {
      float[][] result = new float[rows.length][SIDE];
      each(
          (sample, at, weight) -> {
            for (int y = 0; y < rows.length; y++) {
              result[y][sample] += weight * rows[y][at];
            }
          });
      return result;
    }

    /** Returns the weighted means of whole rows. */
    float[][] means(float[][] rows) {
      float[][] result = new float[SIDE][SIDE];
      each(
          (sample, at, weight) -> {
            float[] mean = result[sample];
            float[] row = rows[at];
            for (int x = 0; x < SIDE; x++) {
              mean[x] += weight * row[x];
            }
          });
      return result;
    }

    private void each(Weighted use) {
      double step = size * length / SIDE;
      double reach = Math.max(step, 1);
      for (int i = 0; i < SIDE; i++) {
        double centre = from * length + (i + 0.5) * step;
        int begin = Math.max(0, (int) (centre - reach + 0.5));
        int end = Math.min(length, (int) (centre + reach + 0.5));
        double sum = 0;
        for (int at = begin; at < end; at++) {
          sum += weight(at, centre, reach);
        }
        for (int at = begin; at < end; at++) {
          use.accept(i, at, (float) (weight(at, centre, reach) / sum));
        }
      }
    }

    private static double weight(int at, double centre, double reach) {
      return Math.max(0, 1 - Math.abs(at + 0.5 - centre) / reach);
    }

    private interface Weighted {
      void accept(int sample, int at, float weight);
    }
  }

  private static PdqHash of(float[][] samples) {
    return new PdqHash(aboveMedian(transform(samples)), quality(samples));
  }

  private static PixelImage reduced(PixelImage image) {
    double pixels = (double) image.width() * image.height();
    if (pixels <= MOST_PIXELS) {
      return image;
    }
    double factor = Math.sqrt(MOST_PIXELS / pixels);
    return Resampler.resize(
        image,
        (int) Math.max(1, image.width() * factor),
        (int) Math.max(1, image.height() * factor),
        ResampleFilter.BILINEAR);
  }

  private static float[] luma(byte[] rgb) {
    float[] luma = new float[rgb.length / 3];
    for (int i = 0, at = 0; i < luma.length; i++, at += 3) {
      luma[i] = RED[rgb[at] & 0xFF] + GREEN[rgb[at + 1] & 0xFF] + BLUE[rgb[at + 2] & 0xFF];
    }
    return luma;
  }

  /**
   * Computes a running mean along rows. At the ends it is the mean of the part of the window that
   * exists.
   */
  private static void boxAlongRows(float[] in, float[] out, int width, int height, int window) {
    int ahead = (window + 2) / 2 - 1;
    // Zeros on both sides change no sum, so the loop needs no tests at the ends of a row.
    float[][] lines = new float[ABREAST][window + width + ahead];
    float[][] sums = new float[ABREAST][width + ahead];
    float[] sizes = new float[width];
    for (int x = 0; x < width; x++) {
      sizes[x] = Math.min(width - 1, x + ahead) - Math.max(-1, x + ahead - window);
    }
    for (int y = 0; y < height; y += ABREAST) {
      int rows = Math.min(ABREAST, height - y);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(in, (y + i) * width, lines[i], window, width);
      }
      runningSums(lines[0], lines[1], lines[2], lines[3], sums, window);
      for (int i = 0; i < rows; i++) {
        divide(sums[i], ahead, sizes, out, (y + i) * width);
      }
    }
  }

  private static void runningSums(
      float[] a, float[] b, float[] c, float[] d, float[][] sums, int window) {
    float[] sumsA = sums[0];
    float[] sumsB = sums[1];
    float[] sumsC = sums[2];
    float[] sumsD = sums[3];
    float sumA = 0;
    float sumB = 0;
    float sumC = 0;
    float sumD = 0;
    for (int x = 0; x < sumsA.length; x++) {
      sumA = sumA + a[x + window] - a[x];
      sumB = sumB + b[x + window] - b[x];
      sumC = sumC + c[x + window] - c[x];
      sumD = sumD + d[x + window] - d[x];
      sumsA[x] = sumA;
      sumsB[x] = sumB;
      sumsC[x] = sumC;
      sumsD[x] = sumD;
    }
  }

  private static void divide(float[] sums, int from, float[] sizes, float[] out, int row) {
    for (int x = 0; x < sizes.length; x++) {
      out[row + x] = sums[from + x] / sizes[x];
    }
  }

  /** Computes a running mean down all columns at once, which reads memory in its order. */
  private static void boxAlongColumns(float[] in, float[] out, int width, int height, int window) {
    int half = (window + 2) / 2;
    float[] sums = new float[width];
    int left = 0;
    int right = 0;
    int at = 0;
    int size = 0;
    for (; size < half - 1; size++) {
      add(sums, in, width * right++);
    }
    while (size < window) {
      add(sums, in, width * right++);
      size++;
      divide(sums, size, out, width * at++);
    }
    while (right < height) {
      slide(sums, in, width * right++, width * left++, size, out, width * at++);
    }
    while (at < height) {
      subtract(sums, in, width * left++);
      size--;
      divide(sums, size, out, width * at++);
    }
  }

  private static void add(float[] sums, float[] in, int row) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += in[row + x];
    }
  }

  private static void slide(
      float[] sums, float[] in, int entering, int leaving, int size, float[] out, int row) {
    for (int x = 0; x < sums.length; x++) {
      float sum = sums[x] + in[entering + x] - in[leaving + x];
      sums[x] = sum;
      out[row + x] = sum / size;
    }
  }

  private static void subtract(float[] sums, float[] in, int row) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] -= in[row + x];
    }
  }

  private static void divide(float[] sums, int size, float[] out, int row) {
    for (int x = 0; x < sums.length; x++) {
      out[row + x] = sums[x] / size;
    }
  }

  private static float[][] samples(float[] luma, int width, int height) {
    float[][] samples = new float[SIDE][SIDE];
    for (int i = 0; i < SIDE; i++) {
      int y = (int) ((i + 0.5) * height / SIDE);
      for (int j = 0; j < SIDE; j++) {
        int x = (int) ((j + 0.5) * width / SIDE);
        samples[i][j] = luma[y * width + x];
      }
    }
    return samples;
  }

  /**
   * Returns the quality from the differences between neighbouring samples. Only differences of a
   * percent or more count.
   */
  private static int quality(float[][] samples) {
    int sum = 0;
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        if (i + 1 < SIDE) {
          sum += step(samples[i][j], samples[i + 1][j]);
        }
        if (j + 1 < SIDE) {
          sum += step(samples[i][j], samples[i][j + 1]);
        }
      }
    }
    return Math.min(100, sum / 90);
  }

  private static int step(float a, float b) {
    return Math.abs((int) ((a - b) * 100 / 255));
  }

  private static float[] transform(float[][] samples) {
    float[][] rows = new float[FREQUENCIES][SIDE];
    for (int i = 0; i < FREQUENCIES; i++) {
      for (int k = 0; k < SIDE; k++) {
        float cosine = COSINES[i][k];
        for (int j = 0; j < SIDE; j++) {
          rows[i][j] += cosine * samples[k][j];
        }
      }
    }
    float[] result = new float[FREQUENCIES * FREQUENCIES];
    for (int i = 0; i < FREQUENCIES; i++) {
      for (int j = 0; j < FREQUENCIES; j++) {
        float sum = 0;
        for (int k = 0; k < SIDE; k++) {
          sum += rows[i][k] * COSINES[j][k];
        }
        result[FREQUENCIES * i + j] = sum;
      }
    }
    return result;
  }

  private static long[] aboveMedian(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    float median = sorted[values.length / 2 - 1];
    long[] bits = new long[BITS / Long.SIZE];
    for (int b = 0; b < values.length; b++) {
      if (values[b] > median) {
        bits[b / Long.SIZE] |= 1L << b % Long.SIZE;
      }
    }
    return bits;
  }

  /** Returns the number of bits in which two hashes differ, 0 to 256. */
  public int distance(PdqHash other) {
    return distance(bits, other.bits);
  }

  /**
   * Returns the number of bits in which two hashes differ, given as the elements of {@link #bits}.
   */
  public static int distance(long[] a, long[] b) {
    int distance = 0;
    for (int i = 0; i < a.length; i++) {
      distance += Long.bitCount(a[i] ^ b[i]);
    }
    return distance;
  }

  /**
   * Returns the bits as {@value #BYTES} bytes, the highest first, in the order in which the
   * reference writes them as hex.
   */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    for (int i = bits.length - 1; i >= 0; i--) {
      bytes.putLong(bits[i]);
    }
    return bytes.array();
  }

  /** Returns the {@link #bits} of the bytes that {@link #toBytes} gave. */
  public static long[] bits(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long[] bits = new long[BITS / Long.SIZE];
    for (int i = bits.length - 1; i >= 0; i--) {
      bits[i] = buffer.getLong();
    }
    return bits;
  }
}
