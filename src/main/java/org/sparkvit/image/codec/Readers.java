package org.sparkvit.image.codec;

import com.twelvemonkeys.imageio.plugins.bmp.BMPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * Creates the ImageIO readers of the formats that are not decoded in this package. They are chosen
 * once and by name. What ImageIO would pick depends on the class path and on the thread's class
 * loader, and Spark's executors see other plugins than tests do.
 */
final class Readers {
  private static final ImageReaderSpi JPEG = jdk("com.sun.imageio.plugins.jpeg.JPEGImageReaderSpi");
  private static final ImageReaderSpi PNG = jdk("com.sun.imageio.plugins.png.PNGImageReaderSpi");
  private static final ImageReaderSpi BMP = new BMPImageReaderSpi();
  private static final ImageReaderSpi TIFF = new TIFFImageReaderSpi();

  static {
    // Decoding from memory has no use for cache files.
    ImageIO.setUseCache(false);
  }

  private Readers() {}

  /** Returns a new reader. The caller disposes of it. */
  static ImageReader of(ImageFormat format) throws IOException {
    ImageReaderSpi provider =
        switch (format) {
          case JPEG -> JPEG;
          case PNG -> PNG;
          case BMP -> BMP;
          case TIFF -> TIFF;
          case GIF, WEBP, PNM, HEIC, AVIF ->
              throw new IllegalArgumentException("ImageIO does not decode " + format);
        };
    return provider.createReaderInstance();
  }

  private static ImageReaderSpi jdk(String className) {
    Iterator<ImageReaderSpi> providers =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
    while (providers.hasNext()) {
      ImageReaderSpi provider = providers.next();
      if (provider.getClass().getName().equals(className)) {
        return provider;
      }
    }
    throw new IllegalStateException("this JDK has no " + className);
  }
}
