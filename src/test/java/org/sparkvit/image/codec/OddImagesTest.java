package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/** Files that programs have stumbled over, against what Pillow says of them. */
class OddImagesTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  private static final Map<String, ImageStatus> BAD =
      Map.of(
          "bmp-b-badbitcount.bmp", ImageStatus.UNSUPPORTED,
          "bmp-b-badwidth.bmp", ImageStatus.DECODE_ERROR,
          "broken.png", ImageStatus.DECODE_ERROR,
          "broken_data_stream.png", ImageStatus.DECODE_ERROR,
          "crash-2020-10-test.tif", ImageStatus.DECODE_ERROR,
          "decompression_bomb.gif", ImageStatus.TOO_LARGE,
          "test-ole-file.doc", ImageStatus.BAD_MAGIC,
          "truncated_image.png", ImageStatus.TRUNCATED);

  /** What Pillow refuses although all pixels are there. */
  private static final Set<String> NOTED = Set.of("truncated_end_chunk.png", "truncated_jpeg.jpg");

  @TestFactory
  Stream<DynamicTest> agreesWithPillow(@TempDir Path folder) throws IOException {
    RealImages.unpack("odd-images", folder);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                OddImagesTest.class.getResourceAsStream("/image/odd-images.tsv"),
                StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(row -> dynamicTest(row[0], () -> check(folder.resolve("odd-images/" + row[0]), row)))
          .toList()
          .stream();
    }
  }

  private static void check(Path file, String[] row) throws IOException {
    byte[] content = Files.readAllBytes(file);
    DecodedImage image = DECODER.decode(content, file.toString());
    assertThat(image.status())
        .as(image.reason())
        .isEqualTo(BAD.getOrDefault(row[0], ImageStatus.OK));
    if (NOTED.contains(row[0])) {
      assertThat(image.reason()).endsWith("all pixels are there");
      return;
    }
    assertThat(image.isUsable()).isEqualTo(row[1].equals("whole"));
    if (image.isUsable()) {
      double tolerance = row[0].endsWith(".jpg") ? 1.5 : 0.001;
      assertMeans(image.pixels(), row, tolerance);
    }
  }

  private static void assertMeans(PixelImage image, String[] row, double tolerance) {
    int column = 2;
    int halfHeight = image.height() / 2;
    int halfWidth = image.width() / 2;
    int[][] rows = {{0, halfHeight}, {halfHeight, image.height()}};
    int[][] columns = {{0, halfWidth}, {halfWidth, image.width()}};
    for (int[] y : rows) {
      for (int[] x : columns) {
        for (int channel = 0; channel < 3 && y[0] < y[1] && x[0] < x[1]; channel++) {
          assertThat(mean(image, x, y, channel))
              .isCloseTo(Double.parseDouble(row[column++]), within(tolerance));
        }
      }
    }
    assertThat(column).isEqualTo(row.length);
  }

  private static double mean(PixelImage image, int[] columns, int[] rows, int channel) {
    double sum = 0;
    for (int y = rows[0]; y < rows[1]; y++) {
      for (int x = columns[0]; x < columns[1]; x++) {
        sum += image.rgb()[3 * (y * image.width() + x) + channel] & 0xFF;
      }
    }
    return sum / ((columns[1] - columns[0]) * (rows[1] - rows[0]));
  }
}
