package org.sparkvit.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Windows and OS/2 bitmaps. */
final class BmpImage extends EncodedImage {
  private static final int FILE_HEADER_BYTES = 14;
  private static final int OS2_HEADER_BYTES = 12;
  private static final int UNCOMPRESSED = 0;
  private static final int BIT_FIELDS = 3;

  private int bitsPerPixel;
  private long compression;

  BmpImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    long headerBytes = u32le(FILE_HEADER_BYTES);
    int at = FILE_HEADER_BYTES + 4;
    if (headerBytes == OS2_HEADER_BYTES) {
      bitsPerPixel = u16le(at + 6);
      channels = bitsPerPixel <= 8 ? 1 : 3;
      size(u16le(at), u16le(at + 2));
    } else if (headerBytes >= 16 && headerBytes <= 1024) {
      bitsPerPixel = u16le(at + 10);
      compression = headerBytes >= 20 ? u32le(at + 12) : UNCOMPRESSED;
      channels = bitsPerPixel <= 8 ? 1 : 3;
      // Both are signed; a negative height means that the rows run from top to bottom.
      size(s32le(at), Math.abs((long) s32le(at + 4)));
    } else {
      throw BadImageException.corrupt("header of " + headerBytes + " bytes");
    }
    switch (bitsPerPixel) {
      case 1, 4, 8, 16, 24, 32 -> {}
      default -> throw BadImageException.unsupported(bitsPerPixel + " bits per pixel");
    }
  }

  @Override
  void checkComplete() throws BadImageException {
    if (compression == UNCOMPRESSED || compression == BIT_FIELDS) {
      long rowBytes = ((long) width * bitsPerPixel + 31) / 32 * 4;
      u8(u32le(10) + rowBytes * height - 1);
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    ImageReader reader = Readers.of(ImageFormat.BMP);
    try (ImageInputStream stream = clock.open(content)) {
      reader.setInput(stream, true, true);
      return Pixels.of(Rasters.toRgb(reader.read(0)));
    } finally {
      reader.dispose();
    }
  }
}
