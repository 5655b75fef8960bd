package org.sparkvit.image.augment;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.sparkvit.image.PixelImage;

/** Rotates an image about its centre, as Pillow's {@code Image.rotate} with BILINEAR does. */
final class Rotation {
  private Rotation() {}

  /**
   * Rotates an image. The result has the image's size.
   *
   * @param degrees the angle, counter-clockwise
   * @param fill the value of all channels where the image does not reach
   */
  static PixelImage rotate(PixelImage image, double degrees, int fill) {
    int width = image.width();
    int height = image.height();
    double angle = -Math.toRadians(((degrees % 360) + 360) % 360);
    double a = round(StrictMath.cos(angle));
    double b = round(StrictMath.sin(angle));
    double d = round(-StrictMath.sin(angle));
    double e = round(StrictMath.cos(angle));
    double centreX = width / 2.0;
    double centreY = height / 2.0;
    double c = a * -centreX + b * -centreY + centreX;
    double f = d * -centreX + e * -centreY + centreY;
    byte[] to = new byte[image.rgb().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double fromX = a * (x + 0.5) + b * (y + 0.5) + c;
        double fromY = d * (x + 0.5) + e * (y + 0.5) + f;
        int at = 3 * (y * width + x);
        if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) {
          to[at] = (byte) fill;
          to[at + 1] = (byte) fill;
          to[at + 2] = (byte) fill;
        } else {
          sample(image, fromX - 0.5, fromY - 0.5, to, at);
        }
      }
    }
    return new PixelImage(width, height, to);
  }

  private static double round(double value) {
    return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
  }

  private static void sample(PixelImage image, double fromX, double fromY, byte[] to, int at) {
    int width = image.width();
    int height = image.height();
    int x = (int) Math.floor(fromX);
    int y = (int) Math.floor(fromY);
    double dx = fromX - x;
    double dy = fromY - y;
    int left = clip(x, width);
    int right = clip(x + 1, width);
    int upper = width * clip(y, height);
    int lower = y + 1 >= 0 && y + 1 < height ? width * (y + 1) : upper;
    byte[] rgb = image.rgb();
    for (int channel = 0; channel < 3; channel++) {
      double above =
          between(rgb[3 * (upper + left) + channel], rgb[3 * (upper + right) + channel], dx);
      double below =
          between(rgb[3 * (lower + left) + channel], rgb[3 * (lower + right) + channel], dx);
      to[at + channel] = (byte) (int) (above + (below - above) * dy);
    }
  }

  private static double between(byte one, byte other, double share) {
    int from = one & 0xff;
    return from + ((other & 0xff) - from) * share;
  }

  private static int clip(int i, int size) {
    return Math.max(0, Math.min(size - 1, i));
  }
}
