package org.sparkvit.image;

/**
 * An 8-bit RGB image.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param rgb {@code height * width * 3} bytes, row by row, R G B interleaved; not copied, so the
 *     owner does not change it afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are handed on, never compared
public record PixelImage(int width, int height, byte[] rgb) {
  public PixelImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          width + "x" + height + " RGB pixels do not fill " + rgb.length + " bytes");
    }
  }
}
