package org.sparkvit.image.codec;

import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/**
 * What decoding one file gave. What is not known is null or 0: the format where the content is none
 * that decodes, the sizes where the header could not be read.
 *
 * @param status what became of the image
 * @param reason one short line saying what is wrong; of an image that is {@link ImageStatus#OK} it
 *     is empty, or a note, such as that the file is damaged although all pixels are there
 * @param format the format by the file's first bytes, or null
 * @param width columns as stored, before the EXIF turn, or 0
 * @param height rows as stored, before the EXIF turn, or 0
 * @param channels samples per pixel as stored: 1 gray or palette, 2 gray + alpha, 3 RGB, 4 RGBA or
 *     CMYK, or 0
 * @param orientation EXIF orientation 1 to 8; 1 where there is none
 * @param pixels RGB, turned upright, with alpha where it was not put on a background; null unless
 *     the status {@link ImageStatus#isUsable() is usable} and the image was decoded
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

  /** Returns whether there are pixels to work on. */
  public boolean isUsable() {
    return pixels != null;
  }
}
