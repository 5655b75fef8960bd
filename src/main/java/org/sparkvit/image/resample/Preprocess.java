package org.sparkvit.image.resample;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * Turns decoded pixels into a model's input by resizing, cropping and padding. Training and scoring
 * share it. Scaling to floats and normalisation are part of the model's graph.
 *
 * <p>SQUASH, CENTRE_CROP and SQUASH_CROP give the bytes of Hugging Face's image processors that
 * work with Pillow. PAD gives those of Pillow's {@code ImageOps.pad}.
 */
public final class Preprocess {
  private Preprocess() {}

  /**
   * Writes {@code spec.bytes()} bytes, uint8 height x width x RGB, at the buffer's position and
   * moves the position past them.
   *
   * @throws java.nio.BufferOverflowException if the buffer has less room
   */
  public static void apply(PixelImage image, PreprocessSpec spec, ByteBuffer out) {
    out.put(apply(image, spec).rgb());
  }

  /** Returns the prepared image, of {@code spec.width()} x {@code spec.height()} pixels. */
  public static PixelImage apply(PixelImage image, PreprocessSpec spec) {
    return apply(Pixels.of(image), spec);
  }

  public static PixelImage apply(Pixels image, PreprocessSpec spec) {
    return switch (spec.mode()) {
      case SQUASH -> Resampler.resize(image, spec.width(), spec.height(), spec.filter());
      case CENTRE_CROP -> centreCrop(image, spec);
      case SQUASH_CROP -> place(image, spec, spec.shortestEdge(), spec.shortestEdge(), 0);
      case PAD -> pad(image, spec);
    };
  }

  private static PixelImage centreCrop(Pixels image, PreprocessSpec spec) {
    long edge = spec.shortestEdge();
    boolean upright = image.width() <= image.height();
    int shorter = Math.min(image.width(), image.height());
    int longer = Math.max(image.width(), image.height());
    int resized = (int) Math.min(Integer.MAX_VALUE, edge * longer / shorter);
    return place(image, spec, upright ? (int) edge : resized, upright ? resized : (int) edge, 0);
  }

  private static PixelImage pad(Pixels image, PreprocessSpec spec) {
    double ratio = (double) image.width() / image.height();
    double wanted = (double) spec.width() / spec.height();
    int width = spec.width();
    int height = spec.height();
    if (ratio > wanted) {
      height = (int) Math.max(1, Math.rint((double) image.height() / image.width() * width));
    } else if (ratio < wanted) {
      width = (int) Math.max(1, Math.rint(ratio * height));
    }
    return place(image, spec, width, height, spec.padRgb());
  }

  /**
   * Resizes to {@code width} x {@code height}, then cuts out the centre where that is larger than
   * the result and centres it on the background where it is smaller.
   */
  private static PixelImage place(
      Pixels image, PreprocessSpec spec, int width, int height, int background) {
    int columns = Math.min(width, spec.width());
    int rows = Math.min(height, spec.height());
    Resampler.Window window =
        new Resampler.Window(cut(spec, width - columns), cut(spec, height - rows), columns, rows);
    int left = margin(spec, spec.width() - columns);
    int top = margin(spec, spec.height() - rows);
    byte[] out = new byte[spec.bytes()];
    if (background != 0 && columns * rows < spec.width() * spec.height()) {
      fill(out, background);
    }
    int offset = 3 * (top * spec.width() + left);
    Resampler.resize(image, width, height, spec.filter(), window, out, offset, 3 * spec.width());
    return new PixelImage(spec.width(), spec.height(), out);
  }

  /**
   * Returns where the cut of a centred crop begins.
   *
   * @param border the pixels that are cut on both sides together
   */
  private static int cut(PreprocessSpec spec, int border) {
    return spec.torchvisionCrop() ? (int) Math.rint(border / 2.0) : border / 2;
  }

  /**
   * Returns the width of the border that is added before a centred image. The originals round an
   * odd border differently: up in transformers, down in torchvision, to even in Pillow.
   *
   * @param border the pixels that are added on both sides together
   */
  private static int margin(PreprocessSpec spec, int border) {
    if (spec.mode() == PreprocessSpec.Mode.PAD) {
      return (int) Math.rint(border / 2.0);
    }
    return spec.torchvisionCrop() ? border / 2 : border - border / 2;
  }

  private static void fill(byte[] out, int rgb) {
    byte[] colour = {(byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb};
    if (colour[0] == colour[1] && colour[1] == colour[2]) {
      Arrays.fill(out, colour[0]);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = colour[i % 3];
    }
  }
}
