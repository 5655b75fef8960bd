package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.sparkvit.core.Background;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.Preprocess;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;

/** Transparent images against Pillow's pixels; alpha.tsv is made by make_alpha_fixtures.py. */
class TransparencyTest {
  private static final Background WHITE = Background.parse("test", "white");
  private static final Background BLUE = Background.parse("test", "#30a0f0");

  /** A line of alpha.tsv. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Sample(
      String name,
      byte[] content,
      int width,
      int height,
      byte[] rgb,
      byte[] alpha,
      byte[] white,
      byte[] blue) {
    private static Sample parse(String line) {
      String[] fields = line.split("\t", -1);
      Base64.Decoder decoder = Base64.getDecoder();
      return new Sample(
          fields[0],
          decoder.decode(fields[1]),
          Integer.parseInt(fields[2]),
          Integer.parseInt(fields[3]),
          decoder.decode(fields[4]),
          fields[5].equals("-") ? null : decoder.decode(fields[5]),
          decoder.decode(fields[6]),
          decoder.decode(fields[7]));
    }

    PixelImage decode(Background background) {
      String file = name + "." + name.substring(0, name.indexOf('-')).toLowerCase(Locale.ROOT);
      DecodedImage image = new ImageDecoder(DecodeLimits.DEFAULT, background).decode(content, file);
      assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
      return image.pixels();
    }
  }

  private static List<Sample> samples() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                TransparencyTest.class.getResourceAsStream("/image/alpha.tsv"),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(Sample::parse).toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> withoutABackgroundAlphaStandsBesideTheColoursUnderIt() throws IOException {
    return samples().stream()
        .map(
            sample ->
                dynamicTest(
                    sample.name,
                    () -> {
                      PixelImage image = sample.decode(Background.NONE);
                      assertThat(image.width()).isEqualTo(sample.width);
                      assertThat(image.height()).isEqualTo(sample.height);
                      assertThat(image.rgb()).isEqualTo(sample.rgb);
                      assertThat(image.alpha()).isEqualTo(sample.alpha);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> onABackgroundPixelsArePillowsAlphaComposite() throws IOException {
    return samples().stream()
        .map(
            sample ->
                dynamicTest(
                    sample.name,
                    () -> {
                      assertThat(sample.decode(WHITE).rgb()).isEqualTo(sample.white);
                      assertThat(sample.decode(WHITE).alpha()).isNull();
                      assertThat(sample.decode(BLUE).rgb()).isEqualTo(sample.blue);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> aModelsInputIsMadeOfTheCompositedPixels() throws IOException {
    PreprocessSpec spec = PreprocessSpec.squash(7, 5, ResampleFilter.BICUBIC);
    return samples().stream()
        .map(
            sample ->
                dynamicTest(
                    sample.name,
                    () -> {
                      byte[] prepared =
                          new ImageDecoder(DecodeLimits.DEFAULT)
                              .decode(sample.content, "x", spec.on(BLUE))
                              .pixels()
                              .rgb();
                      PixelImage blue = new PixelImage(sample.width, sample.height, sample.blue);
                      assertThat(prepared).isEqualTo(Preprocess.apply(blue, spec).rgb());
                    }));
  }

  @Test
  void aViewerSeesBlackDrawingsOnWhiteAndWhiteOnesOnBlack() {
    byte[] alpha = {0, (byte) 255, 0, 0};
    PixelImage black = new PixelImage(2, 2, new byte[12], alpha);
    PixelImage seen = Transparency.seen(black);
    assertThat(seen.rgb()).containsExactly(-1, -1, -1, 0, 0, 0, -1, -1, -1, -1, -1, -1);
    assertThat(Transparency.unseen(black)).isEqualTo(new Transparency.Unseen(0.75, "#000000"));
    byte[] light = new byte[12];
    java.util.Arrays.fill(light, (byte) 255);
    PixelImage white = new PixelImage(2, 2, light, alpha);
    assertThat(Transparency.seen(white).rgb())
        .containsExactly(0, 0, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0);
    assertThat(Transparency.unseen(white).color()).isEqualTo("#FFFFFF");
  }

  @Test
  void whereTheColoursUnderTheAlphaAreTheBackgroundNothingIsUnseen() {
    byte[] rgb = {-1, -1, -1, 0, 0, 0};
    PixelImage image = new PixelImage(2, 1, rgb, new byte[] {0, (byte) 255});
    assertThat(Transparency.unseen(image).share()).isZero();
  }

  @Test
  void backgroundsAreReadByNameAndByColour() {
    assertThat(Background.parse("--background", "None")).isEqualTo(Background.NONE);
    assertThat(Background.parse("--background", "BLACK")).isEqualTo(new Background(0));
    assertThat(Background.parse("--background", "#F0f1f2")).hasToString("#f0f1f2");
    for (String wrong : List.of("", "pink", "#fff", "ffffff", "#12345g")) {
      assertThatThrownBy(() -> Background.parse("--background", wrong))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "--background is '"
                  + wrong
                  + "'; use none, white, black or a colour such as #f0f0f0");
    }
  }
}
