package org.sparkvit.image.codec;

import java.io.IOException;
import org.sparkvit.image.Pixels;

/**
 * HEIC and AVIF (ISO/IEC 23008-12): the primary picture of a file, decoded by the machine's
 * libheif. The file's own cropping, turning and mirroring are applied. EXIF's orientation repeats
 * them and is not applied again.
 */
final class HeifImage extends EncodedImage {
  private static final int HEADER_BYTES = 8;

  private final ImageFormat format;

  HeifImage(byte[] content, ImageFormat format) {
    super(content);
    this.format = format;
  }

  @Override
  void readHeader() throws IOException {
    // First, so that what is wrong with a file does not depend on what a machine has.
    checkBoxes();
    if (!Heif.support().isPresent()) {
      throw BadImageException.unsupported(
          format
              + ": "
              + Heif.support().problem()
              + "; "
              + Heif.support().remedy()
              + ", or convert it to JPEG");
    }
    Heif.Header header = Heif.header(content);
    channels = header.alpha() ? 4 : 3;
    size(header.width(), header.height());
  }

  /**
   * Walks over the outermost boxes. One that describes or holds pictures has to be complete. What
   * follows the last known box is a phone's addition, such as a clip, and does not matter.
   */
  private void checkBoxes() throws BadImageException {
    boolean pictures = false;
    boolean track = false;
    long at = 0;
    while (at + HEADER_BYTES <= content.length) {
      long length = u32be(at);
      if (length == 1 && at + 2 * HEADER_BYTES <= content.length) {
        length = u32be(at + HEADER_BYTES) << 32 | u32be(at + HEADER_BYTES + 4);
      } else if (length == 0) {
        length = content.length - at; // the last box may leave it open
      }
      boolean meta = has(at + 4, "meta");
      if (length < HEADER_BYTES) {
        break;
      } else if (length > content.length - at && (meta || has(at + 4, "mdat"))) {
        throw BadImageException.truncated(
            "ends after " + content.length + " bytes, inside of a box");
      }
      pictures |= meta;
      track |= has(at + 4, "moov");
      at += Math.min(length, content.length);
    }
    if (!pictures && track) {
      throw BadImageException.unsupported(
          "a sequence of pictures without a still one; take its frames out as JPEG");
    } else if (!pictures) {
      throw BadImageException.truncated(
          "ends after " + content.length + " bytes, before it describes a picture");
    }
  }

  @Override
  void checkComplete() {
    // The boxes are checked with the header; whether data lie outside of them libheif says.
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    return Pixels.of(Heif.decode(content, width, height, clock));
  }
}
