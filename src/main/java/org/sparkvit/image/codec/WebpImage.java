package org.sparkvit.image.codec;

import java.io.IOException;
import java.util.Arrays;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * WebP (RFC 9649): lossy, lossless, with alpha, and the first frame of an animation on its canvas.
 * It is decoded in this package to libwebp's pixels. Those of the ImageIO plugin differ; it also
 * accepts broken frames without a word and fails on broken profiles.
 */
final class WebpImage extends EncodedImage {
  private static final int RIFF_HEADER_BYTES = 12;
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int FRAME_HEADER_BYTES = 16;
  private static final int ALPHA = 0x10;
  private static final int ANIMATION = 0x02;
  private static final int LOSSLESS_SIGNATURE = 0x2F;
  private static final int LOSSLESS_HEADER_BYTES = 5;

  /** The indices where the chunks of the picture begin and end. */
  private int begin = RIFF_HEADER_BYTES;

  private int end;
  private boolean transparent;

  // The place and the size of the frame on its canvas.
  private int left;
  private int top;
  private int frameWidth;
  private int frameHeight;

  WebpImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    end = (int) Math.min(content.length, u32le(4) + CHUNK_HEADER_BYTES);
    int body = RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES;
    if (has(RIFF_HEADER_BYTES, "VP8X")) {
      int flags = u8(body);
      transparent = (flags & ALPHA) != 0;
      channels = transparent ? 4 : 3;
      size(1 + (u32le(body + 4) & 0xFFFFFF), 1 + (u32le(body + 6) >> 8));
      readOrientation();
      begin += (int) Math.min(end, CHUNK_HEADER_BYTES + u32le(RIFF_HEADER_BYTES + 4));
      if ((flags & ANIMATION) != 0) {
        readFrame();
      } else {
        frameWidth = width;
        frameHeight = height;
      }
      return;
    }
    readFrameSize(RIFF_HEADER_BYTES);
    channels = transparent ? 4 : 3;
    size(frameWidth, frameHeight);
  }

  /** Reads the sizes of the frame from the chunk at {@code at}. */
  private void readFrameSize(int at) throws BadImageException {
    int body = at + CHUNK_HEADER_BYTES;
    if (has(at, "VP8 ")) {
      frameWidth = u16le(body + 6) & 0x3FFF;
      frameHeight = u16le(body + 8) & 0x3FFF;
    } else if (has(at, "VP8L")) {
      long bits = u32le(body + 1);
      transparent = (bits >> 28 & 1) != 0;
      frameWidth = (int) (bits & 0x3FFF) + 1;
      frameHeight = (int) (bits >> 14 & 0x3FFF) + 1;
    } else {
      u8(body);
      throw BadImageException.corrupt("no image chunk");
    }
  }

  private void readFrame() throws BadImageException {
    int at = find("ANMF");
    if (at < 0) {
      throw BadImageException.truncated("no frame in " + content.length + " bytes");
    }
    int body = at + CHUNK_HEADER_BYTES;
    long length = u32le(at + 4);
    u8(body + length - 1);
    left = 2 * u24le(body);
    top = 2 * u24le(body + 3);
    frameWidth = 1 + u24le(body + 6);
    frameHeight = 1 + u24le(body + 9);
    if ((long) left + frameWidth > width || (long) top + frameHeight > height) {
      throw BadImageException.corrupt("a frame that reaches over the canvas");
    }
    begin = body + FRAME_HEADER_BYTES;
    end = (int) Math.min(end, body + length);
  }

  private int u24le(int at) throws BadImageException {
    return u16le(at) | u8(at + 2) << 16;
  }

  private void readOrientation() throws BadImageException {
    int exif = 0;
    int xmp = 0;
    long at = RIFF_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES <= content.length) {
      long length = u32le(at + 4);
      int from = (int) at + CHUNK_HEADER_BYTES;
      int to = (int) Math.min(content.length, from + length);
      if (has(at, "EXIF")) {
        from += has(from, "Exif\0\0") ? 6 : 0; // some writers keep JPEG's prefix
        exif = TiffDirectory.orientation(content, from, to);
      } else if (has(at, "XMP ")) {
        xmp = Xmp.orientation(content, from, to);
      }
      at += CHUNK_HEADER_BYTES + length + (length & 1);
    }
    turn(exif, xmp);
  }

  /** Returns the number of pixels of the first frame, which may be larger than the canvas. */
  @Override
  long work() throws BadImageException {
    long at = RIFF_HEADER_BYTES;
    while (at + CHUNK_HEADER_BYTES < content.length) {
      long body = at + CHUNK_HEADER_BYTES;
      if (has(at, "ANMF")) {
        at = body + FRAME_HEADER_BYTES; // its chunks are within it
      } else if (has(at, "VP8 ")) {
        return Math.max(
            super.work(), (long) (u16le(body + 6) & 0x3FFF) * (u16le(body + 8) & 0x3FFF));
      } else if (has(at, "VP8L")) {
        long bits = u32le(body + 1);
        return Math.max(super.work(), ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1));
      } else {
        long length = u32le(at + 4);
        at = body + length + (length & 1);
      }
    }
    return super.work();
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

  /** Returns the index of the first chunk of a name among the chunks of the picture, or -1. */
  private int find(String name) throws BadImageException {
    long at = begin;
    while (at + CHUNK_HEADER_BYTES <= end) {
      if (has(at, name)) {
        return (int) at;
      }
      long length = u32le(at + 4);
      at += CHUNK_HEADER_BYTES + length + (length & 1);
    }
    return -1;
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    int lossy = find("VP8 ");
    int lossless = find("VP8L");
    PixelImage frame;
    if (lossy >= 0 && (lossless < 0 || lossy < lossless)) {
      frame = decodeLossy(lossy, clock);
    } else if (lossless >= 0) {
      frame = decodeLossless(lossless, clock);
    } else {
      throw BadImageException.corrupt("no image chunk");
    }
    return Pixels.of(frameWidth == width && frameHeight == height ? frame : onCanvas(frame));
  }

  private void checkSize(int columns, int rows) throws BadImageException {
    if (columns != frameWidth || rows != frameHeight) {
      throw BadImageException.corrupt(
          "a frame of "
              + columns
              + "x"
              + rows
              + " where "
              + frameWidth
              + "x"
              + frameHeight
              + " is stated");
    }
  }

  private int endOfChunk(int at) throws BadImageException {
    long chunkEnd = at + CHUNK_HEADER_BYTES + u32le(at + 4);
    if (chunkEnd > end) {
      throw BadImageException.truncated("ends after " + end + " bytes, in a frame");
    }
    return (int) chunkEnd;
  }

  private PixelImage decodeLossy(int at, DecodeClock clock) throws IOException {
    int body = at + CHUNK_HEADER_BYTES;
    int chunkEnd = endOfChunk(at);
    u8(body + 9L);
    checkSize(Vp8Frame.width(content, body), Vp8Frame.height(content, body));
    byte[] rgb = Vp8Frame.decode(content, body, chunkEnd, clock);
    int alpha = find("ALPH");
    return Rasters.of(
        frameWidth,
        frameHeight,
        rgb,
        transparent && alpha >= 0 && alpha < at ? decodeAlpha(alpha, clock) : null);
  }

  private PixelImage decodeLossless(int at, DecodeClock clock) throws IOException {
    int body = at + CHUNK_HEADER_BYTES;
    long bits = u32le(body + 1);
    checkSize((int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1);
    if (u8(body) != LOSSLESS_SIGNATURE || bits >> 29 != 0) {
      throw BadImageException.corrupt("no lossless frame");
    }
    int from = body + LOSSLESS_HEADER_BYTES;
    int[] pixels = Vp8lFrame.decode(content, from, endOfChunk(at), frameWidth, frameHeight, clock);
    byte[] rgb = new byte[3 * pixels.length];
    byte[] alpha = transparent && (bits >> 28 & 1) != 0 ? new byte[pixels.length] : null;
    for (int i = 0; i < pixels.length; i++) {
      rgb[3 * i] = (byte) (pixels[i] >> 16);
      rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
      rgb[3 * i + 2] = (byte) pixels[i];
      if (alpha != null) {
        alpha[i] = (byte) (pixels[i] >> 24);
      }
    }
    return Rasters.of(frameWidth, frameHeight, rgb, alpha);
  }

  /**
   * Decodes the alpha of a lossy frame, which is stored as plain bytes or as the green of a
   * lossless frame without its header.
   */
  private byte[] decodeAlpha(int at, DecodeClock clock) throws IOException {
    int body = at + CHUNK_HEADER_BYTES;
    int chunkEnd = endOfChunk(at);
    int flags = u8(body);
    int pixels = frameWidth * frameHeight;
    byte[] alpha;
    if (flags >> 4 > 1) {
      throw BadImageException.corrupt("alpha of an unknown kind");
    } else if ((flags & 3) == 0) {
      if (chunkEnd - body - 1 < pixels) {
        throw BadImageException.truncated("alpha ends early");
      }
      alpha = Arrays.copyOfRange(content, body + 1, body + 1 + pixels);
    } else if ((flags & 3) == 1) {
      int[] green = Vp8lFrame.decode(content, body + 1, chunkEnd, frameWidth, frameHeight, clock);
      alpha = new byte[pixels];
      for (int i = 0; i < pixels; i++) {
        alpha[i] = (byte) (green[i] >> 8);
      }
    } else {
      throw BadImageException.corrupt("alpha of an unknown compression");
    }
    addPrediction(alpha, flags >> 2 & 3);
    return alpha;
  }

  /**
   * Undoes the prediction of alpha. Each value is a difference from the value to the left, the one
   * above, or both less the one in the corner.
   */
  private void addPrediction(byte[] alpha, int filter) {
    for (int i = 1; filter != 0 && i < alpha.length; i++) {
      int x = i % frameWidth;
      int above = i >= frameWidth ? alpha[i - frameWidth] & 0xFF : 0;
      int before = x > 0 ? alpha[i - 1] & 0xFF : above;
      int predicted = before;
      if (i >= frameWidth && filter == 2) {
        predicted = above;
      } else if (i >= frameWidth && x > 0 && filter == 3) {
        int corner = alpha[i - frameWidth - 1] & 0xFF;
        predicted = Math.max(0, Math.min(255, before + above - corner));
      }
      alpha[i] += (byte) predicted;
    }
  }

  /**
   * Puts the frame on the canvas. Outside of the frame the canvas is transparent, with black under
   * the alpha.
   */
  private PixelImage onCanvas(PixelImage frame) {
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = transparent ? new byte[width * height] : null;
    for (int y = 0; y < frameHeight; y++) {
      int to = (top + y) * width + left;
      System.arraycopy(frame.rgb(), 3 * y * frameWidth, rgb, 3 * to, 3 * frameWidth);
      if (alpha != null && frame.alpha() != null) {
        System.arraycopy(frame.alpha(), y * frameWidth, alpha, to, frameWidth);
      } else if (alpha != null) {
        Arrays.fill(alpha, to, to + frameWidth, (byte) 255);
      }
    }
    return Rasters.of(width, height, rgb, alpha);
  }
}
