package org.sparkvit.loading;

import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;

/**
 * An image that is decoded and prepared for the model.
 *
 * @param status the outcome of reading and decoding
 * @param reason the reason why the status is not OK, or null
 * @param sha256 the hash of the file's content, or null where that could not be read
 * @param pixels height x width x RGB bytes in the model's input size, or null unless the image is
 *     usable
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record PreparedImage(ImageStatus status, String reason, String sha256, byte[] pixels) {

  /** Returns whether the image has pixels. */
  public boolean isUsable() {
    return pixels != null;
  }

  /** Decodes and prepares one image. If something is wrong with the image, the result says so. */
  public static PreparedImage of(ImageContent content, ImageDecoder decoder, PreprocessSpec input) {
    if (content.bytes() == null) {
      return new PreparedImage(content.status(), content.reason(), null, null);
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name(), input);
    if (!decoded.isUsable()) {
      return new PreparedImage(decoded.status(), decoded.reason(), sha256, null);
    }
    byte[] pixels = decoded.pixels().rgb();
    String reason = decoded.reason().isEmpty() ? null : decoded.reason();
    return new PreparedImage(decoded.status(), reason, sha256, pixels);
  }
}
