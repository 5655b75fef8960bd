package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.Preprocess;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

/** From preprocessor_config.json to pixels, against what make_processor_fixtures.py made. */
class ProcessorPixelsTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"processors.tsv, 360", "processors-by-rule.tsv, 240"})
  void everyProcessorsPixelsAreThoseOfTransformers(String file, int count) throws IOException {
    List<String> cases =
        Files.readAllLines(Path.of("src/test/resources/image").resolve(file)).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(cases).hasSize(count);
    for (String line : cases) {
      String[] fields = line.split("\t", -1);
      PreprocessorConfig config = config(fields[0]);
      int side = config.doCenterCrop() ? config.cropWidth() : config.width();
      PreprocessSpec spec = InputSpec.of(config, vit(side));
      PixelImage image = pixels(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
      CRC32 crc = new CRC32();
      crc.update(Preprocess.apply(image, spec).rgb());
      assertThat(crc.getValue()).as(line).isEqualTo(Long.parseLong(fields[3]));
    }
  }

  @Test
  void onlySquaresAreSquashedBeforeTheCrop() throws IOException {
    PreprocessorConfig config =
        config("{\"size\":{\"height\":20,\"width\":30},\"do_center_crop\":true,\"crop_size\":16}");
    assertThatThrownBy(() -> InputSpec.of(config, vit(16)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "preprocessor_config.json has size 20x30 before the crop; only squares are supported");
  }

  private PreprocessorConfig config(String json) throws IOException {
    return PreprocessorConfig.read(
        Files.writeString(temp.resolve("preprocessor_config.json"), json));
  }

  private static ViTConfig vit(int side) {
    return ViTConfig.of(4, 1, 1, 4, side, side, List.of("a", "b"));
  }

  private static PixelImage pixels(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31 + i / 7 * 17 + i / 101 * 5);
    }
    return new PixelImage(width, height, rgb);
  }
}
