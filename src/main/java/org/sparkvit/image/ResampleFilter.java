package org.sparkvit.image;

/**
 * Pillow's resampling filters with the numbers that {@code preprocessor_config.json} stores as
 * {@code resample}.
 */
public enum ResampleFilter {
  NEAREST(0, 0),
  LANCZOS(1, 3),
  BILINEAR(2, 1),
  BICUBIC(3, 2),
  BOX(4, 0.5);

  private final int pillowCode;
  final double support;

  ResampleFilter(int pillowCode, double support) {
    this.pillowCode = pillowCode;
    this.support = support;
  }

  /** Pillow's number: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box. */
  public int pillowCode() {
    return pillowCode;
  }

  /**
   * The filter of a Pillow number.
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
        "no resampling filter has the number " + code + "; 0 to 4 are known");
  }
}
