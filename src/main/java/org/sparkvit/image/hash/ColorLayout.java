package org.sparkvit.image.hash;

import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/**
 * Describes where an image has which colours, by {@value #SIDE} x {@value #SIDE} RGB cells over the
 * whole image, whatever its shape. It separates images that a hash of gray structure takes for the
 * same: stripes of another colour, or a form on another background.
 */
public final class ColorLayout {
  /** The number of cells along each side. */
  public static final int SIDE = 32;

  /** The length of a layout in bytes: the rows of cells, three bytes a cell. */
  public static final int BYTES = 3 * SIDE * SIDE;

  /** The number of fields along each side. Layouts are compared by the means of fields. */
  private static final int FIELDS = 8;

  /** The largest difference between the channels of a gray image. */
  private static final int GRAY_DIFFERENCE = 2;

  private static final double RED = 0.299;
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  private ColorLayout() {}

  /** Returns the layout of an image. */
  public static byte[] of(PixelImage image) {
    return Resampler.resize(image, SIDE, SIDE, ResampleFilter.BOX).rgb();
  }

  /**
   * Returns the distance of two layouts: the mean difference of their fields, 0 to 255 levels of
   * each channel.
   *
   * @param part the part of the first image that the second image is assumed to show
   */
  public static double difference(byte[] layout, PdqHash.Crop part, byte[] other) {
    double[] a = fields(layout, part);
    double[] b = fields(other, PdqHash.Crop.WHOLE);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  /** Returns the mean difference of two whole images' brightness, 0 to 255 levels. */
  public static double brightnessDifference(byte[] layout, byte[] other) {
    double[] a = fields(layout, PdqHash.Crop.WHOLE);
    double[] b = fields(other, PdqHash.Crop.WHOLE);
    double sum = 0;
    for (int i = 0; i < a.length; i += 3) {
      sum +=
          Math.abs(
              RED * (a[i] - b[i]) + GREEN * (a[i + 1] - b[i + 1]) + BLUE * (a[i + 2] - b[i + 2]));
    }
    return sum / (FIELDS * FIELDS);
  }

  /** Returns whether the layout is of an image without colours. */
  public static boolean isGray(byte[] layout) {
    for (int i = 0; i < layout.length; i += 3) {
      int r = layout[i] & 0xFF;
      int g = layout[i + 1] & 0xFF;
      int b = layout[i + 2] & 0xFF;
      if (Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b)) > GRAY_DIFFERENCE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the mean colours of the fields of a part. Each cell counts by the share of the field
   * that it covers.
   */
  private static double[] fields(byte[] layout, PdqHash.Crop part) {
    double[] fields = new double[3 * FIELDS * FIELDS];
    double size = part.size() * SIDE / FIELDS;
    for (int i = 0; i < FIELDS; i++) {
      double top = part.top() * SIDE + i * size;
      for (int j = 0; j < FIELDS; j++) {
        double left = part.left() * SIDE + j * size;
        add(layout, left, top, size, fields, 3 * (i * FIELDS + j));
      }
    }
    return fields;
  }

  private static void add(
      byte[] layout, double left, double top, double size, double[] fields, int field) {
    for (int y = (int) top; y < Math.min(SIDE, top + size); y++) {
      double tall = Math.min(y + 1, top + size) - Math.max(y, top);
      for (int x = (int) left; x < Math.min(SIDE, left + size); x++) {
        double wide = Math.min(x + 1, left + size) - Math.max(x, left);
        double share = tall * wide / (size * size);
        int at = 3 * (y * SIDE + x);
        for (int c = 0; c < 3; c++) {
          fields[field + c] += share * (layout[at + c] & 0xFF);
        }
      }
    }
  }
}
