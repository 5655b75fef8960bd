package org.sparkvit.image.augment;

import java.util.SplittableRandom;

/**
 * Changes brightness, contrast, saturation and hue at random, in a random order, as torchvision's
 * {@code ColorJitter} does to a Pillow image. Each operation gives Pillow's bytes.
 *
 * @param strength the factors of brightness, contrast and saturation are drawn from {@code max(0, 1
 *     - strength)} to {@code 1 + strength}; 0 leaves all three unchanged
 * @param hue the largest turn of the hue in either direction, as a share of the circle, 0 to 0.5
 */
public record ColorJitter(double strength, double hue) {
  /** Leaves images unchanged. */
  public static final ColorJitter NONE = new ColorJitter(0, 0);

  public ColorJitter {
    if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("strength " + strength + " is not 0 or more");
    }
    if (!(hue >= 0 && hue <= 0.5)) {
      throw new IllegalArgumentException("hue " + hue + " is not from 0 to 0.5");
    }
  }

  /** An operation that changes colours. */
  enum Operation {
    BRIGHTNESS,
    CONTRAST,
    SATURATION,
    HUE
  }

  /**
   * Changes RGB pixels in place.
   *
   * @param random decides the factors and the order of the operations
   */
  void apply(byte[] rgb, SplittableRandom random) {
    Operation[] order = Operation.values();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Operation swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    for (Operation operation : order) {
      double spread = operation == Operation.HUE ? hue : strength;
      if (spread > 0) {
        double drawn = (2 * random.nextDouble() - 1) * spread;
        apply(operation, operation == Operation.HUE ? drawn : Math.max(0, 1 + drawn), rgb);
      }
    }
  }

  /**
   * Changes RGB pixels in place by one operation.
   *
   * @param factor the strength of the change. For brightness, contrast and saturation, 1 changes
   *     nothing and 0 gives black, plain gray or gray scale. For hue it is a share of the circle,
   *     from -0.5 to 0.5
   */
  static void apply(Operation operation, double factor, byte[] rgb) {
    switch (operation) {
      case BRIGHTNESS -> blend(rgb, 0, (float) factor);
      case CONTRAST -> blend(rgb, meanGray(rgb), (float) factor);
      case SATURATION -> saturate(rgb, (float) factor);
      case HUE -> turn(rgb, (int) (factor * 255));
    }
  }

  /** Blends the image with one gray as Pillow's {@code Image.blend} does. */
  private static void blend(byte[] rgb, int gray, float factor) {
    byte[] table = new byte[256];
    for (int value = 0; value < 256; value++) {
      table[value] = blended(gray, value, factor);
    }
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = table[rgb[i] & 0xff];
    }
  }

  private static void saturate(byte[] rgb, float factor) {
    for (int i = 0; i < rgb.length; i += 3) {
      int gray = gray(rgb, i);
      for (int c = i; c < i + 3; c++) {
        rgb[c] = blended(gray, rgb[c] & 0xff, factor);
      }
    }
  }

  private static byte blended(int gray, int value, float factor) {
    float result = gray + factor * (value - gray);
    return (byte) Math.max(0, Math.min(255, (int) result));
  }

  /** Returns the ITU-R 601-2 luma of a pixel as Pillow's conversion to mode L computes it. */
  private static int gray(byte[] rgb, int i) {
    return ((rgb[i] & 0xff) * 19595
            + (rgb[i + 1] & 0xff) * 38470
            + (rgb[i + 2] & 0xff) * 7471
            + 0x8000)
        >> 16;
  }

  private static int meanGray(byte[] rgb) {
    long sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      sum += gray(rgb, i);
    }
    int pixels = rgb.length / 3;
    return (int) ((double) sum / pixels + 0.5);
  }

  /** Turns the hue: converts to Pillow's 8-bit HSV, adds to H modulo 256, and converts back. */
  private static void turn(byte[] rgb, int by) {
    for (int i = 0; i < rgb.length; i += 3) {
      int r = rgb[i] & 0xff;
      int g = rgb[i + 1] & 0xff;
      int b = rgb[i + 2] & 0xff;
      int max = Math.max(r, Math.max(g, b));
      int min = Math.min(r, Math.min(g, b));
      if (max == min) {
        continue;
      }
      float range = max - min;
      int saturation = (int) (range / max * 255.0);
      int hue = (hue(r, g, b, max, range) + by) & 0xff;
      put(rgb, i, hue, saturation, max);
    }
  }

  private static int hue(int r, int g, int b, int max, float range) {
    float rc = (max - r) / range;
    float gc = (max - g) / range;
    float bc = (max - b) / range;
    float h;
    if (r == max) {
      h = bc - gc;
    } else if (g == max) {
      h = (float) (2.0 + rc - bc);
    } else {
      h = (float) (4.0 + gc - rc);
    }
    return (int) ((float) ((h / 6.0 + 1.0) % 1.0) * 255.0);
  }

  private static void put(byte[] rgb, int i, int hue, int saturation, int value) {
    if (saturation == 0) {
      rgb[i] = (byte) value;
      rgb[i + 1] = (byte) value;
      rgb[i + 2] = (byte) value;
      return;
    }
    int sector = (int) Math.floor((float) hue * 6.0 / 255.0);
    float f = (float) ((float) hue * 6.0 / 255.0 - (float) sector);
    float fs = (float) (saturation / 255.0);
    int p = round(value * (1.0 - fs));
    int q = round(value * (1.0 - fs * f));
    int t = round(value * (1.0 - fs * (1.0 - f)));
    switch (sector % 6) {
      case 0 -> set(rgb, i, value, t, p);
      case 1 -> set(rgb, i, q, value, p);
      case 2 -> set(rgb, i, p, value, t);
      case 3 -> set(rgb, i, p, q, value);
      case 4 -> set(rgb, i, t, p, value);
      default -> set(rgb, i, value, p, q);
    }
  }

  /** Rounds as C's {@code round} does, which differs from Math.rint at halves. */
  private static int round(double value) {
    return (int) Math.floor(value + 0.5);
  }

  private static void set(byte[] rgb, int i, int r, int g, int b) {
    rgb[i] = (byte) r;
    rgb[i + 1] = (byte) g;
    rgb[i + 2] = (byte) b;
  }
}
