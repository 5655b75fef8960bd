package org.sparkvit.image;

/**
 * An 8-bit RGB image.
 *
 * @param width the number of columns, at least 1
 * @param height the number of rows, at least 1
 * @param rgb {@code height * width * 3} bytes, row by row, R G B interleaved; they are not copied,
 *     so the owner must not change them afterwards
 * @param alpha {@code height * width} bytes, from 0 (transparent) to 255 (opaque), or null where
 *     the whole image is opaque. The colours are those of the file, not multiplied by the alpha,
 *     and code that does not need the alpha ignores it
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

  /** Creates an opaque image. */
  public PixelImage(int width, int height, byte[] rgb) {
    this(width, height, rgb, null);
  }
}
