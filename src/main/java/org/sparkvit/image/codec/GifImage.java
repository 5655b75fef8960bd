package org.sparkvit.image.codec;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkvit.image.Pixels;

/**
 * The first frame of a GIF (GIF89a specification) on its canvas. The JDK's reader accepts broken
 * data without a word, so they are unpacked here.
 */
final class GifImage extends EncodedImage {
  private static final int COLOUR_TABLE = 0x80;
  private static final int INTERLACED = 0x40;
  private static final int TRANSPARENT = 1;

  /** The first row of each pass of an interlaced frame and the distance to the pass's next row. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private int palette = -1;
  private int paletteSize;
  private int transparentIndex = -1;
  private int left;
  private int top;
  private int frameWidth;
  private int frameHeight;
  private boolean interlaced;
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
    frameWidth = u16le(at + 5);
    frameHeight = u16le(at + 7);
    interlaced = (u8(at + 9) & INTERLACED) != 0;
    // A frame may reach over the screen's edge; then the canvas grows with it.
    size(Math.max(screenWidth, left + frameWidth), Math.max(screenHeight, top + frameHeight));
    dataAt = at + 10 + takePalette(u8(at + 9), at + 10);
  }

  /**
   * Remembers the colour table at {@code at} if the flags announce one, and returns its length in
   * bytes, or 0.
   */
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

  /** Checks nothing, as only decoding tells whether all pixels of a GIF are there. */
  @Override
  void checkComplete() throws BadImageException {
    u8(dataAt);
    if (frameWidth == 0 || frameHeight == 0) {
      throw BadImageException.corrupt("frame of " + frameWidth + "x" + frameHeight);
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws BadImageException {
    byte[] indices = new GifData(content, dataAt).unpack(frameWidth * frameHeight);
    try {
      skipSubBlocks(dataAt + 1);
    } catch (BadImageException e) {
      note = e.getMessage() + ", behind the pixels of the first frame";
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = null;
    if (transparentIndex >= 0) {
      alpha = new byte[width * height]; // nothing is visible outside of the frame
    }
    if (frameWidth < width || frameHeight < height) {
      for (int i = 0; i < rgb.length; i += 3) {
        colour(Math.max(0, transparentIndex), rgb, i);
      }
    }
    int from = 0;
    for (int y : rowsInOrder()) {
      for (int x = 0; x < frameWidth; x++, from++) {
        int index = indices[from] & 0xFF;
        int at = (top + y) * width + left + x;
        colour(index, rgb, 3 * at);
        if (alpha != null && index != transparentIndex) {
          alpha[at] = (byte) 255;
        }
      }
    }
    return Pixels.of(Rasters.of(width, height, rgb, alpha));
  }

  private int[] rowsInOrder() {
    if (!interlaced) {
      return IntStream.range(0, frameHeight).toArray();
    }
    return Arrays.stream(PASSES)
        .flatMapToInt(pass -> IntStream.range(0, frameHeight).filter(y -> y % pass[1] == pass[0]))
        .toArray();
  }

  /** Writes the colour of an index. A file without any colour table has shades of gray. */
  private void colour(int index, byte[] rgb, int at) throws BadImageException {
    for (int c = 0; c < 3; c++) {
      int sample = palette < 0 ? index : index < paletteSize ? u8(palette + 3L * index + c) : 0;
      rgb[at + c] = (byte) sample;
    }
  }
}
