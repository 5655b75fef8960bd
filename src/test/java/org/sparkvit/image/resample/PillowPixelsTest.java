package org.sparkvit.image.resample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.image.PillowCases;
import org.sparkvit.image.PixelImage;

/** Every case of resample.tsv, which Pillow made, byte for byte. */
class PillowPixelsTest {

  @ParameterizedTest
  @ValueSource(strings = {"resize", "crop", "pad"})
  void givesPillowsBytes(String kind) throws IOException {
    List<String[]> cases = cases(kind);
    assertThat(cases).hasSizeGreaterThanOrEqualTo(kind.equals("resize") ? 800 : 150);
    for (String[] c : cases) {
      PixelImage image = PillowCases.pixels(number(c[1]), number(c[2]), number(c[3]));
      ResampleFilter filter = ResampleFilter.ofPillowCode(number(c[4]));
      int width = number(c[5]);
      int height = number(c[6]);
      PixelImage result =
          switch (kind) {
            case "resize" -> Resampler.resize(image, width, height, filter);
            case "crop" ->
                Preprocess.apply(
                    image, PreprocessSpec.centreCrop(height, width, number(c[7]), filter));
            default ->
                Preprocess.apply(image, PreprocessSpec.pad(height, width, filter, number(c[7])));
          };
      assertThat(PillowCases.crc32(result.rgb()))
          .as(String.join(" ", c))
          .isEqualTo(Long.parseLong(c[c.length - 1]));
    }
  }

  @Test
  void writesAtTheBuffersPosition() {
    PixelImage image = PillowCases.pixels(20, 10, 3);
    PreprocessSpec spec = PreprocessSpec.squash(4, 6, ResampleFilter.BILINEAR);
    ByteBuffer batch = ByteBuffer.allocateDirect(2 * spec.bytes());
    Preprocess.apply(PillowCases.pixels(9, 9, 5), spec, batch);
    assertThat(batch.position()).isEqualTo(spec.bytes());
    Preprocess.apply(image, spec, batch);
    byte[] second = new byte[spec.bytes()];
    batch.get(spec.bytes(), second);
    assertThat(second).isEqualTo(Resampler.resize(image, 6, 4, ResampleFilter.BILINEAR).rgb());
    assertThat(batch.hasRemaining()).isFalse();
  }

  @Test
  void halvesSidesWhileTwiceTheResultIsLeft() {
    PreprocessSpec exact = PreprocessSpec.squash(224, 224, ResampleFilter.BILINEAR);
    PreprocessSpec scaled = exact.withScaledDecoding();
    assertThat(exact.mostReduction(8000, 6000)).isEqualTo(1);
    assertThat(scaled.mostReduction(500, 375)).isEqualTo(1);
    assertThat(scaled.mostReduction(1920, 895)).isEqualTo(1);
    assertThat(scaled.mostReduction(896, 1920)).isEqualTo(2);
    assertThat(scaled.mostReduction(4000, 3000)).isEqualTo(4);
    assertThat(scaled.mostReduction(20_000, 20_000)).isEqualTo(8);
    PreprocessSpec crop = PreprocessSpec.centreCrop(224, 224, 256, ResampleFilter.BILINEAR);
    assertThat(crop.withScaledDecoding().mostReduction(1000, 1000)).isEqualTo(1);
    assertThat(crop.withScaledDecoding().mostReduction(1024, 1024)).isEqualTo(2);
  }

  private static List<String[]> cases(String kind) throws IOException {
    return PillowCases.read("resample.tsv").stream().filter(c -> c[0].equals(kind)).toList();
  }

  private static int number(String field) {
    return Integer.parseInt(field);
  }
}
