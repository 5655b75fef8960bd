package org.sparkvit.image.hash;

import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/**
 * Measures of an image that follow from its pixels alone: those of CleanVision (Cleanlab), each
 * turned into a score from 0 (bad) to 1 (good).
 *
 * <p>The first frame is measured, upright and with 8 bits a channel, as {@link ImageDecoder} gives
 * it: CMYK as RGB, the high byte of 16-bit samples, no alpha. A palette is looked up, where
 * CleanVision would measure its indices.
 *
 * @param dark the 99th percentile of the brightness {@code sqrt(.241 R^2 + .691 G^2 + .068 B^2) /
 *     255}; percentiles come from a histogram of 1024 bins and are within 0.001
 * @param light 1 less the 5th percentile of the brightness
 * @param aspect the shorter side over the longer one
 * @param information a tenth of the entropy, in bits, of the samples of all channels, at most 1
 * @param sharpness a score computed from the edges and the histogram of the gray image of 64 pixels
 * @param brightness the median brightness
 * @param gray whether the channels differ by at most 2 on 99.9 % of the pixels
 * @param color the most frequent of 4096 colours, as {@code 0xRRGGBB}, in the middle of its range
 * @param small the image with a longer side of at most 64 pixels, of which the sharpness was
 *     measured
 */
public record ImageQuality(
    double dark,
    double light,
    double aspect,
    double information,
    double sharpness,
    double brightness,
    boolean gray,
    int color,
    PixelImage small) {
  /** The scores below which CleanVision reports an issue. */
  public static final double DARK = 0.32;

  public static final double LIGHT = 0.05;
  public static final double ASPECT = 0.35;
  public static final double INFORMATION = 0.3;
  public static final double SHARPNESS = 0.29;

  private static final int BINS = 1024;
  private static final int BLUR_SIDE = 64;
  private static final double LEAST_SPREAD = 0.18;
  private static final int GRAY_DIFFERENCE = 2;
  private static final int COLOR_BITS = 4;

  /**
   * Measures an image.
   *
   * @param oneChannel whether the file stores the image in gray; then the entropy is that of one
   *     channel
   */
  public static ImageQuality of(PixelImage image, boolean oneChannel) {
    byte[] rgb = image.rgb();
    int pixels = image.width() * image.height();
    int[] brightness = new int[BINS];
    int[] red = new int[256];
    int[] green = new int[256];
    int[] blue = new int[256];
    int[] colors = new int[1 << (3 * COLOR_BITS)];
    for (int at = 0; at < rgb.length; at += 3) {
      int r = rgb[at] & 0xFF;
      int g = rgb[at + 1] & 0xFF;
      int b = rgb[at + 2] & 0xFF;
      red[r]++;
      green[g]++;
      blue[b]++;
      float level = (float) Math.sqrt(RED[r] + GREEN[g] + BLUE[b]);
      brightness[(int) (level * (BINS - 1) + 0.5f)]++;
      colors[((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4)]++;
    }
    double width = image.width();
    double height = image.height();
    PixelImage small = small(image);
    return new ImageQuality(
        percentile(brightness, pixels, 0.99),
        1 - percentile(brightness, pixels, 0.05),
        Math.min(width / height, height / width),
        Math.min(1, 0.1 * (oneChannel ? entropy(red) : entropy(red, green, blue))),
        sharpness(small),
        percentile(brightness, pixels, 0.5),
        isGray(rgb),
        middle(colors),
        small);
  }

  /**
   * Returns whether the image counts as gray. It stops at the first pixel that is one coloured
   * pixel too many.
   */
  private static boolean isGray(byte[] rgb) {
    int pixels = rgb.length / 3;
    int most = pixels - (int) Math.ceil(0.999 * pixels);
    int colored = 0;
    for (int at = 0; at < rgb.length && colored <= most; at += 3) {
      int r = rgb[at] & 0xFF;
      int g = rgb[at + 1] & 0xFF;
      int b = rgb[at + 2] & 0xFF;
      if (Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b)) > GRAY_DIFFERENCE) {
        colored++;
      }
    }
    return colored <= most;
  }

  private static final float[] RED = squares(0.241);
  private static final float[] GREEN = squares(0.691);
  private static final float[] BLUE = squares(0.068);

  private static float[] squares(double share) {
    float[] squares = new float[256];
    for (int v = 0; v < 256; v++) {
      squares[v] = (float) (share * v * v / 255 / 255);
    }
    return squares;
  }

  /** Returns a percentile, interpolated as numpy does, between the middles of bins. */
  private static double percentile(int[] histogram, int count, double share) {
    double rank = share * (count - 1);
    double low = at(histogram, (long) Math.floor(rank));
    double high = at(histogram, (long) Math.ceil(rank));
    return low + (rank - Math.floor(rank)) * (high - low);
  }

  private static double at(int[] histogram, long rank) {
    long seen = 0;
    int bin = 0;
    while (seen + histogram[bin] <= rank) {
      seen += histogram[bin++];
    }
    return bin / (BINS - 1.0);
  }

  private static double entropy(int[]... histograms) {
    double count = 0;
    for (int[] histogram : histograms) {
      for (int n : histogram) {
        count += n;
      }
    }
    double bits = 0;
    for (int[] histogram : histograms) {
      for (int n : histogram) {
        if (n > 0) {
          bits -= n / count * Math.log(n / count) / Math.log(2);
        }
      }
    }
    return bits;
  }

  public static PixelImage small(PixelImage image) {
    double ratio = Math.max(image.width(), image.height()) / (double) BLUR_SIDE;
    return ratio > 1
        ? Resampler.resize(
            image,
            (int) Math.max(1, Math.floor(image.width() / ratio)),
            (int) Math.max(1, Math.floor(image.height() / ratio)),
            ResampleFilter.BICUBIC)
        : image;
  }

  private static double sharpness(PixelImage small) {
    int[] gray = gray(small);
    int[] histogram = new int[256];
    for (int level : gray) {
      histogram[level]++;
    }
    double edges = deviation(edges(gray, small.width(), small.height()));
    double spread = 1 - Math.exp(-0.01 * deviation(histogram));
    return Math.min(1, 1 - Math.exp(-0.01 * edges) + (spread <= LEAST_SPREAD ? 0 : spread));
  }

  /** Converts to gray as Pillow's conversion to mode L does. */
  private static int[] gray(PixelImage image) {
    byte[] rgb = image.rgb();
    int[] gray = new int[rgb.length / 3];
    for (int i = 0, at = 0; i < gray.length; i++, at += 3) {
      gray[i] =
          (19595 * (rgb[at] & 0xFF)
                  + 38470 * (rgb[at + 1] & 0xFF)
                  + 7471 * (rgb[at + 2] & 0xFF)
                  + 0x8000)
              >> 16;
    }
    return gray;
  }

  /**
   * Applies Pillow's filter FIND_EDGES: eight times the pixel less its neighbours. The border stays
   * as it is.
   */
  private static int[] edges(int[] gray, int width, int height) {
    int[] edges = gray.clone();
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int at = y * width + x;
        int sum = 9 * gray[at];
        for (int row = at - width; row <= at + width; row += width) {
          sum -= gray[row - 1] + gray[row] + gray[row + 1];
        }
        edges[at] = Math.max(0, Math.min(255, sum));
      }
    }
    return edges;
  }

  /** Returns the standard deviation of a population. */
  private static double deviation(int[] values) {
    double sum = 0;
    double squares = 0;
    for (int value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  }

  private static int middle(int[] colors) {
    int most = 0;
    for (int c = 1; c < colors.length; c++) {
      if (colors[c] > colors[most]) {
        most = c;
      }
    }
    int half = 0x080808;
    return half | ((most >> 8) << 20) | (((most >> 4) & 15) << 12) | ((most & 15) << 4);
  }
}
