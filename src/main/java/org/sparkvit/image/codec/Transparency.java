package org.sparkvit.image.codec;

import java.util.Locale;
import org.sparkvit.core.Background;
import org.sparkvit.image.PixelImage;

/**
 * Applies alpha to an image: what a viewer sees of it, and how much that differs from the colours
 * under the alpha, which a model sees where no background is chosen.
 */
public final class Transparency {
  /** The difference in levels from which on a channel looks different. */
  private static final int VISIBLE = 16;

  private static final int OPAQUE = 255;
  private static final double RED = 0.299;
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  private static final Background WHITE = new Background(0xFFFFFF);
  private static final Background BLACK = new Background(0);

  private Transparency() {}

  /**
   * Puts an image on a background. The pixels are those of Pillow's {@code Image.alpha_composite}
   * on an opaque image of that colour.
   *
   * @return an opaque image; the same one where it is opaque already or there is no background
   */
  public static PixelImage over(PixelImage image, Background background) {
    byte[] alpha = image.alpha();
    if (alpha == null || background.isNone()) {
      return image;
    }
    int[] behind = {background.rgb() >> 16, background.rgb() >> 8 & 0xFF, background.rgb() & 0xFF};
    byte[] rgb = image.rgb().clone();
    for (int i = 0, at = 0; i < alpha.length; i++) {
      int a = alpha[i] & 0xFF;
      for (int c = 0; c < 3; c++, at++) {
        rgb[at] = (byte) blend(rgb[at] & 0xFF, behind[c], a);
      }
    }
    return new PixelImage(image.width(), image.height(), rgb);
  }

  /**
   * Blends two levels with seven additional bits and a division by 255, as Pillow's
   * AlphaComposite.c does.
   */
  private static int blend(int front, int behind, int alpha) {
    int sum = ((front * alpha + behind * (OPAQUE - alpha)) << 7) + (0x80 << 7);
    return (((sum >> 8) + sum) >> 8) >> 7;
  }

  /**
   * Returns the image as a viewer shows it, on white. It is put on black where its visible part is
   * brighter than the middle, so that white drawings are seen, too. The result depends on the
   * visible part alone.
   */
  public static PixelImage seen(PixelImage image) {
    return over(image, isBright(image) ? BLACK : WHITE);
  }

  private static boolean isBright(PixelImage image) {
    byte[] alpha = image.alpha();
    if (alpha == null) {
      return false;
    }
    byte[] rgb = image.rgb();
    long[] sums = new long[3];
    long weight = 0;
    for (int i = 0, at = 0; i < alpha.length; i++) {
      int a = alpha[i] & 0xFF;
      weight += a;
      for (int c = 0; c < 3; c++, at++) {
        sums[c] += (long) a * (rgb[at] & 0xFF);
      }
    }
    return RED * sums[0] + GREEN * sums[1] + BLUE * sums[2] > 127.5 * weight;
  }

  /**
   * The pixels whose colours under the alpha are not what a viewer sees.
   *
   * @param share the share of such pixels, 0 to 1
   * @param color the mean of their colours under the alpha, {@code #RRGGBB}, or null where there
   *     are none
   */
  public record Unseen(double share, String color) {}

  /** Compares an image with {@link #seen}. */
  public static Unseen unseen(PixelImage image) {
    if (image.alpha() == null) {
      return new Unseen(0, null);
    }
    byte[] under = image.rgb();
    byte[] shown = seen(image).rgb();
    long[] sums = new long[3];
    long count = 0;
    for (int at = 0; at < under.length; at += 3) {
      boolean differs = false;
      for (int c = 0; c < 3; c++) {
        differs |= Math.abs((under[at + c] & 0xFF) - (shown[at + c] & 0xFF)) > VISIBLE;
      }
      if (differs) {
        count++;
        for (int c = 0; c < 3; c++) {
          sums[c] += under[at + c] & 0xFF;
        }
      }
    }
    if (count == 0) {
      return new Unseen(0, null);
    }
    String color =
        String.format(
            Locale.ROOT, "#%02X%02X%02X", sums[0] / count, sums[1] / count, sums[2] / count);
    return new Unseen(3.0 * count / under.length, color);
  }
}
