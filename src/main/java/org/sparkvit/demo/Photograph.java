package org.sparkvit.demo;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Turns a flat subject into what a camera, a scanner or a screenshot makes of it: the subject lies
 * askew on a table, under uneven light, and the picture is a little blurred, noisy and tinted.
 */
final class Photograph {
  private static final int SHORTEST = 160;
  private static final int LONGEST = 256;

  /** Light on each pixel, three channels a pixel, 0 to 255 and unclamped until the end. */
  private final float[] rgb;

  private final int width;
  private final int height;
  private final Sheet subject;
  private final int[] pixels;
  private final Chance chance;

  private Photograph(Sheet subject, double aspect, Chance chance) {
    int side = chance.integer(SHORTEST, LONGEST);
    this.width = aspect >= 1 ? side : (int) Math.round(side * aspect);
    this.height = aspect >= 1 ? (int) Math.round(side / aspect) : side;
    this.rgb = new float[3 * width * height];
    this.subject = subject;
    this.pixels = ((DataBufferInt) subject.image.getRaster().getDataBuffer()).getData();
    this.chance = chance;
  }

  /** Takes the picture; 160 to 256 pixels on its longer side, opaque RGB. */
  static BufferedImage take(Sheet subject, boolean view, Source source, Chance chance) {
    double own = (double) subject.width / subject.height;
    return switch (source) {
      case CAMERA -> new Photograph(subject, view ? own : frame(own, chance), chance).camera(view);
      case SCAN -> new Photograph(subject, own * chance.between(0.93, 1.07), chance).scan();
      case SCREENSHOT -> new Photograph(subject, own, chance).screenshot();
    };
  }

  /** Mostly the camera is held as the subject lies. */
  private static double frame(double own, Chance chance) {
    double aspect = chance.pick(4 / 3.0, 4 / 3.0, 3 / 2.0, 16 / 9.0, 1.0);
    boolean wide = chance.flip(0.75) == own > 1;
    return wide ? aspect : 1 / aspect;
  }

  private BufferedImage camera(boolean view) {
    if (view) {
      project(corners(1.02, 0, 0), null, 0);
    } else {
      double turn = chance.flip(0.85) ? chance.between(-0.14, 0.14) : chance.between(-0.4, 0.4);
      project(
          corners(chance.between(0.74, 0.97), turn, 0.07),
          Texture.any(chance),
          chance.between(0.2, 0.6));
    }
    light();
    blur(chance.flip(0.5) ? 0 : chance.between(0.4, view ? 0.9 : 1.1));
    noise(chance.flip(0.3) ? chance.between(6, 13) : chance.between(1, 6));
    return developed(chance.between(0.78, 1.12), chance.between(-16, 14), 0.1);
  }

  private BufferedImage scan() {
    int bed = chance.flip(0.7) ? 0xF4F4F4 : 0x303234;
    double turn = chance.between(-0.03, 0.03);
    project(corners(chance.between(0.92, 1.02), turn, 0), (x, y) -> bed, 0.15);
    blur(chance.between(0, 0.6));
    noise(chance.between(0.5, 3));
    dust();
    if (chance.flip(0.25)) {
      gray();
    }
    return developed(chance.between(0.95, 1.15), chance.between(-6, 8), 0.02);
  }

  private BufferedImage screenshot() {
    boolean window = chance.flip(0.5);
    int back = chance.flip(0.7) ? 0xE6E8EB : 0x2A2C30;
    double share = window ? chance.between(0.8, 0.93) : 1;
    project(corners(share, 0, 0), (x, y) -> back, 0);
    if (window) {
      titleBar(chance.colour(0.02, 0.5, 0.3, 0.9).getRGB());
    }
    return developed(1, 0, 0);
  }

  /**
   * Where the subject's corners fall: centred with some offset, turned, and each corner moved by up
   * to {@code askew} of its size, as by a camera not held level.
   *
   * @param share of the frame that the subject fills along the tighter side
   */
  private double[] corners(double share, double turn, double askew) {
    double cos = Math.cos(turn);
    double sin = Math.sin(turn);
    double reachX = Math.abs(cos) * subject.width + Math.abs(sin) * subject.height;
    double reachY = Math.abs(sin) * subject.width + Math.abs(cos) * subject.height;
    // At a share of one or more the frame is to be covered, below it the subject is to fit in.
    double fit =
        share >= 1
            ? Math.max(width / reachX, height / reachY)
            : Math.min(width / reachX, height / reachY);
    double halfW = subject.width * fit * share / 2;
    double halfH = subject.height * fit * share / 2;
    double roomX = Math.max(0, (width - reachX * fit * share) / 2);
    double roomY = Math.max(0, (height - reachY * fit * share) / 2);
    double middleX = width / 2.0 + chance.between(-0.6, 0.6) * roomX;
    double middleY = height / 2.0 + chance.between(-0.6, 0.6) * roomY;
    double[] quad = new double[8];
    for (int i = 0; i < 4; i++) {
      double x = i == 0 || i == 3 ? -halfW : halfW;
      double y = i < 2 ? -halfH : halfH;
      x *= 1 - askew * chance.between(0, 1);
      y *= 1 - askew * chance.between(0, 1);
      quad[2 * i] = middleX + cos * x - sin * y;
      quad[2 * i + 1] = middleY + sin * x + cos * y;
    }
    return quad;
  }

  /**
   * Fills the frame with the subject over a ground. Each pixel averages four samples, which
   * together with bilinear sampling is enough for sheets up to twice the size of the picture.
   *
   * @param ground what lies under the subject; null where the subject covers the frame
   * @param shadow darkness of the subject's shadow on the ground, 0 to 1
   */
  private void project(double[] quad, Texture ground, double shadow) {
    Homography map = Homography.toSheet(subject.width, subject.height, quad);
    double shadowX = chance.between(-9, 9);
    double shadowY = chance.between(-9, 9);
    double soft = chance.between(4, 16);
    float[] sample = new float[4];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float r = 0;
        float g = 0;
        float b = 0;
        float cover = 0;
        for (int s = 0; s < 4; s++) {
          double px = x + 0.25 + 0.5 * (s & 1);
          double py = y + 0.25 + 0.5 * (s >> 1);
          sample(map.x(px, py), map.y(px, py), ground == null, sample);
          r += sample[0];
          g += sample[1];
          b += sample[2];
          cover += sample[3];
        }
        int at = 3 * (y * width + x);
        rgb[at] = r / 4;
        rgb[at + 1] = g / 4;
        rgb[at + 2] = b / 4;
        if (ground != null && cover < 4) {
          int under = ground.rgb(x, y);
          double away = outside(map.x(x + shadowX, y + shadowY), map.y(x + shadowX, y + shadowY));
          float seen = (1 - cover / 4) * (float) (1 - shadow * Math.exp(-away / soft));
          rgb[at] += seen * (under >> 16 & 0xFF);
          rgb[at + 1] += seen * (under >> 8 & 0xFF);
          rgb[at + 2] += seen * (under & 0xFF);
        }
      }
    }
  }

  private double outside(double u, double v) {
    double dx = Math.max(0, Math.max(-u, u - subject.width));
    double dy = Math.max(0, Math.max(-v, v - subject.height));
    return Math.sqrt(dx * dx + dy * dy);
  }

  /** Bilinear sample of the subject, premultiplied by its cover; nothing lies beyond its edge. */
  private void sample(double u, double v, boolean extend, float[] out) {
    double su = u - 0.5;
    double sv = v - 0.5;
    int x = (int) Math.floor(su);
    int y = (int) Math.floor(sv);
    float fx = (float) (su - x);
    float fy = (float) (sv - y);
    out[0] = 0;
    out[1] = 0;
    out[2] = 0;
    out[3] = 0;
    add(x, y, (1 - fx) * (1 - fy), extend, out);
    add(x + 1, y, fx * (1 - fy), extend, out);
    add(x, y + 1, (1 - fx) * fy, extend, out);
    add(x + 1, y + 1, fx * fy, extend, out);
  }

  private void add(int x, int y, float weight, boolean extend, float[] out) {
    int cx = Math.max(0, Math.min(subject.width - 1, x));
    int cy = Math.max(0, Math.min(subject.height - 1, y));
    if (!extend && (cx != x || cy != y)) {
      return;
    }
    int argb = pixels[cy * subject.width + cx];
    float w = weight * (argb >>> 24) / 255f;
    out[0] += w * (argb >> 16 & 0xFF);
    out[1] += w * (argb >> 8 & 0xFF);
    out[2] += w * (argb & 0xFF);
    out[3] += w;
  }

  /** Light from one side, darker corners, and sometimes the shadow of the hand or of a window. */
  private void light() {
    double angle = chance.between(0, 2 * Math.PI);
    double slope = chance.between(0, 0.3);
    double corner = chance.between(0, 0.3);
    boolean hand = chance.flip(0.3);
    double handAngle = chance.between(0, 2 * Math.PI);
    double handAt = chance.between(-0.2, 0.7);
    double handSoft = chance.between(0.03, 0.2);
    double handDark = chance.between(0.15, 0.4);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = 2.0 * x / width - 1;
        double v = 2.0 * y / height - 1;
        double k = 1 + slope * (u * Math.cos(angle) + v * Math.sin(angle));
        k *= 1 - corner * (u * u + v * v) / 2;
        if (hand) {
          double d = u * Math.cos(handAngle) + v * Math.sin(handAngle) - handAt;
          k *= 1 - handDark * Math.max(0, Math.min(1, 0.5 + d / handSoft));
        }
        int at = 3 * (y * width + x);
        for (int c = 0; c < 3; c++) {
          rgb[at + c] *= (float) k;
        }
      }
    }
  }

  /** Gaussian blur, in two passes of five taps. */
  private void blur(double sigma) {
    if (sigma < 0.25) {
      return;
    }
    float[] taps = new float[3];
    for (int i = 0; i < 3; i++) {
      taps[i] = (float) Math.exp(-i * i / (2 * sigma * sigma));
    }
    float sum = taps[0] + 2 * taps[1] + 2 * taps[2];
    float[] from = rgb.clone();
    pass(from, rgb, taps, sum, true);
    System.arraycopy(rgb, 0, from, 0, rgb.length);
    pass(from, rgb, taps, sum, false);
  }

  private void pass(float[] from, float[] to, float[] taps, float sum, boolean across) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          float v = 0;
          for (int t = -2; t <= 2; t++) {
            int sx = across ? Math.max(0, Math.min(width - 1, x + t)) : x;
            int sy = across ? y : Math.max(0, Math.min(height - 1, y + t));
            v += taps[Math.abs(t)] * from[3 * (sy * width + sx) + c];
          }
          to[3 * (y * width + x) + c] = v / sum;
        }
      }
    }
  }

  /** Sensor noise: mostly the same in all channels, a little in each alone. */
  private void noise(double sigma) {
    for (int i = 0; i < rgb.length; i += 3) {
      double common = chance.gaussian();
      for (int c = 0; c < 3; c++) {
        rgb[i + c] += (float) (sigma * (0.8 * common + 0.5 * chance.gaussian()));
      }
    }
  }

  private void dust() {
    int specks = chance.integer(0, 14);
    for (int i = 0; i < specks; i++) {
      int at = 3 * (chance.integer(0, height - 1) * width + chance.integer(0, width - 1));
      for (int c = 0; c < 3; c++) {
        rgb[at + c] *= 0.5f;
      }
    }
  }

  private void gray() {
    for (int i = 0; i < rgb.length; i += 3) {
      float v = 0.299f * rgb[i] + 0.587f * rgb[i + 1] + 0.114f * rgb[i + 2];
      rgb[i] = v;
      rgb[i + 1] = v;
      rgb[i + 2] = v;
    }
  }

  private void titleBar(int colour) {
    int tall = Math.max(6, height / 18);
    for (int y = 0; y < tall; y++) {
      for (int x = 0; x < width; x++) {
        boolean button = y > tall / 3 && y < tall - tall / 3 && x > 4 && x < 26 && x % 8 > 4;
        int at = 3 * (y * width + x);
        for (int c = 0; c < 3; c++) {
          rgb[at + c] = button ? 240 : colour >> (16 - 8 * c) & 0xFF;
        }
      }
    }
  }

  /** Contrast about the middle, brightness in grey levels, and a colour cast. */
  private BufferedImage developed(double contrast, double brightness, double cast) {
    double[] gain = new double[3];
    for (int c = 0; c < 3; c++) {
      gain[c] = contrast * (1 + chance.between(-cast, cast));
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] out = new int[width * height];
    for (int i = 0; i < out.length; i++) {
      int packed = 0;
      for (int c = 0; c < 3; c++) {
        double v = (rgb[3 * i + c] - 128) * gain[c] + 128 * gain[c] / contrast + brightness;
        packed = packed << 8 | (int) Math.max(0, Math.min(255, Math.round(v)));
      }
      out[i] = packed;
    }
    image.setRGB(0, 0, width, height, out, 0, width);
    return image;
  }
}
