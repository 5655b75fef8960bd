package org.sparkvit.image;

import java.util.Objects;

/**
 * Decodes one image file held in memory. Never throws for bad content and never returns garbage
 * silently: whatever is wrong with the bytes ends as a {@link DecodedImage} with a status and a
 * reason.
 *
 * <p>The pixels are those of Pillow's {@code
 * ImageOps.exif_transpose(Image.open(f)).convert("RGB")}: the first frame, gray replicated,
 * palettes looked up, alpha dropped, 16-bit samples cut to their high byte, colour profiles
 * ignored.
 */
public final class ImageDecoder {
  private final DecodeLimits limits;

  public ImageDecoder(DecodeLimits limits) {
    this.limits = Objects.requireNonNull(limits);
  }

  /**
   * Decodes all of the image.
   *
   * @param content the file's bytes; not changed
   * @param name the file's name or path, for its extension only
   */
  public DecodedImage decode(byte[] content, String name) {
    return new DecodedImage(
        ImageStatus.UNSUPPORTED, "not written yet: " + limits, null, 0, 0, 0, 1, null);
  }

  /**
   * Reads the header only: the same statuses except what only a full decode can find, and no
   * pixels.
   */
  public DecodedImage inspect(byte[] content, String name) {
    return new DecodedImage(
        ImageStatus.UNSUPPORTED, "not written yet: " + limits, null, 0, 0, 0, 1, null);
  }
}
