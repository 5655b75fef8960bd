package org.sparkvit.image;

/**
 * An 8-bit RGB image.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param rgb {@code height * width * 3} bytes, row by row, R G B interleaved; not copied, so the
 *     owner does not change it afterwards
 * @param alpha {@code height * width} bytes, from 0, nothing to be seen, to 255, nothing to be seen
 *     behind it, or null where all of it is opaque. The colours are those of the file, not lessened
 *     by it, and whoever does not ask for it does without
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are handed on, never compared
public record PixelImage(int width, int height, byte[] rgb, byte[] alpha) {
  public PixelImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          width + "x" + height + " RGB pixels do not fill " + rgb.length + " bytes");
    }
    if (alpha != null && 3L * alpha.length != rgb.length) {
      throw new IllegalArgumentException(
          width + "x" + height + " pixels do not have " + alpha.length + " values of alpha");
    }
  }

  /** An opaque image. */
  public PixelImage(int width, int height, byte[] rgb) {
    this(width, height, rgb, null);
  }
}
