package org.sparkvit.image.codec;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.sparkvit.image.PixelImage;

/**
 * Converts Java2D rasters to RGB bytes without Java2D's colour management, which changes gray
 * levels and is slow. Alpha is not blended in.
 */
final class Rasters {
  private static final int OPAQUE = 255;
  private static final int OPAQUE_BLACK = 0xFF000000;

  private Rasters() {}

  static PixelImage toRgb(BufferedImage image) throws BadImageException {
    return toRgb(image, false);
  }

  /**
   * Converts an image whose samples may have 32 bits to RGB.
   *
   * @param floats whether the samples are the bits of floating-point numbers
   */
  static PixelImage toRgb(BufferedImage image, boolean floats) throws BadImageException {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return paletteToRgb(raster, palette);
    } else if (image.getColorModel() instanceof DirectColorModel masks) {
      return maskedToRgb(raster, masks);
    }
    boolean alpha = image.getColorModel().hasAlpha();
    boolean multiplied = alpha && image.getColorModel().isAlphaPremultiplied();
    int type = raster.getDataBuffer().getDataType();
    if (raster.getNumBands() == 1
        && type != DataBuffer.TYPE_BYTE
        && type != DataBuffer.TYPE_USHORT) {
      return clippedToRgb(raster, floats);
    }
    return switch (raster.getNumBands()) {
      case 1 -> bandsToRgb(raster, 0, 0, 0, false, false);
      case 2 -> bandsToRgb(raster, 0, 0, 0, alpha, multiplied);
      case 3 -> bandsToRgb(raster, 0, 1, 2, false, false);
      case 4 -> {
        boolean inks = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK;
        // The file does not say what a fourth band is that is neither ink nor alpha, so it is
        // ignored.
        yield inks ? cmykToRgb(raster, false) : bandsToRgb(raster, 0, 1, 2, alpha, multiplied);
      }
      default -> throw BadImageException.unsupported(raster.getNumBands() + " channels");
    };
  }

  /**
   * Converts CMYK to RGB by Pillow's rule {@code (255 - k) * (255 - c) / 255}.
   *
   * @param inverted whether the samples are 255 less the ink, as in JPEG files
   */
  static PixelImage cmykToRgb(Raster raster, boolean inverted) throws BadImageException {
    int shift = shiftToByte(raster);
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[4 * width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += 4) {
        int black = row[x + 3] >> shift;
        int light = inverted ? black : 255 - black;
        for (int c = 0; c < 3; c++) {
          int sample = row[x + c] >> shift;
          int product = light * (inverted ? 255 - sample : sample) + 128;
          int covered = ((product >> 8) + product) >> 8;
          rgb[at++] = (byte) Math.max(0, light - covered);
        }
      }
    }
    return new PixelImage(width, raster.getHeight(), rgb);
  }

  /**
   * Copies bands as they are stored.
   *
   * @param red the index of the red band
   * @param green the index of the green band
   * @param blue the index of the blue band
   * @param hasAlpha whether the last band is alpha
   * @param multiplied whether the colours are multiplied by the alpha, which is undone by Pillow's
   *     rule
   */
  private static PixelImage bandsToRgb(
      Raster raster, int red, int green, int blue, boolean hasAlpha, boolean multiplied)
      throws BadImageException {
    int shift = shiftToByte(raster);
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    byte[] alpha = hasAlpha ? new byte[width * raster.getHeight()] : null;
    int[] row = new int[bands * width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands, at += 3) {
        rgb[at] = (byte) (row[x + red] >> shift);
        rgb[at + 1] = (byte) (row[x + green] >> shift);
        rgb[at + 2] = (byte) (row[x + blue] >> shift);
        if (hasAlpha) {
          int a = row[x + bands - 1] >> shift;
          alpha[at / 3] = (byte) a;
          for (int c = at; multiplied && a < OPAQUE && c < at + 3; c++) {
            rgb[c] = (byte) (a == 0 ? 0 : Math.min(OPAQUE, (rgb[c] & 0xFF) * OPAQUE / a));
          }
        }
      }
    }
    return of(width, raster.getHeight(), rgb, alpha);
  }

  /**
   * Converts gray samples of 32 bits, and signed ones. Values below 0 become black and values above
   * 255 white, as in Pillow.
   */
  private static PixelImage clippedToRgb(Raster raster, boolean floats) {
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int sample : row) {
        int whole = floats ? (int) Float.intBitsToFloat(sample) : sample;
        byte gray = (byte) Math.max(0, Math.min(255, whole));
        rgb[at++] = gray;
        rgb[at++] = gray;
        rgb[at++] = gray;
      }
    }
    return new PixelImage(width, raster.getHeight(), rgb);
  }

  private static PixelImage paletteToRgb(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    byte[] alpha = palette.hasAlpha() ? new byte[width * raster.getHeight()] : null;
    int[] row = new int[width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        // An index behind the palette is black, as in Pillow.
        int colour = index < colours.length ? colours[index] : OPAQUE_BLACK;
        if (alpha != null) {
          alpha[at / 3] = (byte) (colour >>> 24);
        }
        rgb[at++] = (byte) (colour >> 16);
        rgb[at++] = (byte) (colour >> 8);
        rgb[at++] = (byte) colour;
      }
    }
    return of(width, raster.getHeight(), rgb, alpha);
  }

  /**
   * Converts packed samples such as 5-6-5. Each is scaled to 0 to 255 and rounded down, as Pillow
   * does.
   */
  private static PixelImage maskedToRgb(Raster raster, DirectColorModel masks) {
    int width = raster.getWidth();
    int[] most = new int[masks.getNumComponents()];
    for (int c = 0; c < most.length; c++) {
      most[c] = (1 << masks.getComponentSize(c)) - 1;
    }
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    byte[] alpha = masks.hasAlpha() ? new byte[width * raster.getHeight()] : null;
    int[] row = new int[bands * width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        if (alpha != null) {
          alpha[at / 3] = (byte) (row[x + 3] * OPAQUE / most[3]);
        }
        for (int c = 0; c < 3; c++) {
          rgb[at++] = (byte) (row[x + c] * 255 / most[c]);
        }
      }
    }
    return of(width, raster.getHeight(), rgb, alpha);
  }

  /** Creates an image. The alpha is dropped where all of it is opaque. */
  static PixelImage of(int width, int height, byte[] rgb, byte[] alpha) {
    if (alpha != null) {
      for (byte a : alpha) {
        if (a != (byte) OPAQUE) {
          return new PixelImage(width, height, rgb, alpha);
        }
      }
    }
    return new PixelImage(width, height, rgb);
  }

  private static int shiftToByte(Raster raster) throws BadImageException {
    return switch (raster.getDataBuffer().getDataType()) {
      case DataBuffer.TYPE_BYTE -> 0;
      case DataBuffer.TYPE_USHORT -> 8;
      default -> throw BadImageException.unsupported("samples that are not 8 or 16 bit integers");
    };
  }
}
