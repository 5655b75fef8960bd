package org.sparkvit.image.augment;

import java.util.SplittableRandom;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/** Selects the part of a training image that is shown. The result has the image's size. */
public sealed interface RandomCrop {

  /** Shows the whole image. */
  RandomCrop NONE = new Padded(0, Border.ZERO);

  /**
   * Returns a part of the image that is drawn at random, or the image itself where nothing is
   * cropped. The image is not changed.
   */
  PixelImage apply(PixelImage image, SplittableRandom random);

  /** The content of the border around an image. */
  enum Border {
    /** The border is black. */
    ZERO,
    /** The border mirrors the image at its edge, without repeating the edge pixel. */
    REFLECT
  }

  /**
   * Cuts a window of the image's size out of the image with a border, as torchvision's {@code
   * RandomCrop(size, padding, padding_mode)} does.
   *
   * @param padding the width of the border on each side in pixels, 0 for no crop
   * @param border the content of the border
   */
  record Padded(int padding, Border border) implements RandomCrop {
    public Padded {
      if (padding < 0) {
        throw new IllegalArgumentException("padding " + padding + " is negative");
      }
    }

    @Override
    public PixelImage apply(PixelImage image, SplittableRandom random) {
      int width = image.width();
      int height = image.height();
      if (border == Border.REFLECT && padding >= Math.min(height, width)) {
        throw new IllegalArgumentException(
            "padding " + padding + " cannot be reflected in " + width + "x" + height + " pixels");
      }
      int top = random.nextInt(2 * padding + 1) - padding;
      int left = random.nextInt(2 * padding + 1) - padding;
      if (top == 0 && left == 0) {
        return image;
      }
      byte[] from = image.rgb();
      byte[] to = new byte[from.length];
      for (int y = 0; y < height; y++) {
        int row = source(top + y, height);
        if (row >= 0) {
          for (int x = 0; x < width; x++) {
            int column = source(left + x, width);
            if (column >= 0) {
              System.arraycopy(from, 3 * (row * width + column), to, 3 * (y * width + x), 3);
            }
          }
        }
      }
      return new PixelImage(width, height, to);
    }

    /**
     * Returns the row or column of the image that {@code i} of the padded image shows, or -1 where
     * it shows none.
     */
    private int source(int i, int size) {
      if (i >= 0 && i < size) {
        return i;
      } else if (border == Border.ZERO) {
        return -1;
      }
      return i < 0 ? -i : 2 * (size - 1) - i;
    }
  }

  /**
   * Cuts out a part of random area and shape and enlarges it to the image's size, as torchvision's
   * {@code RandomResizedCrop} does (Szegedy et al. 2015).
   *
   * @param minArea the smallest share of the image's area, above 0 to 1; the largest share is 1
   */
  record Resized(double minArea) implements RandomCrop {
    private static final int TRIES = 10;
    private static final double LOG_ASPECT = Math.log(4.0 / 3);

    public Resized {
      if (!(minArea > 0 && minArea <= 1)) {
        throw new IllegalArgumentException("area " + minArea + " is not above 0 and up to 1");
      }
    }

    @Override
    public PixelImage apply(PixelImage image, SplittableRandom random) {
      Resampler.Window window = window(image.width(), image.height(), random);
      byte[] part = new byte[3 * window.width() * window.height()];
      for (int y = 0; y < window.height(); y++) {
        System.arraycopy(
            image.rgb(),
            3 * ((window.y() + y) * image.width() + window.x()),
            part,
            3 * y * window.width(),
            3 * window.width());
      }
      return Resampler.resize(
          new PixelImage(window.width(), window.height(), part),
          image.width(),
          image.height(),
          ResampleFilter.BILINEAR);
    }

    Resampler.Window window(int width, int height, SplittableRandom random) {
      for (int i = 0; i < TRIES; i++) {
        double area = width * (double) height * (minArea + (1 - minArea) * random.nextDouble());
        double aspect = Math.exp((2 * random.nextDouble() - 1) * LOG_ASPECT);
        int w = (int) Math.rint(Math.sqrt(area * aspect));
        int h = (int) Math.rint(Math.sqrt(area / aspect));
        if (w > 0 && w <= width && h > 0 && h <= height) {
          int y = random.nextInt(height - h + 1);
          int x = random.nextInt(width - w + 1);
          return new Resampler.Window(x, y, w, h);
        }
      }
      // No try has fitted. The part is then the largest one of an allowed shape, from the centre.
      double aspect = (double) width / height;
      int w = aspect > 4.0 / 3 ? (int) Math.rint(height * 4.0 / 3) : width;
      int h = aspect < 3.0 / 4 ? (int) Math.rint(width / 0.75) : height;
      return new Resampler.Window((width - w) / 2, (height - h) / 2, w, h);
    }
  }

  /**
   * Returns an image mirrored left to right or turned upside down.
   *
   * @param columns whether columns are mirrored; otherwise rows are
   */
  static PixelImage mirror(PixelImage image, boolean columns) {
    int width = image.width();
    int height = image.height();
    byte[] to = new byte[image.rgb().length];
    for (int y = 0; y < height; y++) {
      int row = columns ? y : height - 1 - y;
      if (columns) {
        for (int x = 0; x < width; x++) {
          System.arraycopy(
              image.rgb(), 3 * (row * width + width - 1 - x), to, 3 * (y * width + x), 3);
        }
      } else {
        System.arraycopy(image.rgb(), 3 * row * width, to, 3 * y * width, 3 * width);
      }
    }
    return new PixelImage(width, height, to);
  }
}
