package org.sparkvit.image.codec;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/** Windows and OS/2 bitmaps. */
final class BmpImage extends EncodedImage {
  private static final int FILE_HEADER_BYTES = 14;
  private static final int OS2_HEADER_BYTES = 12;
  private static final int UNCOMPRESSED = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  private int bitsPerPixel;
  private long compression;
  private boolean topDown;

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
      topDown = s32le(at + 4) < 0;
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
      // The very last row need not be padded to whole words.
      u8(endOfRows() - rowBytes() + ((long) width * bitsPerPixel + 7) / 8 - 1);
    }
  }

  private long rowBytes() {
    return ((long) width * bitsPerPixel + 31) / 32 * 4;
  }

  private long endOfRows() throws BadImageException {
    return u32le(10) + rowBytes() * height;
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    if (compression == RLE8 || compression == RLE4) {
      return Pixels.of(decodeRuns());
    }
    ImageReader reader = Readers.of(ImageFormat.BMP);
    long end = endOfRows();
    boolean filled = end <= content.length || end > Integer.MAX_VALUE;
    byte[] file = filled ? content : Arrays.copyOf(content, (int) end);
    try (ImageInputStream stream = clock.open(file)) {
      reader.setInput(stream, true, true);
      return Pixels.of(Rasters.toRgb(reader.read(0)));
    } finally {
      reader.dispose();
    }
  }

  /**
   * Decodes run-length data. ImageIO's plugin ignores missing data, so the runs are unpacked here.
   */
  private PixelImage decodeRuns() throws BadImageException {
    if (bitsPerPixel != (compression == RLE8 ? 8 : 4)) {
      throw BadImageException.corrupt("run-length data of " + bitsPerPixel + " bits per pixel");
    }
    byte[] indices = new BmpRuns(content, (int) u32le(10), bitsPerPixel).unpack(width, height);
    int palette = FILE_HEADER_BYTES + (int) u32le(FILE_HEADER_BYTES);
    long stated = u32le(FILE_HEADER_BYTES + 32);
    int colours = (int) (stated == 0 ? 1 << bitsPerPixel : Math.min(256, stated));
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0, from = 0; y < height; y++) {
      int at = 3 * width * (topDown ? y : height - 1 - y);
      for (int x = 0; x < width; x++) {
        int index = indices[from++] & 0xFF;
        for (int c = 2; c >= 0; c--) { // blue is the first
          rgb[at++] = index < colours ? (byte) u8(palette + 4L * index + c) : 0;
        }
      }
    }
    return new PixelImage(width, height, rgb);
  }
}
