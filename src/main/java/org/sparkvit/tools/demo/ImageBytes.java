package org.sparkvit.tools.demo;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as files, sound and unsound. */
final class ImageBytes {
  /** Signature (8), IHDR chunk (25), length and type of the first IDAT chunk (8). */
  private static final int PNG_FIRST_DATA = 41;

  private ImageBytes() {}

  /** A JPEG file; {@code quality} is 0 to 1. */
  static byte[] jpeg(BufferedImage image, double quality) {
    return write(image, "jpeg", quality);
  }

  static byte[] png(BufferedImage image) {
    return write(image, "png", -1);
  }

  private static byte[] write(BufferedImage image, String format, double quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 15);
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (quality >= 0) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality((float) quality);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Whether it is without any colour. */
  static boolean isGray(BufferedImage image) {
    int[] line = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, line.length, 1, line, 0, line.length);
      for (int rgb : line) {
        int green = rgb >> 8 & 0xFF;
        if ((rgb >> 16 & 0xFF) != green || (rgb & 0xFF) != green) {
          return false;
        }
      }
    }
    return true;
  }

  static BufferedImage gray(BufferedImage image) {
    BufferedImage gray =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D g = gray.createGraphics();
    g.drawImage(image, 0, 0, null);
    g.dispose();
    return gray;
  }

  /** The given part of a picture, scaled; crop margins are shares of the size, 0 for none. */
  static BufferedImage part(
      BufferedImage image, double left, double top, double crop, double scale) {
    int x = (int) (image.getWidth() * left * crop);
    int y = (int) (image.getHeight() * top * crop);
    int w = (int) (image.getWidth() * (1 - crop));
    int h = (int) (image.getHeight() * (1 - crop));
    int toW = (int) Math.round(w * scale);
    int toH = (int) Math.round(h * scale);
    BufferedImage part = new BufferedImage(toW, toH, image.getType());
    Graphics2D g = part.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(image, 0, 0, toW, toH, x, y, x + w, y + h, null);
    g.dispose();
    return part;
  }

  /** The head of a file, as a broken upload leaves it. */
  static byte[] truncated(byte[] file, double share) {
    return Arrays.copyOf(file, (int) (file.length * share));
  }

  /** A PNG whose compressed data begin with a block type that DEFLATE does not have. */
  static byte[] withBrokenData(byte[] png) {
    byte[] broken = png.clone();
    // Two bytes of zlib header, then bit 0 "last block" and bits 1 and 2 the type: 3 is reserved.
    broken[PNG_FIRST_DATA + 2] |= 0x06;
    return broken;
  }

  /** What a server says instead of sending the picture. */
  static byte[] errorPage() {
    return "<html><body><h1>404 Not Found</h1></body></html>\n".getBytes(StandardCharsets.UTF_8);
  }
}
