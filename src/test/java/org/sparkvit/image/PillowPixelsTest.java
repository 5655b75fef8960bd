package org.sparkvit.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case of resample.tsv, which Pillow made, byte for byte. */
class PillowPixelsTest {

  @ParameterizedTest
  @ValueSource(strings = {"resize", "crop", "pad"})
  void givesPillowsBytes(String kind) throws IOException {
    List<String[]> cases = cases(kind);
    assertThat(cases).hasSizeGreaterThanOrEqualTo(kind.equals("resize") ? 800 : 150);
    for (String[] c : cases) {
      PixelImage image = pixels(number(c[1]), number(c[2]), number(c[3]));
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
      CRC32 crc = new CRC32();
      crc.update(result.rgb());
      assertThat(crc.getValue()).as(String.join(" ", c)).isEqualTo(Long.parseLong(c[c.length - 1]));
    }
  }

  @Test
  void writesAtTheBuffersPosition() {
    PixelImage image = pixels(20, 10, 3);
    PreprocessSpec spec = PreprocessSpec.squash(4, 6, ResampleFilter.BILINEAR);
    ByteBuffer batch = ByteBuffer.allocateDirect(2 * spec.bytes());
    Preprocess.apply(pixels(9, 9, 5), spec, batch);
    assertThat(batch.position()).isEqualTo(spec.bytes());
    Preprocess.apply(image, spec, batch);
    byte[] second = new byte[spec.bytes()];
    batch.get(spec.bytes(), second);
    assertThat(second).isEqualTo(Resampler.resize(image, 6, 4, ResampleFilter.BILINEAR).rgb());
    assertThat(batch.hasRemaining()).isFalse();
  }

  private static List<String[]> cases(String kind) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                PillowPixelsTest.class.getResourceAsStream("/image/resample.tsv"),
                StandardCharsets.UTF_8))) {
      Stream<String[]> lines = reader.lines().map(line -> line.split("\t", -1));
      return lines.filter(fields -> fields[0].equals(kind)).toList();
    }
  }

  /** The generator of make_resample_fixtures.py. */
  private static PixelImage pixels(int width, int height, int seed) {
    byte[] rgb = new byte[3 * width * height];
    long state = seed;
    for (int i = 0; i < rgb.length; i++) {
      state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
      int noise = (int) (state >> 16 & 0xFF);
      int[] steps = {0, 255, noise};
      rgb[i] = (byte) (seed % 2 == 1 ? i / 3 * 5 + noise / 8 : steps[noise % 3]);
    }
    return new PixelImage(width, height, rgb);
  }

  private static int number(String field) {
    return Integer.parseInt(field);
  }
}
