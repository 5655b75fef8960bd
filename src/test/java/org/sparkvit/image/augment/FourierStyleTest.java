package org.sparkvit.image.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.image.PixelImage;

class FourierStyleTest {
  private static PixelImage noise(int width, int height, int low, int range, long seed) {
    Random random = new Random(seed);
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (low + random.nextInt(range));
    }
    return new PixelImage(width, height, rgb);
  }

  /** The sums of the definition, written out. */
  private static double[][][] transform(double[][] re, double[][] im, int sign) {
    int height = re.length;
    int width = re[0].length;
    double[][][] out = new double[2][height][width];
    for (int v = 0; v < height; v++) {
      for (int u = 0; u < width; u++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            double angle = sign * 2 * Math.PI * ((double) u * x / width + (double) v * y / height);
            out[0][v][u] += re[y][x] * Math.cos(angle) - im[y][x] * Math.sin(angle);
            out[1][v][u] += re[y][x] * Math.sin(angle) + im[y][x] * Math.cos(angle);
          }
        }
      }
    }
    return out;
  }

  private static double[][] channel(PixelImage image, int channel) {
    double[][] values = new double[image.height()][image.width()];
    for (int i = 0; i < image.width() * image.height(); i++) {
      values[i / image.width()][i % image.width()] = image.rgb()[3 * i + channel] & 0xFF;
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"7,5,0.3", "8,6,0.5", "6,9,0.2", "5,5,0", "2,4,0.5"})
  void equalsTheDefinition(int width, int height, double band) {
    PixelImage content = noise(width, height, 60, 80, 1);
    PixelImage style = noise(width, height, 100, 60, 2);
    PixelImage made = FourierStyle.apply(content, style, band);
    int shorter = Math.min(width, height);
    int reach = Math.min((int) (band * shorter), (shorter - 1) / 2);
    for (int c = 0; c < 3; c++) {
      double[][] none = new double[height][width];
      double[][][] own = transform(channel(content, c), none, -1);
      double[][][] other = transform(channel(style, c), none, -1);
      for (int v = 0; v < height; v++) {
        for (int u = 0; u < width; u++) {
          if (Math.min(v, height - v) <= reach && Math.min(u, width - u) <= reach) {
            double phase = Math.atan2(own[1][v][u], own[0][v][u]);
            double amplitude = Math.hypot(other[0][v][u], other[1][v][u]);
            own[0][v][u] = amplitude * Math.cos(phase);
            own[1][v][u] = amplitude * Math.sin(phase);
          }
        }
      }
      double[][] back = transform(own[0], own[1], 1)[0];
      double[][] result = channel(made, c);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double exact = Math.max(0, Math.min(255, back[y][x] / (width * height)));
          assertThat(Math.abs(result[y][x] - exact)).isLessThan(0.5 + 1e-6);
        }
      }
    }
  }

  @Test
  void itsOwnLookChangesNothing() {
    PixelImage image = noise(20, 13, 0, 256, 3);
    assertThat(FourierStyle.apply(image, image, 0.3).rgb()).isEqualTo(image.rgb());
  }

  @Test
  void aLineStaysAsItIs() {
    PixelImage line = noise(1, 9, 0, 256, 4);
    assertThat(FourierStyle.apply(line, noise(1, 9, 0, 256, 5), 0.5).rgb()).isEqualTo(line.rgb());
  }

  @Test
  void mistakes() {
    PixelImage image = noise(4, 4, 0, 256, 3);
    assertThatThrownBy(() -> FourierStyle.apply(image, noise(4, 5, 0, 9, 1), 0.1))
        .hasMessageContaining("different sizes");
    assertThatThrownBy(() -> FourierStyle.apply(image, image, 0.6)).hasMessageContaining("0.6");
  }
}
