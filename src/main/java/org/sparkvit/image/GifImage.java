package org.sparkvit.image;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The first frame of a GIF (GIF89a specification) on its canvas. */
final class GifImage extends EncodedImage {
  private static final int COLOUR_TABLE = 0x80;
  private static final int TRANSPARENT = 1;

  private int palette = -1;
  private int paletteSize;
  private int transparentIndex = -1;
  private int left;
  private int top;
  private int dataAt;

  GifImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    int screenWidth = u16le(6);
    int screenHeight = u16le(8);
    channels = 1;
    int at = 13;
    at += takePalette(u8(10), at);
    int block;
    while ((block = u8(at)) != ',') {
      if (block == '!') {
        if (u8(at + 1) == 0xF9 && (u8(at + 3) & TRANSPARENT) != 0) {
          transparentIndex = u8(at + 6);
        }
        at = skipSubBlocks(at + 2);
      } else if (block == ';') {
        throw BadImageException.corrupt("has no frame");
      } else {
        at++; // stray bytes are passed over, as browsers and Pillow do
      }
    }
    left = u16le(at + 1);
    top = u16le(at + 3);
    // A frame may reach over the screen's edge; then the canvas grows with it.
    size(Math.max(screenWidth, left + u16le(at + 5)), Math.max(screenHeight, top + u16le(at + 7)));
    dataAt = at + 10 + takePalette(u8(at + 9), at + 10);
  }

  /** Bytes that the colour table at {@code at} takes, 0 if there is none. */
  private int takePalette(int flags, int at) {
    if ((flags & COLOUR_TABLE) == 0) {
      return 0;
    }
    palette = at;
    paletteSize = 2 << (flags & 7);
    return 3 * paletteSize;
  }

  private int skipSubBlocks(int from) throws BadImageException {
    int at = from;
    while (u8(at) != 0) {
      at += u8(at) + 1;
    }
    return at + 1;
  }

  @Override
  void checkComplete() throws BadImageException {
    skipSubBlocks(dataAt + 1);
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    Raster frame;
    ImageReader reader = Readers.of(ImageFormat.GIF);
    try (ImageInputStream stream = clock.open(content)) {
      reader.setInput(stream, true, true);
      frame = reader.read(0).getRaster();
    } finally {
      reader.dispose();
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = null;
    if (transparentIndex >= 0) {
      alpha = new byte[width * height]; // nothing is to be seen outside of the frame
    }
    if (frame.getWidth() < width || frame.getHeight() < height) {
      for (int i = 0; i < rgb.length; i += 3) {
        colour(Math.max(0, transparentIndex), rgb, i);
      }
    }
    int[] row = new int[frame.getWidth()];
    for (int y = 0; y < frame.getHeight(); y++) {
      frame.getSamples(0, y, row.length, 1, 0, row);
      for (int x = 0; x < row.length; x++) {
        int at = (top + y) * width + left + x;
        colour(row[x], rgb, 3 * at);
        if (alpha != null && row[x] != transparentIndex) {
          alpha[at] = (byte) 255;
        }
      }
    }
    return Pixels.of(Rasters.of(width, height, rgb, alpha));
  }

  /** Looks the index up; a file without any colour table is shades of gray. */
  private void colour(int index, byte[] rgb, int at) throws BadImageException {
    for (int c = 0; c < 3; c++) {
      int sample = palette < 0 ? index : index < paletteSize ? u8(palette + 3L * index + c) : 0;
      rgb[at + c] = (byte) sample;
    }
  }
}
