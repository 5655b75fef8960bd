package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.ImageStatus;

/** What is said where libheif or one of its codecs is not there, on whatever machine. */
class HeifSupportTest {
  private static final String NOT_IN_FULL =
      "install libheif-plugin-libde265 and libheif-plugin-dav1d (Debian, Ubuntu)";

  @Test
  void saysWhatIsThereAndWhatToInstall() {
    HeifSupport none = HeifSupport.none("libheif is not installed");
    assertThat(none.isPresent()).isFalse();
    assertThat(none.description()).isEqualTo("libheif is not installed");
    assertThat(none.remedy()).startsWith("install libheif1 (Debian, Ubuntu)");
    HeifSupport bare = new HeifSupport("1.19.8", "", false, false);
    assertThat(bare.isPresent()).isTrue();
    assertThat(bare.description()).isEqualTo("1.19.8 without codecs");
    assertThat(bare.remedy()).isEqualTo(NOT_IN_FULL);
    HeifSupport half = new HeifSupport("1.19.8", "", false, true);
    assertThat(half.isComplete()).isFalse();
    assertThat(half.description()).isEqualTo("1.19.8 with AV1");
    assertThat(half.remedy()).isEqualTo("install libheif-plugin-libde265 (Debian, Ubuntu)");
    HeifSupport full = new HeifSupport("1.19.8", "", true, true);
    assertThat(full.isComplete()).isTrue();
    assertThat(full.description()).isEqualTo("1.19.8 with HEVC, AV1");
    assertThat(full.remedy()).isEmpty();
  }

  @Test
  void refusesVersionsThatAreTooOld() {
    assertThat(Heif.tooOld(0x010B0000, "1.11.0"))
        .isEqualTo("libheif 1.11.0 is too old, 1.12 or later is needed");
    assertThat(Heif.tooOld(0x010C0000, "1.12.0")).isEmpty();
    assertThat(Heif.tooOld(0x01170100, "1.23.1")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, DECODE_ERROR, libheif: words",
    "2, 100, TRUNCATED, libheif: words",
    "3, 0, UNSUPPORTED, libheif: words; convert it to JPEG",
    "4, 3004, UNSUPPORTED, libheif: words; convert it to JPEG",
    "6, 1000, TOO_LARGE, libheif: words",
    "7, 0, DECODE_ERROR, libheif: words"
  })
  void errorsOfTheLibraryBecomeStatuses(int code, int subcode, ImageStatus status, String reason) {
    HeifSupport full = new HeifSupport("1.15.1", "", true, true);
    BadImageException problem = Heif.problem(code, subcode, "words", full);
    assertThat(problem.status()).isEqualTo(status);
    assertThat(problem).hasMessage(reason);
  }

  @Test
  void messagesOfTheLibraryBecomeOneShortLine() {
    HeifSupport full = new HeifSupport("1.15.1", "", true, true);
    BadImageException problem = Heif.problem(2, 0, "two\nlines\n" + "x".repeat(500), full);
    assertThat(problem.getMessage()).startsWith("libheif: two lines xxx").hasSize(129);
  }

  @Test
  void aMissingCodecIsNamedWithItsPackage() {
    HeifSupport bare = new HeifSupport("1.19.8", "", false, false);
    for (int[] error : new int[][] {{4, 3000}, {11, 6003}}) {
      BadImageException problem = Heif.problem(error[0], error[1], "no decoder", bare);
      assertThat(problem.status()).isEqualTo(ImageStatus.UNSUPPORTED);
      assertThat(problem)
          .hasMessage("libheif: no decoder; " + NOT_IN_FULL + ", or convert it to JPEG");
      assertThat(problem.getMessage()).hasSizeLessThan(200);
    }
    HeifSupport full = new HeifSupport("1.15.1", "", true, true);
    assertThat(Heif.problem(4, 3000, "no decoder", full))
        .hasMessage("libheif: no decoder; convert it to JPEG");
  }

  private static byte[] file(String boxes) {
    return boxes.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void withoutTheLibraryTheFormatIsNamedWithTheRemedy() {
    assumeFalse(Heif.support().isPresent(), "libheif is installed");
    byte[] file = file("\0\0\0\u0014ftypheic\0\0\0\0mif1" + "\0\0\0\bmeta");
    DecodedImage image = new ImageDecoder(DecodeLimits.DEFAULT).decode(file, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    assertThat(image.format()).isEqualTo(ImageFormat.HEIC);
    assertThat(image.reason())
        .startsWith("HEIC: libheif is ")
        .contains("; install libheif1 (Debian, Ubuntu)")
        .endsWith(", or convert it to JPEG")
        .hasSizeLessThan(200);
  }

  @Test
  void sequencesWithoutAStillPictureAreUnsupported() {
    byte[] file = file("\0\0\0\u0014ftypmsf1\0\0\0\0hevc" + "\0\0\0\bmoov\0\0\0\bmdat");
    DecodedImage image = new ImageDecoder(DecodeLimits.DEFAULT).decode(file, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    assertThat(image.reason()).startsWith("a sequence of pictures without a still one");
  }

  /** However short the file is. */
  @Test
  void readsNothingBehindTheEnd() {
    byte[] file = file("\0\0\0\u0014ftypheic\0\0\0\0mif1\0\0\0\u0001mdat\0\0\0\0\0\0\0\u0010meta");
    for (int length = 1; length <= file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      DecodedImage image = new ImageDecoder(DecodeLimits.DEFAULT).decode(cut, "x.heic");
      assertThat(image.isUsable()).isFalse();
      assertThat(image.reason()).isNotBlank();
    }
  }
}
