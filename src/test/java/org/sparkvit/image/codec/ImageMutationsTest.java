package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.faults.Mutations;
import org.sparkvit.image.PillowCases;

/**
 * Mutants of small files of each format: they give pixels or a status with a reason, soon, and
 * nothing is thrown. Which statuses they have beside Pillow's is shown by compare_statuses.py; with
 * {@code -Dsparkvit.mutants=FOLDER} the mutants are written for it.
 */
class ImageMutationsTest {
  private static final int MUTANTS = 500;
  private static final long SEED = 20;

  private static final ImageDecoder DECODER =
      new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, Duration.ofSeconds(20)));

  /** HEIC and AVIF files are those of HeifTest, which changes them, too. */
  @ParameterizedTest
  @EnumSource(
      value = ImageFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HEIC", "AVIF"})
  void givePixelsOrAStatusAndNothingElse(ImageFormat format) throws IOException {
    List<byte[]> originals = new ArrayList<>();
    for (String[] line : PillowCases.read("decode.tsv")) {
      if (line[1].equals(format.name())) {
        originals.add(Base64.getDecoder().decode(line[7]));
      }
    }
    assertThat(originals.size()).isGreaterThan(2);
    String folder = System.getProperty("sparkvit.mutants");
    int[] number = {0};
    Map<String, Integer> outcomes =
        Mutations.tried(
            format.name(),
            originals,
            Mutations::anywhere,
            MUTANTS,
            SEED,
            mutant -> {
              if (folder != null) {
                String name = String.format(Locale.ROOT, "%04d.%s", number[0]++, format);
                Files.createDirectories(Path.of(folder));
                Files.write(Path.of(folder, name.toLowerCase(Locale.ROOT)), mutant);
              }
              return outcome(originals, mutant);
            });
    assertThat(outcomes.keySet())
        .containsAnyOf("OK, same pixels", "OK, other pixels")
        .containsAnyOf(ImageStatus.DECODE_ERROR.name(), ImageStatus.TRUNCATED.name());
  }

  private static String outcome(List<byte[]> originals, byte[] mutant) {
    DecodedImage image = DECODER.decode(mutant, "mutant");
    assertThat(image.status()).isNotEqualTo(ImageStatus.TIMEOUT);
    assertThat(image.pixels() != null).isEqualTo(image.status().isUsable());
    assertThat(image.reason()).doesNotContain("\n").hasSizeLessThanOrEqualTo(250);
    if (!image.isUsable()) {
      assertThat(image.reason()).isNotBlank();
      return image.status().name();
    }
    for (byte[] original : originals) {
      byte[] rgb = DECODER.decode(original, "original").pixels().rgb();
      if (Arrays.equals(rgb, image.pixels().rgb())) {
        return "OK, same pixels";
      }
    }
    return "OK, other pixels";
  }
}
