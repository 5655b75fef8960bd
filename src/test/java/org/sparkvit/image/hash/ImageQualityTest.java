package org.sparkvit.image.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

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

  /** The script measures the same files with Pillow and numpy. */
  @Test
  void scoresOfRealPhotosAreThoseOfPython(@TempDir Path folder) throws Exception {
    String python = System.getenv("SPARK_VIT_PYTHON");
    assumeThat(python).as("SPARK_VIT_PYTHON names no Python with Pillow and numpy").isNotBlank();
    RealImages.unpack("receipts", folder, 4);
    RealImages.unpack("photos", folder, 4);
    Process process =
        new ProcessBuilder(python, "src/test/python/make_quality_fixtures.py", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int compared = 0;
    int sameHash = 0;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line; (line = lines.readLine()) != null; ) {
        JsonNode expected = new ObjectMapper().readTree(line);
        String name = expected.get("file").textValue();
        DecodedImage image = decode(Path.of(name));
        if (!image.isUsable()) {
          continue;
        }
        assertClose(name, ImageQuality.of(image.pixels(), image.channels() <= 2), expected);
        byte[] hash = HexFormat.of().parseHex(expected.get("pdq").textValue());
        sameHash +=
            PdqHash.distance(PdqHash.of(image.pixels()).bits(), PdqHash.bits(hash)) == 0 ? 1 : 0;
        compared++;
      }
    }
    assertThat(process.waitFor()).isZero();
    assertThat(compared).isGreaterThan(50);
    assertThat(sameHash).isEqualTo(compared);
  }

  @Test
  void hugeImagesAreReducedBeforeTheyAreHashed() {
    PixelImage image = decode(FOLDER.resolve("0-original.png")).pixels();
    PixelImage large = Resampler.resize(image, 2000, 1500, ResampleFilter.BICUBIC);
    PixelImage huge = Resampler.resize(image, 3000, 2250, ResampleFilter.BICUBIC);
    assertThat(PdqHash.of(huge).distance(PdqHash.of(large))).isLessThanOrEqualTo(4);
    assertThat(PdqHash.of(huge).distance(PdqHash.of(image))).isLessThanOrEqualTo(PdqHash.SAME);
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
