package org.sparkvit.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** WebP (RFC 9649): lossy, lossless, with alpha, and the first frame of an animation. */
final class WebpImage extends EncodedImage {
  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int ALPHA = 0x10;

  WebpImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    int body = RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES;
    if (has(RIFF_HEADER_BYTES, "VP8 ")) {
      channels = 3;
      size(u16le(body + 6) & 0x3FFF, u16le(body + 8) & 0x3FFF);
    } else if (has(RIFF_HEADER_BYTES, "VP8L")) {
      long bits = u32le(body + 1);
      channels = (bits >> 28 & 1) == 0 ? 3 : 4;
      size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    } else if (has(RIFF_HEADER_BYTES, "VP8X")) {
      channels = (u8(body) & ALPHA) == 0 ? 3 : 4;
      size(1 + (u32le(body + 4) & 0xFFFFFF), 1 + (u32le(body + 6) >> 8));
      readOrientation();
    } else {
      u8(body);
      throw BadImageException.corrupt("no image chunk");
    }
  }

  private void readOrientation() throws BadImageException {
    int exif = 0;
    int xmp = 0;
    long at = RIFF_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= content.length) {
      long length = u32le(at + 4);
      int begin = (int) at + CHUNK_HEADER_BYTES;
      int end = (int) Math.min(content.length, begin + length);
      if (has(at, "EXIF")) {
        begin += has(begin, "Exif\0\0") ? 6 : 0; // some writers keep JPEG's prefix
        exif = TiffDirectory.orientation(content, begin, end);
      } else if (has(at, "XMP ")) {
        xmp = Xmp.orientation(content, begin, end);
      }
      at += CHUNK_HEADER_BYTES + length + (length & 1);
    }
    turn(exif, xmp);
  }

  @Override
  void checkComplete() throws BadImageException {
    long stated = u32le(4) + CHUNK_HEADER_BYTES;
    long at = RIFF_HEADER_BYTES;
    while (at < stated) {
      long length = u32le(at + 4);
      u8(at + CHUNK_HEADER_BYTES + length - 1);
      at += CHUNK_HEADER_BYTES + length + (length & 1);
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    ImageReader reader = Readers.of(ImageFormat.WEBP);
    try (ImageInputStream stream = clock.open(content)) {
      reader.setInput(stream, true, true);
      return Pixels.of(Rasters.toRgb(reader.read(0)));
    } finally {
      reader.dispose();
    }
  }
}
