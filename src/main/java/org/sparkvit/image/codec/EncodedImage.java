package org.sparkvit.image.codec;

import java.io.IOException;
import org.sparkvit.image.Pixels;

/**
 * One image file in memory, in one format: what its header says, whether all of it is there, and
 * its pixels. One object per file and not shared between threads.
 *
 * <p>The three steps are called in this order; a step throws {@link BadImageException} with the
 * right status, or anything at all, since library decoders leak runtime exceptions. What the header
 * step has found out before it failed stays readable.
 */
abstract class EncodedImage {
  final byte[] content;
  int width;
  int height;
  int channels;
  int orientation = 1;

  /** What is odd about the file although all pixels are there; empty where nothing is. */
  String note = "";

  EncodedImage(byte[] content) {
    this.content = content;
  }

  /** Reads sizes, channels and orientation, in time that does not depend on the image's size. */
  abstract void readHeader() throws IOException;

  /** Looks, without decoding, whether the file ends early. */
  abstract void checkComplete() throws IOException;

  /**
   * Pixels that decoding goes over, all passes together, told without decoding; at least those of
   * the image.
   */
  long work() throws BadImageException {
    return (long) width * height;
  }

  /**
   * Returns the pixels of the first frame as stored, not yet turned by the orientation; to be
   * closed.
   */
  abstract Pixels decode(DecodeClock clock) throws IOException;

  /**
   * The same, with both sides divided by {@code reduction} and rounded up where the format can be
   * decoded like that; all pixels where it cannot.
   *
   * @param reduction 1, 2, 4 or 8
   */
  Pixels decode(DecodeClock clock, int reduction) throws IOException {
    return decode(clock);
  }

  static EncodedImage of(ImageFormat format, byte[] content) {
    return switch (format) {
      case JPEG -> new JpegImage(content);
      case PNG -> new PngImage(content);
      case GIF -> new GifImage(content);
      case BMP -> new BmpImage(content);
      case TIFF -> new TiffImage(content);
      case WEBP -> new WebpImage(content);
      case PNM -> new PnmImage(content);
    };
  }

  final int u8(long at) throws BadImageException {
    if (at < 0 || at >= content.length) {
      throw BadImageException.truncated("ends after " + content.length + " bytes");
    }
    return content[(int) at] & 0xFF;
  }

  final int u16be(long at) throws BadImageException {
    return u8(at) << 8 | u8(at + 1);
  }

  final int u16le(long at) throws BadImageException {
    return u8(at) | u8(at + 1) << 8;
  }

  final long u32be(long at) throws BadImageException {
    return (long) u16be(at) << 16 | u16be(at + 2);
  }

  final long u32le(long at) throws BadImageException {
    return u16le(at) | (long) u16le(at + 2) << 16;
  }

  final int s32le(long at) throws BadImageException {
    return u16le(at) | u16le(at + 2) << 16;
  }

  /** Returns whether the ASCII text stands at {@code at}. */
  final boolean has(long at, String text) {
    if (at < 0 || at + text.length() > content.length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (content[(int) at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes over how the picture is to be turned, as Pillow does: EXIF's word counts, and XMP's where
   * EXIF has none.
   *
   * @param exif orientation 1 to 8, or 0 where there is none
   * @param xmp the same
   */
  final void turn(int exif, int xmp) {
    orientation = exif > 0 ? exif : Math.max(1, xmp);
  }

  /** Takes over a size as the file states it, which may be more than an int or less than 1. */
  final void size(long columns, long rows) throws BadImageException {
    width = (int) Math.max(0, Math.min(columns, Integer.MAX_VALUE));
    height = (int) Math.max(0, Math.min(rows, Integer.MAX_VALUE));
    if (columns < 1 || rows < 1) {
      throw BadImageException.corrupt("size " + columns + "x" + rows);
    }
  }
}
