package org.sparkvit.image.codec;

import java.io.IOException;
import org.sparkvit.core.ImageStatus;

/** Says why an image has no pixels, by a status and one short line. It never leaves the package. */
final class BadImageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ImageStatus status;

  BadImageException(ImageStatus status, String reason) {
    super(reason);
    this.status = status;
  }

  BadImageException(ImageStatus status, String reason, Throwable cause) {
    super(reason, cause);
    this.status = status;
  }

  ImageStatus status() {
    return status;
  }

  static BadImageException corrupt(String reason) {
    return new BadImageException(ImageStatus.DECODE_ERROR, reason);
  }

  static BadImageException truncated(String reason) {
    return new BadImageException(ImageStatus.TRUNCATED, reason);
  }

  static BadImageException unsupported(String reason) {
    return new BadImageException(ImageStatus.UNSUPPORTED, reason);
  }
}
