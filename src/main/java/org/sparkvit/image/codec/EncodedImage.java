package org.sparkvit.image.codec;

import java.io.IOException;
import org.sparkvit.image.Pixels;

/**
 * One image file in memory, in one format. It reads the header, checks that the file is complete,
 * and decodes the pixels. Each file has an object of its own, which is not shared between threads.
 *
 * <p>The three steps are called in this order. A step throws {@link BadImageException} with the
 * right status, or any other exception, since library decoders leak runtime exceptions. What the
 * header step found out before it failed stays readable.
 */
abstract class EncodedImage {
  final byte[] content;
  int width;
  int height;
  int channels;
  int orientation = 1;

  /** A note on what is odd about the file although all pixels are there, or empty. */
  String note = "";

  EncodedImage(byte[] content) {
    this.content = content;
  }

  /**
   * Reads sizes, channels and orientation. The time it takes does not depend on the image's size.
   */
  abstract void readHeader() throws IOException;

  /** Checks, without decoding, whether the file ends early. */
  abstract void checkComplete() throws IOException;

  /**
   * Returns the number of pixels that decoding makes room for at once. It is at least the number of
   * the image's pixels and is found without decoding.
   */
  long storedPixels() {
    return (long) width * height;
  }

  /**
   * Returns the number of pixels that decoding visits, summed over all passes. It is at least the
   * number of the image's pixels and is found without decoding.
   */
  long work() throws BadImageException {
    return (long) width * height;
  }

  /**
   * Returns the pixels of the first frame as stored, without the orientation applied. The caller
   * closes them.
   */
  abstract Pixels decode(DecodeClock clock) throws IOException;

  /**
   * Returns the pixels of the first frame with both sides divided by {@code reduction} and rounded
   * up, or all pixels where the format does not support it.
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
      case HEIC, AVIF -> new HeifImage(content, format);
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

  /** Returns whether the ASCII text stands at index {@code at}. */
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
   * Sets the orientation as Pillow does: EXIF's where it is present, otherwise XMP's.
   *
   * @param exif the orientation in EXIF, 1 to 8, or 0 where there is none
   * @param xmp the orientation in XMP, 1 to 8, or 0 where there is none
   */
  final void turn(int exif, int xmp) {
    orientation = exif > 0 ? exif : Math.max(1, xmp);
  }

  /**
   * Sets the size as the file states it.
   *
   * @param columns the width, which may be more than an int or less than 1
   * @param rows the height, which may be more than an int or less than 1
   */
  final void size(long columns, long rows) throws BadImageException {
    width = (int) Math.max(0, Math.min(columns, Integer.MAX_VALUE));
    height = (int) Math.max(0, Math.min(rows, Integer.MAX_VALUE));
    if (columns < 1 || rows < 1) {
      throw BadImageException.corrupt("size " + columns + "x" + rows);
    }
  }
}
