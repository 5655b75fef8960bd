package org.sparkvit.image.resample;

/**
 * Pillow's resampling filters with the numbers that {@code preprocessor_config.json} stores as
 * {@code resample}.
 */
public enum ResampleFilter {
  NEAREST(0, 0),
  LANCZOS(1, 3),
  BILINEAR(2, 1),
  BICUBIC(3, 2),
  BOX(4, 0.5),
  HAMMING(5, 1);

  private final int pillowCode;
  private final double support;

  ResampleFilter(int pillowCode, double support) {
    this.pillowCode = pillowCode;
    this.support = support;
  }

  /** Returns Pillow's number: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming. */
  public int pillowCode() {
    return pillowCode;
  }

  /**
   * Returns the filter of a Pillow number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ResampleFilter ofPillowCode(int code) {
    for (ResampleFilter filter : values()) {
      if (filter.pillowCode == code) {
        return filter;
      }
    }
    throw new IllegalArgumentException(
        "no resampling filter has the number " + code + "; 0 to 5 are known");
  }

  /** Returns half the filter's width in output samples. */
  double support() {
    return support;
  }

  /**
   * Computes the filter function, in Pillow's order of operations, as rounding must not differ.
   *
   * @param x the distance from the centre in output samples
   */
  double weight(double x) {
    return switch (this) {
      case NEAREST -> throw new IllegalStateException("NEAREST picks samples and weighs none");
      case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
      case BILINEAR -> Math.max(0, 1 - Math.abs(x));
      case BICUBIC -> bicubic(Math.abs(x));
      case HAMMING -> hamming(Math.abs(x));
      case LANCZOS -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    };
  }

  private static double bicubic(double x) {
    double a = -0.5;
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  private static double hamming(double x) {
    if (x == 0) {
      return 1;
    }
    double angle = x * Math.PI;
    return x >= 1 ? 0 : Math.sin(angle) / angle * (0.54f + 0.46f * Math.cos(angle));
  }

  private static double sinc(double x) {
    double angle = x * Math.PI;
    return x == 0 ? 1 : Math.sin(angle) / angle;
  }
}
