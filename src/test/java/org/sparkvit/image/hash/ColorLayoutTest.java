package org.sparkvit.image.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.PixelImage;

class ColorLayoutTest {
  private static final PdqHash.Crop WHOLE = PdqHash.Crop.WHOLE;

  /** An image of colours {@code 0xRRGGBB}. */
  private static PixelImage image(int width, int height, IntBinaryOperator color) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      int c = color.applyAsInt(i % width, i / width);
      rgb[3 * i] = (byte) (c >> 16);
      rgb[3 * i + 1] = (byte) (c >> 8);
      rgb[3 * i + 2] = (byte) c;
    }
    return new PixelImage(width, height, rgb);
  }

  private static byte[] layout(int width, int height, IntBinaryOperator color) {
    return ColorLayout.of(image(width, height, color));
  }

  @Test
  void plainColoursDifferByTheirChannels() {
    byte[] red = layout(50, 40, (x, y) -> 0xC86432);
    byte[] other = layout(90, 33, (x, y) -> 0xBE6444);
    assertThat(red).hasSize(ColorLayout.BYTES);
    assertThat(ColorLayout.difference(red, WHOLE, other)).isCloseTo((10 + 18) / 3.0, within(1e-9));
    assertThat(ColorLayout.difference(other, WHOLE, red)).isCloseTo(28 / 3.0, within(1e-9));
    assertThat(ColorLayout.difference(red, new PdqHash.Crop(0.3, 0.1, 0.7), red))
        .isCloseTo(0, within(1e-9));
    assertThat(ColorLayout.brightnessDifference(red, other))
        .isCloseTo(0.299 * 10 - 0.114 * 18, within(1e-9));
  }

  @Test
  void aPartIsLikeItsOwnPictureAndUnlikeTheWhole() {
    IntBinaryOperator slope = (x, y) -> (x << 16) | (y << 8) | ((x + y) / 2);
    byte[] whole = layout(200, 200, slope);
    PdqHash.Crop part = new PdqHash.Crop(0.25, 0.1, 0.5);
    byte[] cut = layout(100, 100, (x, y) -> slope.applyAsInt(x + 50, y + 20));
    assertThat(ColorLayout.difference(whole, part, cut)).isLessThan(1);
    assertThat(ColorLayout.difference(whole, WHOLE, cut)).isGreaterThan(15);
  }

  @Test
  void fieldsAreMeansOfWhatLiesInThem() {
    // Left half black, right half white: of a part from 0.25 to 0.75 of the width the same.
    byte[] halves = layout(64, 64, (x, y) -> x < 32 ? 0 : 0xFFFFFF);
    assertThat(ColorLayout.difference(halves, new PdqHash.Crop(0.25, 0.25, 0.5), halves))
        .isCloseTo(0, within(1e-9));
    // From 0.5 on all is white, so that half of the fields differ by all that there is.
    assertThat(ColorLayout.difference(halves, new PdqHash.Crop(0.5, 0, 0.5), halves))
        .isCloseTo(127.5, within(1e-9));
    // A field of an eighth of 0.9 of 32 cells is 3.6 of them: the border lies in the fourth one.
    double[] shares = {0, 0, 0, 0, (18 - 16) / 3.6, 1, 1, 1};
    double expected = 0;
    for (int j = 0; j < 8; j++) {
      expected += 255 * Math.abs(shares[j] - (j < 4 ? 0 : 1)) / 8;
    }
    assertThat(ColorLayout.difference(halves, new PdqHash.Crop(0, 0, 0.9), halves))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void grayIsWithoutColours() {
    assertThat(ColorLayout.isGray(layout(40, 40, (x, y) -> 0x010101 * (x + y)))).isTrue();
    assertThat(ColorLayout.isGray(layout(40, 40, (x, y) -> x == y ? 0xFF0000 : 0x808080)))
        .isFalse();
  }
}
