package org.sparkvit.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * From Java2D rasters to RGB bytes without Java2D's colour management, which turns gray levels into
 * other ones and is slow. Alpha is dropped, not blended in.
 */
final class Rasters {
  private Rasters() {}

  static PixelImage toRgb(BufferedImage image) throws BadImageException {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return paletteToRgb(raster, palette);
    } else if (image.getColorModel() instanceof DirectColorModel masks) {
      return maskedToRgb(raster, masks);
    }
    return switch (raster.getNumBands()) {
      case 1, 2 -> bandsToRgb(raster, 0, 0, 0);
      case 3 -> bandsToRgb(raster, 0, 1, 2);
      case 4 ->
          image.getColorModel().hasAlpha() ? bandsToRgb(raster, 0, 1, 2) : cmykToRgb(raster, false);
      default -> throw BadImageException.unsupported(raster.getNumBands() + " channels");
    };
  }

  /**
   * CMYK by Pillow's rule {@code (255 - k) * (255 - c) / 255}.
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

  private static PixelImage bandsToRgb(Raster raster, int red, int green, int blue)
      throws BadImageException {
    int shift = shiftToByte(raster);
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[bands * width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands, at += 3) {
        rgb[at] = (byte) (row[x + red] >> shift);
        rgb[at + 1] = (byte) (row[x + green] >> shift);
        rgb[at + 2] = (byte) (row[x + blue] >> shift);
      }
    }
    return new PixelImage(width, raster.getHeight(), rgb);
  }

  private static PixelImage paletteToRgb(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        // An index behind the palette is black, as in Pillow.
        int colour = index < colours.length ? colours[index] : 0;
        rgb[at++] = (byte) (colour >> 16);
        rgb[at++] = (byte) (colour >> 8);
        rgb[at++] = (byte) colour;
      }
    }
    return new PixelImage(width, raster.getHeight(), rgb);
  }

  /** Packed samples such as 5-6-5, each scaled to 0 to 255 and rounded down, as Pillow does. */
  private static PixelImage maskedToRgb(Raster raster, DirectColorModel masks) {
    int width = raster.getWidth();
    int[] most = new int[3];
    for (int c = 0; c < 3; c++) {
      most[c] = (1 << masks.getComponentSize(c)) - 1;
    }
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[bands * width];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        for (int c = 0; c < 3; c++) {
          rgb[at++] = (byte) (row[x + c] * 255 / most[c]);
        }
      }
    }
    return new PixelImage(width, raster.getHeight(), rgb);
  }

  private static int shiftToByte(Raster raster) throws BadImageException {
    return switch (raster.getDataBuffer().getDataType()) {
      case DataBuffer.TYPE_BYTE -> 0;
      case DataBuffer.TYPE_USHORT -> 8;
      default -> throw BadImageException.unsupported("samples that are not 8 or 16 bit integers");
    };
  }
}
