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
  private HeifItems items;

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
      int header = HEADER_BYTES;
      long length = u32be(at);
      if (length == 1 && at + 2 * HEADER_BYTES <= content.length) {
        header += HEADER_BYTES;
        length = u32be(at + HEADER_BYTES) << 32 | u32be(at + HEADER_BYTES + 4);
      } else if (length == 0) {
        length = content.length - at; // the last box may leave it open
      }
      boolean meta = has(at + 4, "meta");
      if (length < header) {
        break;
      } else if (length > content.length - at && (meta || has(at + 4, "mdat"))) {
        throw BadImageException.truncated(
            "ends after " + content.length + " bytes, inside of a box");
      }
      if (meta && items == null) {
        items = HeifItems.of(content, (int) at + header, (int) (at + length));
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

  /**
   * Returns the pixels of the largest picture that is coded in the file. It may be larger than the
   * primary picture, which is cut out of it or only claims to be small.
   */
  @Override
  long storedPixels() {
    return Math.max(super.storedPixels(), items.largest());
  }

  /**
   * Looks for holes, which decoders of HEVC fill without a word. The boxes are checked with the
   * header, and whether data lie outside of the file libheif says.
   */
  @Override
  void checkComplete() throws BadImageException {
    if (items.hole() >= 0) {
      throw BadImageException.corrupt("zeros in place of the pixels' data at byte " + items.hole());
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    return Pixels.of(Heif.decode(content, width, height, storedPixels(), clock));
  }
}
