package org.sparkvit.tools.demo;

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
  static BufferedImage take(Sheet subject, boolean view, Capture source, Chance chance) {
    double own = (double) subject.width / subject.height;
    return switch (source) {
      case CAMERA -> new Photograph(subject, view ? own : frame(own, chance), chance).camera(view);
      case SCAN -> new Photograph(subject, own * chance.between(0.93, 1.07), chance).scan();
      case SCREENSHOT -> new Photograph(subject, own, chance).screenshot();
    };
  }

  /** Mostly the camera is held as the subject lies, in the format that suits it best. */
  private static double frame(double own, Chance chance) {
    double longer = Math.max(own, 1 / own);
    double aspect = longer > 1.55 ? chance.pick(3 / 2.0, 16 / 9.0) : chance.pick(4 / 3.0, 3 / 2.0);
    if (chance.flip(0.1)) {
      aspect = 1;
    }
    boolean wide = chance.flip(0.97) == own > 1;
    return wide ? aspect : 1 / aspect;
  }

  private BufferedImage camera(boolean view) {
    if (view) {
      project(corners(1.02, 0, 0), null, 0);
    } else {
      double turn = chance.flip(0.9) ? chance.between(-0.06, 0.06) : chance.between(-0.2, 0.2);
      project(
          corners(chance.between(0.88, 0.98), turn, 0.05),
          Texture.any(chance),
          chance.between(0.2, 0.6));
    }
    light();
    blur(chance.flip(0.5) ? 0 : chance.between(0.4, 0.9));
    noise(chance.flip(0.25) ? chance.between(6, 11) : chance.between(1, 6));
    return developed(chance.between(0.82, 1.12), chance.between(-12, 12), 0.07);
  }

  private BufferedImage scan() {
    int bed = chance.flip(0.7) ? 0xF4F4F4 : 0x303234;
    double turn = chance.between(-0.03, 0.03);
    project(corners(chance.between(0.92, 0.998), turn, 0), (x, y) -> bed, 0.15);
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
    double middleX = width / 2.0 + chance.between(-0.5, 0.5) * roomX;
    double middleY = height / 2.0 + chance.between(-0.5, 0.5) * roomY;
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
   * Fills the frame with the subject over a ground. Each pixel averages nine samples of the sheet,
   * which is about as large as the picture or up to twice that.
   *
   * @param ground what lies under the subject; null where the subject covers the frame
   * @param shadow darkness of the subject's shadow on the ground, 0 to 1
   */
  private void project(double[] quad, Texture ground, double shadow) {
    Homography map = Homography.toSheet(subject.width, subject.height, quad);
    double shadowX = chance.between(-9, 9);
    double shadowY = chance.between(-9, 9);
    double soft = chance.between(4, 16);
    double[] uv = new double[2];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 3 * (y * width + x);
        float cover = average(map, x, y, ground == null, uv, at);
        if (ground != null && cover < 1) {
          int under = ground.rgb(x, y);
          map.map(x + shadowX, y + shadowY, uv);
          double dark = shadow * Math.exp(-outside(uv[0], uv[1]) / soft);
          float seen = (1 - cover) * (float) (1 - dark);
          rgb[at] += seen * (under >> 16 & 0xFF);
          rgb[at + 1] += seen * (under >> 8 & 0xFF);
          rgb[at + 2] += seen * (under & 0xFF);
        }
      }
    }
  }

  /**
   * Sets a pixel to the average of the sheet over it, weighted by how much the sheet covers.
   *
   * @param extend whether the sheet's edge goes on beyond it
   * @return the covered share of the pixel
   */
  private float average(Homography map, int x, int y, boolean extend, double[] uv, int at) {
    // Within one pixel the map is as good as affine.
    map.map(x, y, uv);
    double u = uv[0];
    double v = uv[1];
    map.map(x + 1, y, uv);
    double ux = (uv[0] - u) / 3;
    double vx = (uv[1] - v) / 3;
    map.map(x, y + 1, uv);
    double uy = (uv[0] - u) / 3;
    double vy = (uv[1] - v) / 3;
    int r = 0;
    int g = 0;
    int b = 0;
    int a = 0;
    for (int j = 0; j < 3; j++) {
      for (int i = 0; i < 3; i++) {
        int sx = (int) Math.floor(u + (i + 0.5) * ux + (j + 0.5) * uy);
        int sy = (int) Math.floor(v + (i + 0.5) * vx + (j + 0.5) * vy);
        if (extend) {
          sx = Math.max(0, Math.min(subject.width - 1, sx));
          sy = Math.max(0, Math.min(subject.height - 1, sy));
        } else if (sx < 0 || sy < 0 || sx >= subject.width || sy >= subject.height) {
          continue;
        }
        int argb = pixels[sy * subject.width + sx];
        int alpha = argb >>> 24;
        a += alpha;
        r += alpha * (argb >> 16 & 0xFF);
        g += alpha * (argb >> 8 & 0xFF);
        b += alpha * (argb & 0xFF);
      }
    }
    rgb[at] = r / (9 * 255f);
    rgb[at + 1] = g / (9 * 255f);
    rgb[at + 2] = b / (9 * 255f);
    return a / (9 * 255f);
  }

  private double outside(double u, double v) {
    double dx = Math.max(0, Math.max(-u, u - subject.width));
    double dy = Math.max(0, Math.max(-v, v - subject.height));
    return Math.sqrt(dx * dx + dy * dy);
  }

  /** Light from one side, darker corners, and sometimes the shadow of the hand or of a window. */
  private void light() {
    double angle = chance.between(0, 2 * Math.PI);
    double slope = chance.between(0, 0.3);
    double slopeX = slope * Math.cos(angle);
    double slopeY = slope * Math.sin(angle);
    double corner = chance.between(0, 0.3);
    boolean hand = chance.flip(0.15);
    double handAngle = chance.between(0, 2 * Math.PI);
    double handX = Math.cos(handAngle);
    double handY = Math.sin(handAngle);
    double handAt = chance.between(-0.2, 0.7);
    double handSoft = chance.between(0.03, 0.2);
    double handDark = chance.between(0.15, 0.4);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = 2.0 * x / width - 1;
        double v = 2.0 * y / height - 1;
        double k = 1 + slopeX * u + slopeY * v;
        k *= 1 - corner * (u * u + v * v) / 2;
        if (hand) {
          double d = u * handX + v * handY - handAt;
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
    for (int i = 0; i < 3; i++) {
      taps[i] /= sum;
    }
    for (int y = 0; y < height; y++) {
      pass(3 * y * width, 3, width, taps);
    }
    for (int x = 0; x < width; x++) {
      pass(3 * x, 3 * width, height, taps);
    }
  }

  /** Filters one row or column of pixels, which repeats its end pixels beyond them. */
  private void pass(int first, int stride, int length, float[] taps) {
    float[] line = new float[length + 4];
    for (int c = first; c < first + 3; c++) {
      for (int i = 0; i < line.length; i++) {
        line[i] = rgb[c + stride * Math.max(0, Math.min(length - 1, i - 2))];
      }
      for (int i = 0; i < length; i++) {
        rgb[c + stride * i] =
            taps[0] * line[i + 2]
                + taps[1] * (line[i + 1] + line[i + 3])
                + taps[2] * (line[i] + line[i + 4]);
      }
    }
  }

  /** Sensor noise: mostly the same in all channels, a little in each alone. */
  private void noise(double sigma) {
    for (int i = 0; i < rgb.length; i += 3) {
      double common = chance.bell();
      for (int c = 0; c < 3; c++) {
        rgb[i + c] += (float) (sigma * (0.8 * common + 0.5 * chance.bell()));
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
    int[] out = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < out.length; i++) {
      int packed = 0;
      for (int c = 0; c < 3; c++) {
        double v = (rgb[3 * i + c] - 128) * gain[c] + 128 * gain[c] / contrast + brightness;
        packed = packed << 8 | (int) Math.max(0, Math.min(255, Math.round(v)));
      }
      out[i] = packed;
    }
    return image;
  }
}
