package org.sparkvit.image.codec;

import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * Portable bitmaps, gray maps and pixmaps of Netpbm (PBM, PGM, PPM), plain or raw. Samples of any
 * depth are scaled to 8 bits as Pillow scales those of colours. Pillow clips gray samples of more
 * than 8 bits instead, which turns most of them white.
 */
final class PnmImage extends EncodedImage {
  private static final int MOST_DIGITS = 10;
  private static final int MOST_VALUE = 65535;

  private int kind;
  private int most = 1;
  private int at = 2;

  PnmImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    kind = u8(1) - '0';
    channels = kind == 3 || kind == 6 ? 3 : 1;
    long columns = readNumber();
    size(columns, readNumber());
    if (kind != 1 && kind != 4) {
      most = (int) Math.min(Integer.MAX_VALUE, readNumber());
      if (most < 1 || most > MOST_VALUE) {
        throw BadImageException.corrupt("largest sample " + most);
      }
    }
  }

  /** Reads a number, any blanks and comments before it, and the one blank behind it. */
  private long readNumber() throws BadImageException {
    long number = 0;
    int digits = 0;
    while (at < content.length || digits == 0) {
      int letter = u8(at++);
      if (letter == '#') {
        skipComment();
      } else if (letter >= '0' && letter <= '9' && digits < MOST_DIGITS) {
        number = 10 * number + letter - '0';
        digits++;
      } else if (!isBlank(letter)) {
        throw BadImageException.corrupt("no number at byte " + (at - 1));
      } else if (digits > 0) {
        return number;
      }
    }
    return number;
  }

  private void skipComment() throws BadImageException {
    while (u8(at) != '\n' && u8(at) != '\r') {
      at++;
    }
    at++;
  }

  private static boolean isBlank(int letter) {
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
  }

  private boolean isPlain() {
    return kind <= 3;
  }

  @Override
  void checkComplete() throws BadImageException {
    if (!isPlain()) {
      long perRow = kind == 4 ? (width + 7) / 8 : (long) width * channels * (most > 255 ? 2 : 1);
      u8(at + perRow * height - 1);
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws BadImageException {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      if (channels == 3) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * i + c] = scaled(readSample());
        }
      } else {
        byte gray = most == 1 && kind % 3 == 1 ? readBit(i) : scaled(readSample());
        rgb[3 * i] = gray;
        rgb[3 * i + 1] = gray;
        rgb[3 * i + 2] = gray;
      }
    }
    return Pixels.of(new PixelImage(width, height, rgb));
  }

  /** Reads one pixel of a bitmap, in which 1 is black. */
  private byte readBit(int pixel) throws BadImageException {
    int bit;
    if (kind == 4) {
      int x = pixel % width;
      bit = u8(at + (long) (pixel / width) * ((width + 7) / 8) + x / 8) >> (7 - x % 8) & 1;
    } else {
      int letter = u8(at++);
      while (isBlank(letter) || letter == '#') {
        if (letter == '#') {
          skipComment();
        }
        letter = u8(at++);
      }
      if (letter != '0' && letter != '1') {
        throw BadImageException.corrupt("no bit at byte " + (at - 1));
      }
      bit = letter - '0';
    }
    return (byte) (bit == 0 ? 255 : 0);
  }

  private int readSample() throws BadImageException {
    if (!isPlain()) {
      int sample = u8(at++);
      return most > 255 ? sample << 8 | u8(at++) : sample;
    }
    long sample = readNumber();
    if (sample > most) {
      throw BadImageException.corrupt("sample " + sample + " where " + most + " is the largest");
    }
    return (int) sample;
  }

  private byte scaled(int sample) {
    return (byte) Math.min(255, (int) Math.rint((double) sample / most * 255));
  }
}
