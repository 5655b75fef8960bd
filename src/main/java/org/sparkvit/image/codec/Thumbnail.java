package org.sparkvit.image.codec;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/** Makes small encoded copies of images for reports. */
public final class Thumbnail {
  private Thumbnail() {}

  /**
   * Returns a JPEG whose longer side is at most {@code maxSide} pixels. Smaller images keep their
   * size.
   */
  public static byte[] jpeg(PixelImage image, int maxSide) {
    return encode(shrink(image, maxSide), "jpg");
  }

  /**
   * Returns a PNG whose longer side is at most {@code maxSide} pixels. Smaller images keep their
   * size.
   */
  public static byte[] png(PixelImage image, int maxSide) {
    return encode(shrink(image, maxSide), "png");
  }

  /** Returns the image reduced to a longer side of at most {@code maxSide} pixels. */
  public static PixelImage shrink(PixelImage image, int maxSide) {
    if (maxSide < 1) {
      throw new IllegalArgumentException("a thumbnail of " + maxSide + " pixels");
    }
    int longer = Math.max(image.width(), image.height());
    if (longer <= maxSide) {
      return image;
    }
    int width = (int) Math.max(1, Math.round((double) image.width() * maxSide / longer));
    int height = (int) Math.max(1, Math.round((double) image.height() * maxSide / longer));
    return Resampler.resize(image, width, height, ResampleFilter.BICUBIC);
  }

  private static byte[] encode(PixelImage image, String format) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) buffered.getRaster().getDataBuffer()).getData();
    byte[] rgb = image.rgb();
    for (int i = 0; i < rgb.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(buffered, format, out)) {
        throw new IllegalStateException("this JDK has no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return out.toByteArray();
  }
}
