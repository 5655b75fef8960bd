package org.sparkvit.image.codec;

import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/**
 * The result of decoding one file. Unknown values are null or 0: the format where no decoder knows
 * the content, the sizes where the header could not be read.
 *
 * @param status the outcome
 * @param reason one short line that says what is wrong. For an image that is {@link ImageStatus#OK}
 *     it is empty or a note, such as that the file is damaged although all pixels are there
 * @param format the format that the file's first bytes announce, or null
 * @param width the number of columns as stored, before the EXIF orientation is applied, or 0. Of
 *     HEIC and AVIF, whose turning is part of the format, it is that of the upright picture
 * @param height the number of rows, like the width
 * @param channels the samples per pixel as stored: 1 gray or palette, 2 gray + alpha, 3 RGB, 4 RGBA
 *     or CMYK, or 0 where that is not known. HEIC and AVIF have 3, or 4 with alpha
 * @param orientation the EXIF orientation, 1 to 8; 1 where the file has none, and for HEIC and AVIF
 * @param pixels the upright RGB image, with alpha where it was not put on a background. It is null
 *     unless the status {@link ImageStatus#isUsable() is usable} and the image was decoded
 */
public record DecodedImage(
    ImageStatus status,
    String reason,
    ImageFormat format,
    int width,
    int height,
    int channels,
    int orientation,
    PixelImage pixels) {

  /** Returns whether the image has pixels to work on. */
  public boolean isUsable() {
    return pixels != null;
  }
}
