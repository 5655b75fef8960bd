package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/** Samples of 16 bits, beside alpha and under any largest value, against arithmetic by hand. */
class SixteenBitsTest {
  private static final int GRAY = 1;
  private static final int RGB = 2;
  private static final int UNSPECIFIED = 0;
  private static final int ASSOCIATED = 1;
  private static final int UNASSOCIATED = 2;

  private static DecodedImage decode(byte[] content, String name) {
    return new ImageDecoder(DecodeLimits.DEFAULT).decode(content, name);
  }

  private static PixelImage pixels(byte[] content, String name) {
    DecodedImage image = decode(content, name);
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
    return image.pixels();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** One row, whose last channel is an extra one. */
  private static byte[] tiff(ByteOrder order, int photometric, int extra, int... samples) {
    int channels = photometric == RGB ? 4 : 2;
    int[][] entries = {
      {256, samples.length / channels},
      {257, 1},
      {258, 0}, // as many values as channels, below
      {259, 1},
      {262, photometric},
      {273, 160},
      {277, channels},
      {278, 1},
      {279, 2 * samples.length},
      {338, extra},
    };
    ByteBuffer file = ByteBuffer.allocate(160 + 2 * samples.length).order(order);
    file.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    file.putShort((short) 42).putInt(8).putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) 3);
      if (entry[0] != 258) {
        file.putInt(1).putShort((short) entry[1]).putShort((short) 0);
      } else if (channels == 4) {
        file.putInt(4).putInt(144);
      } else {
        file.putInt(2).putShort((short) 16).putShort((short) 16);
      }
    }
    file.position(144);
    file.putShort((short) 16).putShort((short) 16).putShort((short) 16).putShort((short) 16);
    file.position(160);
    for (int sample : samples) {
      file.putShort((short) sample);
    }
    return file.array();
  }

  private static Stream<ByteOrder> orders() {
    return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
  }

  /** Of a colour's and alpha's high bytes 255 c / a, rounded down, as Pillow has it. */
  @ParameterizedTest
  @MethodSource("orders")
  void coloursOfATiffThatAreMultipliedByAlphaAreDividedByIt(ByteOrder order) {
    byte[] colours =
        tiff(
            order,
            RGB,
            ASSOCIATED,
            new int[] {
              0x8000, 0x4000, 0x0000, 0x8000, // half
              0x3000, 0x1800, 0x0C00, 0x4000, // a quarter
              0xFFFF, 0x8034, 0x00FF, 0xFFFF, // opaque
              0x1234, 0x5678, 0x9ABC, 0x0000, // none
              0x9000, 0x8001, 0x0180, 0x8000, // more colour than alpha
            });
    PixelImage image = pixels(colours, "x.tif");
    assertThat(image.rgb())
        .isEqualTo(
            bytes(
                255, 127, 0, // 64 of 128 is 127.5
                191, 95, 47, // 48, 24 and 12 of 64
                255, 128, 0, //
                0, 0, 0, //
                255, 255, 1));
    assertThat(image.alpha()).isEqualTo(bytes(128, 64, 255, 0, 128));
    PixelImage gray =
        pixels(tiff(order, GRAY, ASSOCIATED, 0x3000, 0x4000, 0x8034, 0xFFFF), "x.tif");
    assertThat(gray.rgb()).isEqualTo(bytes(191, 191, 191, 128, 128, 128));
    assertThat(gray.alpha()).isEqualTo(bytes(64, 255));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void otherColoursOfATiffStandAsTheyAre(ByteOrder order) {
    int[] samples = {0x8000, 0x40FF, 0x0000, 0x8000, 0x3000, 0x1800, 0x0C00, 0x0000};
    byte[] high = bytes(128, 64, 0, 48, 24, 12);
    PixelImage alpha = pixels(tiff(order, RGB, UNASSOCIATED, samples), "x.tif");
    assertThat(alpha.rgb()).isEqualTo(high);
    assertThat(alpha.alpha()).isEqualTo(bytes(128, 0));
    PixelImage unknown = pixels(tiff(order, RGB, UNSPECIFIED, samples), "x.tif");
    assertThat(unknown.rgb()).isEqualTo(high);
    assertThat(unknown.alpha()).isNull();
    PixelImage gray =
        pixels(tiff(order, GRAY, UNASSOCIATED, 0x3000, 0x4000, 0x80FF, 0x0000), "x.tif");
    assertThat(gray.rgb()).isEqualTo(bytes(48, 48, 48, 128, 128, 128));
    assertThat(gray.alpha()).isEqualTo(bytes(64, 0));
  }

  /** A raw map (P5, P6) or a plain one (P2, P3) of one row. */
  private static byte[] map(int kind, int most, int... samples) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int width = kind == 3 || kind == 6 ? samples.length / 3 : samples.length;
    file.writeBytes(
        String.format("P%d\n%d 1\n%d\n", kind, width, most).getBytes(StandardCharsets.US_ASCII));
    if (kind <= 3) {
      file.writeBytes(
          IntStream.of(samples)
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(" "))
              .getBytes(StandardCharsets.US_ASCII));
      return file.toByteArray();
    }
    for (int sample : samples) {
      if (most > 255) {
        file.write(sample >> 8);
      }
      file.write(sample);
    }
    return file.toByteArray();
  }

  /** A largest value, samples, and these times 255 over it, rounded. */
  private static List<Arguments> depths() {
    return List.of(
        Arguments.of(
            65535, new int[] {0, 25700, 32768, 256, 128, 65535}, bytes(0, 100, 128, 1, 0, -1)),
        Arguments.of(4095, new int[] {0, 1000, 2048, 16, 8, 4095}, bytes(0, 62, 128, 1, 0, -1)),
        Arguments.of(1023, new int[] {0, 511, 512, 255, 4, 1023}, bytes(0, 127, 128, 64, 1, -1)),
        Arguments.of(256, new int[] {0, 1, 100, 200, 255, 256}, bytes(0, 1, 100, 199, 254, -1)),
        Arguments.of(255, new int[] {0, 1, 100, 200, 254, 255}, bytes(0, 1, 100, 200, 254, -1)),
        Arguments.of(100, new int[] {0, 1, 25, 33, 99, 100}, bytes(0, 3, 64, 84, 252, -1)),
        Arguments.of(3, new int[] {0, 1, 2, 3, 3, 3}, bytes(0, 85, 170, -1, -1, -1)));
  }

  @ParameterizedTest
  @MethodSource("depths")
  void grayAndColourMapsOfAnyLargestValueAreScaledToIt(int most, int[] samples, byte[] levels) {
    byte[] replicated = new byte[3 * levels.length];
    for (int i = 0; i < replicated.length; i++) {
      replicated[i] = levels[i / 3];
    }
    assertThat(pixels(map(5, most, samples), "x.pgm").rgb()).isEqualTo(replicated);
    assertThat(pixels(map(2, most, samples), "x.pgm").rgb()).isEqualTo(replicated);
    assertThat(pixels(map(6, most, samples), "x.ppm").rgb()).isEqualTo(levels);
    assertThat(pixels(map(3, most, samples), "x.ppm").rgb()).isEqualTo(levels);
  }

  @ParameterizedTest
  @CsvSource({"5, 0", "5, 65536", "2, 0", "2, 70000"})
  void aLargestValueThatNoMapHasIsSaid(int kind, int most) {
    DecodedImage image = decode(map(kind, most, 0, 0), "x.pgm");
    assertThat(image.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(image.reason()).isEqualTo("largest sample " + most);
  }

  @Test
  void aPlainSampleAboveTheLargestIsSaid() {
    DecodedImage image = decode(map(2, 1023, 5, 1024), "x.pgm");
    assertThat(image.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(image.reason()).isEqualTo("sample 1024 where 1023 is the largest");
  }

  /** A program that writes bytes under the largest value of its 16-bit source. */
  @ParameterizedTest
  @ValueSource(ints = {256, 65535})
  void aMapWithOneByteForASampleOfTwoIsTruncated(int most) {
    byte[] whole = map(5, most, 1, 2, 3, 4);
    byte[] half = Arrays.copyOf(whole, whole.length - 4);
    assertThat(decode(half, "x.pgm").status()).isEqualTo(ImageStatus.TRUNCATED);
  }
}
