package org.sparkvit.loading;

import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;

/**
 * An image on its way to the model.
 *
 * @param status what happened to it
 * @param reason why not OK, else null
 * @param sha256 of its content, or null where that could not be read
 * @param pixels height x width x RGB bytes as the model wants them, null unless usable
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record PreparedImage(ImageStatus status, String reason, String sha256, byte[] pixels) {

  /** Returns whether there are pixels. */
  public boolean isUsable() {
    return pixels != null;
  }

  /** Decodes and prepares one image. What is wrong with it is in the result. */
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
