package org.sparkvit.image.augment;

import org.jtransforms.fft.DoubleFFT_2D;
import org.sparkvit.image.PixelImage;
import pl.edu.icm.jlargearrays.ConcurrencyUtils;

/**
 * Gives an image the look of another one without changing what it shows. The amplitudes of its
 * lowest spatial frequencies are replaced by those of the other image; the phases stay (Fourier
 * domain adaptation, Yang and Soatto 2020).
 */
public final class FourierStyle {
  static {
    // The tasks of an executor share its cores already.
    ConcurrencyUtils.setNumberOfThreads(1);
  }

  private FourierStyle() {}

  /**
   * Transfers the style of one image to another. An image that is one pixel wide or high is
   * returned unchanged.
   *
   * @param content the image whose content the result shows
   * @param style the image whose look the result has, of the same size
   * @param band the share of the frequencies that take part, 0 to 0.5: those up to {@code
   *     floor(band * shorter side)} in either direction. 0 changes only the mean of each channel,
   *     0.01 to 0.1 light and colour, larger values also shapes
   */
  public static PixelImage apply(PixelImage content, PixelImage style, double band) {
    int width = content.width();
    int height = content.height();
    if (style.width() != width || style.height() != height) {
      throw new IllegalArgumentException("images of different sizes");
    }
    if (!(band >= 0 && band <= 0.5)) {
      throw new IllegalArgumentException("band " + band + " is not from 0 to 0.5");
    }
    if (width == 1 || height == 1) {
      return content;
    }
    // Beyond half of a side the frequencies repeat.
    int reach = Math.min((int) (band * Math.min(width, height)), (Math.min(width, height) - 1) / 2);
    DoubleFFT_2D transform = new DoubleFFT_2D(height, width);
    byte[] out = new byte[content.rgb().length];
    for (int channel = 0; channel < 3; channel++) {
      double[] spectrum = spectrum(transform, content, channel);
      double[] other = spectrum(transform, style, channel);
      for (int v = -reach; v <= reach; v++) {
        for (int u = -reach; u <= reach; u++) {
          take(spectrum, other, 2 * (Math.floorMod(v, height) * width + Math.floorMod(u, width)));
        }
      }
      transform.complexInverse(spectrum, true);
      for (int i = 0; i < width * height; i++) {
        out[3 * i + channel] = (byte) Math.max(0, Math.min(255, Math.rint(spectrum[2 * i])));
      }
    }
    return new PixelImage(width, height, out);
  }

  private static double[] spectrum(DoubleFFT_2D transform, PixelImage image, int channel) {
    byte[] rgb = image.rgb();
    double[] values = new double[2 * image.width() * image.height()];
    for (int i = 0; i < values.length / 2; i++) {
      values[2 * i] = rgb[3 * i + channel] & 0xFF;
    }
    transform.complexForward(values);
    return values;
  }

  /**
   * Gives one coefficient the amplitude of the other spectrum and keeps its phase. A coefficient of
   * zero has the phase 0.
   */
  private static void take(double[] spectrum, double[] other, int at) {
    double phase = Math.atan2(spectrum[at + 1], spectrum[at]);
    double amplitude = Math.hypot(other[at], other[at + 1]);
    spectrum[at] = amplitude * Math.cos(phase);
    spectrum[at + 1] = amplitude * Math.sin(phase);
  }
}
