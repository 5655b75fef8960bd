package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.sparkvit.core.ImageStatus;

class ImageDecoderTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  /** A line of decode.tsv. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Sample(
      String name,
      ImageFormat format,
      int width,
      int height,
      int channels,
      int orientation,
      int tolerance,
      byte[] content,
      byte[] rgb) {

    private static Sample parse(String line) {
      String[] fields = line.split("\t", -1);
      return new Sample(
          fields[0],
          ImageFormat.valueOf(fields[1]),
          Integer.parseInt(fields[2]),
          Integer.parseInt(fields[3]),
          Integer.parseInt(fields[4]),
          Integer.parseInt(fields[5]),
          Integer.parseInt(fields[6]),
          Base64.getDecoder().decode(fields[7]),
          Base64.getDecoder().decode(fields[8]));
    }

    String fileName() {
      return name + "." + format.name().toLowerCase(Locale.ROOT);
    }
  }

  @TestFactory
  Stream<DynamicTest> decodesToPillowsPixels() throws IOException {
    return samples().stream().map(sample -> dynamicTest(sample.name, () -> assertDecodes(sample)));
  }

  private static void assertDecodes(Sample sample) {
    DecodedImage image = DECODER.decode(sample.content, sample.fileName());
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
    assertThat(image.reason())
        .isEqualTo(
            sample.name.contains("t32-")
                ? "samples of 32 bits: below 0 black, above 255 white"
                : "");
    assertThat(image.isUsable()).isTrue();
    assertHeader(image, sample);
    boolean turned = sample.orientation >= 5;
    assertThat(image.pixels().width()).isEqualTo(turned ? sample.height : sample.width);
    assertThat(largestDifference(image.pixels().rgb(), sample.rgb))
        .isLessThanOrEqualTo(sample.tolerance);
  }

  private static void assertHeader(DecodedImage image, Sample sample) {
    assertThat(image.format()).isEqualTo(sample.format);
    assertThat(image.width()).isEqualTo(sample.width);
    assertThat(image.height()).isEqualTo(sample.height);
    assertThat(image.channels()).isEqualTo(sample.channels);
    assertThat(image.orientation()).isEqualTo(sample.orientation);
  }

  /** Whatever is cut off: never an exception, and pixels only if they are all there. */
  @TestFactory
  Stream<DynamicTest> noticesWhatIsCutOff() throws IOException {
    return samples().stream()
        .map(sample -> dynamicTest(sample.name, () -> assertNoticesCuts(sample)));
  }

  private static void assertNoticesCuts(Sample sample) {
    byte[] whole = DECODER.decode(sample.content, sample.fileName()).pixels().rgb();
    for (int length = 0; length < sample.content.length; length++) {
      DecodedImage image = DECODER.decode(Arrays.copyOf(sample.content, length), sample.fileName());
      if (image.isUsable()) {
        assertThat(image.pixels().rgb()).as("cut at " + length).isEqualTo(whole);
      } else if (length == 0) {
        assertThat(image.status()).isEqualTo(ImageStatus.EMPTY);
      } else if (length >= 12) {
        assertThat(image.status()).as("cut at " + length).isEqualTo(ImageStatus.TRUNCATED);
      } else {
        assertThat(image.status()).isIn(ImageStatus.BAD_MAGIC, ImageStatus.TRUNCATED);
      }
    }
  }

  /** Random damage may leave a picture or not, but it never escapes as an exception. */
  @TestFactory
  Stream<DynamicTest> survivesDamage() throws IOException {
    return samples().stream().map(sample -> dynamicTest(sample.name, () -> damage(sample)));
  }

  private static void damage(Sample sample) {
    ImageDecoder strict =
        new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, Duration.ofSeconds(20)));
    SplittableRandom random = new SplittableRandom(sample.name.length());
    for (int round = 0; round < 150; round++) {
      byte[] damaged = sample.content.clone();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      DecodedImage image = strict.decode(damaged, sample.fileName());
      assertThat(image.isUsable()).as(image.reason()).isEqualTo(image.status().isUsable());
      assertThat(image.status()).isNotEqualTo(ImageStatus.TIMEOUT);
      assertThat(image.reason().isEmpty()).isIn(false, image.status() == ImageStatus.OK);
      assertThat(image.reason()).doesNotContain("\n").hasSizeLessThanOrEqualTo(250);
    }
  }

  @Test
  void namesWhatIsNoImage() {
    DecodedImage empty = DECODER.decode(new byte[0], "a.jpg");
    assertThat(empty.status()).isEqualTo(ImageStatus.EMPTY);
    DecodedImage text = DECODER.decode("hello world".getBytes(StandardCharsets.UTF_8), "a.jpg");
    assertThat(text.status()).isEqualTo(ImageStatus.BAD_MAGIC);
    assertThat(text.reason()).isEqualTo("text, not an image: \"hello world\"");
    assertThat(text.format()).isNull();
  }

  @Test
  void decodesUnderAnotherFormatsName() throws IOException {
    Sample png = sample("png-rgb");
    DecodedImage image = DECODER.decode(png.content, "s3a://bucket/dir.x/photo.JPG");
    assertThat(image.status()).isEqualTo(ImageStatus.EXT_MISMATCH);
    assertThat(image.reason()).isEqualTo("PNG content in a file named as JPEG");
    assertThat(image.isUsable()).isTrue();
    assertThat(image.pixels().rgb()).isEqualTo(png.rgb);
    for (String name : List.of("photo", "dir.jpg/photo", "photo.dat", "photo.PNG")) {
      assertThat(DECODER.decode(png.content, name).status()).as(name).isEqualTo(ImageStatus.OK);
    }
  }

  @Test
  void refusesMoreThanTheLimitsBeforeDecoding() throws IOException {
    Sample png = sample("png-rgb");
    ImageDecoder small = new ImageDecoder(new DecodeLimits(1 << 20, 129, Duration.ofSeconds(5)));
    DecodedImage pixels = small.decode(png.content, "a.png");
    assertThat(pixels.status()).isEqualTo(ImageStatus.TOO_LARGE);
    assertThat(pixels.reason()).isEqualTo("130 pixels; the limit is 129");
    assertThat(pixels.width()).isEqualTo(13);
    ImageDecoder tiny = new ImageDecoder(new DecodeLimits(50, 1 << 20, Duration.ofSeconds(5)));
    assertThat(tiny.decode(png.content, "a.png").status()).isEqualTo(ImageStatus.TOO_LARGE);

    byte[] bomb = png.content.clone();
    bomb[16] = 0x7F; // width of two billion pixels
    assertThat(DECODER.decode(bomb, "a.png").status()).isEqualTo(ImageStatus.TOO_LARGE);
  }

  private static int largestDifference(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    int largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xFF) - (b[i] & 0xFF)));
    }
    return largest;
  }

  private static Sample sample(String name) throws IOException {
    return samples().stream().filter(s -> s.name.equals(name)).findFirst().orElseThrow();
  }

  private static List<Sample> samples() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                ImageDecoderTest.class.getResourceAsStream("/image/decode.tsv"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).map(Sample::parse).toList();
    }
  }
}
