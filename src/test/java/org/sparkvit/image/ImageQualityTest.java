package org.sparkvit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against what src/test/python/make_quality_fixtures.py had Pillow and numpy measure. */
class ImageQualityTest {
  private static final Path FOLDER = Path.of("src/test/resources/image/quality");

  private static DecodedImage decode(Path file) {
    try {
      return new ImageDecoder(DecodeLimits.DEFAULT)
          .decode(Files.readAllBytes(file), file.getFileName().toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode golden() throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
  }

  @Test
  void scoresAreThoseOfPillowAndNumpy() throws IOException {
    JsonNode golden = golden();
    assertThat(golden).hasSizeGreaterThan(50);
    for (JsonNode expected : golden) {
      String name = expected.get("file").textValue();
      DecodedImage image = decode(FOLDER.resolve(name));
      ImageQuality quality = ImageQuality.of(image.pixels(), image.channels() <= 2);
      assertClose(name, quality, expected);
    }
  }

  static void assertClose(String name, ImageQuality quality, JsonNode expected) {
    double[] ours = {
      quality.dark(),
      quality.light(),
      quality.aspect(),
      quality.information(),
      quality.sharpness(),
      quality.brightness()
    };
    String[] fields = {"dark", "light", "aspect", "information", "sharpness", "brightness"};
    // Percentiles are of a histogram; all else is the same arithmetic.
    double[] tolerances = {1e-3, 1e-3, 1e-12, 1e-9, 1e-9, 1e-3};
    for (int i = 0; i < fields.length; i++) {
      assertThat(ours[i])
          .as("%s of %s", fields[i], name)
          .isCloseTo(expected.get(fields[i]).doubleValue(), within(tolerances[i]));
    }
    assertThat(quality.gray()).as(name).isEqualTo(expected.get("gray").booleanValue());
  }

  @Test
  void pdqHasTheBitsOfItsReference() throws IOException {
    List<PdqHash> hashes = new ArrayList<>();
    List<PdqHash> references = new ArrayList<>();
    for (JsonNode expected : golden()) {
      String name = expected.get("file").textValue();
      PdqHash hash = PdqHash.of(decode(FOLDER.resolve(name)).pixels());
      byte[] bytes = HexFormat.of().parseHex(expected.get("pdq").textValue());
      assertThat(HexFormat.of().formatHex(hash.toBytes()))
          .as(name)
          .isEqualTo(expected.get("pdq").textValue());
      assertThat(hash.quality()).as(name).isEqualTo(expected.get("pdq_quality").intValue());
      hashes.add(hash);
      references.add(new PdqHash(PdqHash.bits(bytes), hash.quality()));
    }
    // Smaller and compressed copies are near, other images and mirrored ones are not.
    for (int k = 0; k < 4; k++) {
      PdqHash original = hashes.get(10 * k);
      assertThat(original.distance(hashes.get(10 * k + 1))).isLessThanOrEqualTo(PdqHash.SAME);
      assertThat(original.distance(hashes.get(10 * k + 2))).isLessThanOrEqualTo(PdqHash.SAME);
      assertThat(original.distance(hashes.get(10 * k + 4))).isGreaterThan(PdqHash.SAME);
      assertThat(original.distance(references.get(10 * ((k + 1) % 4)))).isGreaterThan(80);
    }
  }

  @Test
  void theMostFrequentColourOfAPlainImage() {
    DecodedImage plain = decode(FOLDER.resolve("2-plain.png"));
    ImageQuality quality = ImageQuality.of(plain.pixels(), false);
    assertThat(quality.color()).isEqualTo(0x5878C8);
    assertThat(quality.information()).isLessThan(ImageQuality.INFORMATION);
    // CleanVision leaves plain images to "low information": one level of gray is no blur.
    assertThat(quality.sharpness()).isEqualTo(1);
    assertThat(PdqHash.of(plain.pixels()).quality()).isZero();
  }
}
