package org.sparkvit.image.codec;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes a lossless WebP frame (RFC 9649, 3). The verdict on whether it is complete is libwebp's.
 */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8lFrame {
  private static final int PREDICTOR = 0;
  private static final int CROSS_COLOUR = 1;
  private static final int SUBTRACT_GREEN = 2;
  private static final int COLOUR_INDEXING = 3;

  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int MOST_CACHE_BITS = 11;

  /**
   * The nearest pixels by distance code: rows up in the high four bits, and 8 less columns to the
   * right in the others (3.6.2.2).
   */
  private static final int[] NEAR = {
    0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39,
    0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a,
    0x24, 0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d,
    0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e,
    0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f,
    0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e,
    0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72,
    0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70
  };

  /**
   * A transform that is to be undone, with an image of its own.
   *
   * @param type the type of the transform (RFC 9649, 3.5)
   * @param width the width of the image that it applies to
   * @param bits the power of two that is the side of its blocks, or the number of pixels that share
   *     a sample
   * @param data the pixels of the transform's own image
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Transform(int type, int width, int bits, int[] data) {}

  private final Vp8lBitReader bits;
  private final DecodeClock clock;

  private Vp8lFrame(Vp8lBitReader bits, DecodeClock clock) {
    this.bits = bits;
    this.clock = clock;
  }

  /**
   * Decodes the frame behind its header.
   *
   * @return the pixels row by row as 0xAARRGGBB
   */
  static int[] decode(byte[] content, int from, int end, int width, int height, DecodeClock clock)
      throws BadImageException, InterruptedIOException {
    Vp8lFrame frame = new Vp8lFrame(new Vp8lBitReader(content, from, end), clock);
    return frame.decode(width, height);
  }

  private int[] decode(int width, int height) throws BadImageException, InterruptedIOException {
    List<Transform> transforms = new ArrayList<>();
    int stored = width;
    int seen = 0;
    while (bits.flag()) {
      int type = bits.read(2);
      if ((seen >> type & 1) != 0) {
        throw BadImageException.corrupt("WebP frame with the same transform twice");
      }
      seen |= 1 << type;
      Transform transform = readTransform(type, stored, height);
      transforms.add(0, transform);
      stored = type == COLOUR_INDEXING ? parts(stored, transform.bits) : stored;
    }
    int[] pixels = readPixels(stored, height, true);
    for (Transform transform : transforms) {
      clock.check();
      switch (transform.type) {
        case PREDICTOR -> addPrediction(pixels, transform, height);
        case CROSS_COLOUR -> addColours(pixels, transform);
        case SUBTRACT_GREEN -> addGreen(pixels);
        default -> pixels = lookUp(pixels, transform, height);
      }
    }
    return pixels;
  }

  private static int parts(int size, int bits) {
    return size + (1 << bits) - 1 >> bits;
  }

  private Transform readTransform(int type, int width, int height)
      throws BadImageException, InterruptedIOException {
    if (type == SUBTRACT_GREEN) {
      return new Transform(type, width, 0, new int[0]);
    } else if (type == COLOUR_INDEXING) {
      int colours = 1 + bits.read(8);
      int shared = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
      int[] differences = readPixels(colours, 1, false);
      int[] palette = new int[LITERALS]; // what is behind its end is nothing to be seen
      for (int i = 0; i < colours; i++) {
        palette[i] = i == 0 ? differences[0] : add(palette[i - 1], differences[i]);
      }
      return new Transform(type, width, shared, palette);
    }
    int block = 2 + bits.read(3);
    int[] data = readPixels(parts(width, block), parts(height, block), false);
    return new Transform(type, width, block, data);
  }

  private int[] readPixels(int width, int height, boolean mayHaveGroups)
      throws BadImageException, InterruptedIOException {
    boolean caches = bits.flag();
    int cacheBits = caches ? bits.read(4) : 0;
    if (cacheBits > MOST_CACHE_BITS || (caches && cacheBits == 0)) {
      throw BadImageException.corrupt("WebP frame with a cache of 2^" + cacheBits + " colours");
    }
    int groupBits = 0;
    int[] groups = null;
    int count = 1;
    if (mayHaveGroups && bits.flag()) {
      groupBits = 2 + bits.read(3);
      groups = readPixels(parts(width, groupBits), parts(height, groupBits), false);
      for (int i = 0; i < groups.length; i++) {
        groups[i] = groups[i] >> 8 & 0xFFFF;
        count = Math.max(count, groups[i] + 1);
      }
    }
    Vp8lCode[][] codes = new Vp8lCode[count][];
    for (int i = 0; i < count; i++) {
      codes[i] =
          new Vp8lCode[] {
            Vp8lCode.read(bits, LITERALS + LENGTHS + (cacheBits > 0 ? 1 << cacheBits : 0)),
            Vp8lCode.read(bits, LITERALS),
            Vp8lCode.read(bits, LITERALS),
            Vp8lCode.read(bits, LITERALS),
            Vp8lCode.read(bits, DISTANCES)
          };
    }
    int[] pixels = new int[width * height];
    int[] cache = new int[1 << cacheBits];
    int groupColumns = parts(width, groupBits);
    for (int at = 0, cached = 0; at < pixels.length; ) {
      int x = at % width;
      if (x == 0) {
        clock.check();
      }
      int group =
          groups == null ? 0 : groups[(at / width >> groupBits) * groupColumns + (x >> groupBits)];
      Vp8lCode[] code = codes[group];
      int symbol = code[0].read(bits);
      if (symbol < LITERALS) {
        int red = code[1].read(bits);
        int blue = code[2].read(bits);
        pixels[at++] = code[3].read(bits) << 24 | red << 16 | symbol << 8 | blue;
      } else if (symbol < LITERALS + LENGTHS) {
        int length = readExtended(symbol - LITERALS);
        int distance = distance(readExtended(code[4].read(bits)), width);
        if (distance > at || length > pixels.length - at) {
          throw BadImageException.corrupt("WebP frame that repeats what is not there");
        }
        for (int i = 0; i < length; i++, at++) {
          pixels[at] = pixels[at - distance];
        }
      } else {
        while (cached < at) {
          int colour = pixels[cached++];
          cache[hash(colour, cacheBits)] = colour;
        }
        pixels[at++] = cache[symbol - LITERALS - LENGTHS];
      }
    }
    return pixels;
  }

  private static int hash(int colour, int cacheBits) {
    return colour * 0x1E35A7BD >>> 32 - cacheBits;
  }

  /**
   * Reads a length or a distance. The symbol is the value itself where it is small; larger values
   * have further bits.
   */
  private int readExtended(int symbol) throws BadImageException {
    if (symbol < 4) {
      return symbol + 1;
    }
    int extra = symbol - 2 >> 1;
    return (2 + (symbol & 1) << extra) + bits.read(extra) + 1;
  }

  private static int distance(int code, int width) {
    if (code > NEAR.length) {
      return code - NEAR.length;
    }
    int near = NEAR[code - 1];
    return Math.max(1, (near >> 4) * width + 8 - (near & 0xF));
  }

  /** Adds two pixels channel by channel, each modulo 256. */
  private static int add(int a, int b) {
    return (a & 0xFF00FF00) + (b & 0xFF00FF00) & 0xFF00FF00
        | (a & 0x00FF00FF) + (b & 0x00FF00FF) & 0x00FF00FF;
  }

  private static void addGreen(int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      int green = pixels[i] >> 8 & 0xFF;
      pixels[i] = add(pixels[i], green << 16 | green);
    }
  }

  private static void addColours(int[] pixels, Transform transform) {
    int width = transform.width;
    int columns = parts(width, transform.bits);
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      int y = i / width;
      int factors = transform.data[(y >> transform.bits) * columns + (x >> transform.bits)];
      int pixel = pixels[i];
      byte green = (byte) (pixel >> 8);
      int red = (pixel >> 16) + ((byte) factors * green >> 5) & 0xFF;
      int blue = pixel + ((byte) (factors >> 8) * green >> 5);
      blue += (byte) (factors >> 16) * (byte) red >> 5;
      pixels[i] = pixel & 0xFF00FF00 | red << 16 | blue & 0xFF;
    }
  }

  private static int[] lookUp(int[] packed, Transform transform, int height) {
    int width = transform.width;
    int columns = parts(width, transform.bits);
    int sampleBits = 8 >> transform.bits;
    int[] pixels = new int[width * height];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int shared = packed[y * columns + (x >> transform.bits)] >> 8 & 0xFF;
        int place = x & (1 << transform.bits) - 1;
        pixels[at++] = transform.data[shared >> place * sampleBits & (1 << sampleBits) - 1];
      }
    }
    return pixels;
  }

  private static void addPrediction(int[] pixels, Transform transform, int height) {
    int width = transform.width;
    int columns = parts(width, transform.bits);
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at++) {
        int predicted;
        if (y == 0) {
          predicted = x == 0 ? 0xFF000000 : pixels[at - 1];
        } else if (x == 0) {
          predicted = pixels[at - width];
        } else {
          int block = (y >> transform.bits) * columns + (x >> transform.bits);
          predicted = predict(transform.data[block] >> 8 & 0xF, pixels, at, width);
        }
        pixels[at] = add(pixels[at], predicted);
      }
    }
  }

  /**
   * Predicts a pixel from its neighbours. For the last column, the neighbour above and to the right
   * is the first pixel of the same row.
   */
  private static int predict(int mode, int[] pixels, int at, int width) {
    int left = pixels[at - 1];
    int top = pixels[at - width];
    int topLeft = pixels[at - width - 1];
    int topRight = pixels[at - width + 1];
    return switch (mode) {
      case 1 -> left;
      case 2 -> top;
      case 3 -> topRight;
      case 4 -> topLeft;
      case 5 -> mean(mean(left, topRight), top);
      case 6 -> mean(left, topLeft);
      case 7 -> mean(left, top);
      case 8 -> mean(topLeft, top);
      case 9 -> mean(top, topRight);
      case 10 -> mean(mean(left, topLeft), mean(top, topRight));
      case 11 -> nearest(top, left, topLeft);
      case 12 -> gradient(left, top, topLeft);
      case 13 -> halfGradient(mean(left, top), topLeft);
      default -> 0xFF000000;
    };
  }

  private static int mean(int a, int b) {
    return (((a ^ b) & 0xFEFEFEFE) >>> 1) + (a & b);
  }

  private static int channel(int pixel, int shift) {
    return pixel >> shift & 0xFF;
  }

  private static int nearest(int top, int left, int corner) {
    int difference = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int c = channel(corner, shift);
      difference += Math.abs(channel(left, shift) - c) - Math.abs(channel(top, shift) - c);
    }
    return difference <= 0 ? top : left;
  }

  private static int gradient(int left, int top, int corner) {
    int pixel = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value = channel(left, shift) + channel(top, shift) - channel(corner, shift);
      pixel |= Math.max(0, Math.min(255, value)) << shift;
    }
    return pixel;
  }

  private static int halfGradient(int mean, int corner) {
    int pixel = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value = channel(mean, shift);
      value += (value - channel(corner, shift)) / 2;
      pixel |= Math.max(0, Math.min(255, value)) << shift;
    }
    return pixel;
  }
}
