package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PillowCases;

/** Files of damaged.tsv: what Pillow reads has its pixels, what it refuses has a status. */
class DamagedPixelsTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  /** Kinds whose pixels may all be there where Pillow wants more behind them. */
  private static final Set<String> NOTED = Set.of("png-cut", "gif-cut", "gif-animated-cut");

  static Stream<String> kinds() throws IOException {
    return PillowCases.read("damaged.tsv").stream().map(line -> line[0]).distinct();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void areReadOrRefusedAsByPillow(String kind) throws IOException {
    List<String[]> lines =
        PillowCases.read("damaged.tsv").stream().filter(line -> line[0].equals(kind)).toList();
    assertThat(lines.size()).isGreaterThanOrEqualTo(6);
    for (String[] line : lines) {
      DecodedImage image = DECODER.decode(Base64.getDecoder().decode(line[2]), kind);
      String what = kind + " " + line[1] + ": " + image.status() + " " + image.reason();
      if (image.reason().startsWith("wrong checksum") && !image.isUsable()) {
        // Pillow looks at no checksum of pixels, so some come out changed.
        assertThat(kind).as(what).isEqualTo("png-pixels");
      } else if (!line[3].equals("bad")) {
        assertThat(image.status()).as(what).isEqualTo(ImageStatus.OK);
        assertThat(PillowCases.crc32(image.pixels().rgb()))
            .as(what)
            .isEqualTo(Long.parseLong(line[3]));
      } else if (image.isUsable()) {
        assertThat(NOTED).as(what).contains(kind);
        assertThat(image.reason()).as(what).contains("pixels");
      } else {
        assertThat(image.status()).as(what).isIn(ImageStatus.TRUNCATED, ImageStatus.DECODE_ERROR);
        assertThat(image.reason()).isNotBlank();
      }
    }
  }
}
