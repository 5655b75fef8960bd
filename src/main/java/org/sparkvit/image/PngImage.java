package org.sparkvit.image;

import java.io.IOException;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** PNG (W3C Recommendation, third edition) and the first frame of APNG. */
final class PngImage extends EncodedImage {
  private static final int SIGNATURE_BYTES = 8;

  PngImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    if (content.length >= SIGNATURE_BYTES + 8 && !has(SIGNATURE_BYTES + 4, "IHDR")) {
      throw BadImageException.corrupt("does not begin with a header chunk");
    }
    int body = SIGNATURE_BYTES + 8;
    int depth = u8(body + 8);
    int colour = u8(body + 9);
    channels =
        switch (colour) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> throw BadImageException.corrupt("colour type " + colour);
        };
    size(u32be(body), u32be(body + 4));
    if (depth != 16 && depth != 8 && (channels != 1 || (depth != 1 && depth != 2 && depth != 4))) {
      throw BadImageException.corrupt(depth + " bits per sample");
    }
    readOrientation();
  }

  private void readOrientation() throws BadImageException {
    long at = SIGNATURE_BYTES;
    while (at + 8 <= content.length) {
      long length = u32be(at);
      if (has(at + 4, "eXIf")) {
        int end = (int) Math.min(content.length, at + 8 + length);
        orientation = TiffDirectory.orientation(content, (int) at + 8, end);
        return;
      }
      at += length + 12;
    }
  }

  /** All chunks up to the end chunk are there, and their checksums are right. */
  @Override
  void checkComplete() throws BadImageException {
    CRC32 crc = new CRC32();
    long at = SIGNATURE_BYTES;
    while (!has(at + 4, "IEND")) {
      long length = u32be(at);
      long end = at + 12 + length;
      if (end > content.length) {
        throw BadImageException.truncated(
            "ends after " + content.length + " bytes, inside of a chunk");
      }
      boolean critical = (u8(at + 4) & 0x20) == 0;
      crc.reset();
      crc.update(content, (int) at + 4, (int) length + 4);
      if (critical && crc.getValue() != u32be(end - 4)) {
        throw BadImageException.corrupt("wrong checksum in the chunk at byte " + at);
      }
      at = end;
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    ImageReader reader = Readers.of(ImageFormat.PNG);
    try (ImageInputStream stream = clock.open(content)) {
      reader.setInput(stream, true, true);
      return Pixels.of(Rasters.toRgb(reader.read(0)));
    } finally {
      reader.dispose();
    }
  }
}
