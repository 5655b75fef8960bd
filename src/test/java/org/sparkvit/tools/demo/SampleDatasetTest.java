package org.sparkvit.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.Progress;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;

class SampleDatasetTest {
  private static final int IMAGES = 500;
  private static final Set<String> LOOKS = Set.of("gray", "dark");

  @TempDir static Path temporary;
  private static Path folder;
  private static final Map<String, JsonNode> MANIFEST = new TreeMap<>();
  private static final Map<String, JsonNode> TRUTH = new TreeMap<>();

  @BeforeAll
  static void draw() throws IOException {
    folder = temporary.resolve("drawn");
    SampleDataset.draw(folder, SampleRecipe.usual(IMAGES, 11), Progress.SILENT);
    read(folder.resolve("images/metadata.jsonl"), MANIFEST);
    read(folder.resolve("ground-truth.jsonl"), TRUTH);
  }

  private static void read(Path file, Map<String, JsonNode> rows) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    for (String line : Files.readAllLines(file)) {
      JsonNode row = mapper.readTree(line);
      assertThat(rows.put(row.get("file_name").asText(), row)).isNull();
    }
  }

  private static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve("images").resolve(name));
  }

  private static Map<String, String> digests(Path root) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        digests.put(root.relativize(file).toString(), StableHash.sha256(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  @Test
  void sameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws IOException {
    Path one = temporary.resolve("one");
    Path two = temporary.resolve("two");
    Path other = temporary.resolve("other");
    SampleDataset.draw(one, SampleRecipe.usual(100, 5), Progress.SILENT, 1);
    SampleDataset.draw(two, SampleRecipe.usual(100, 5), Progress.SILENT, 2);
    SampleDataset.draw(other, SampleRecipe.usual(100, 6), Progress.SILENT, 2);
    assertThat(digests(one)).hasSize(103).isEqualTo(digests(two));
    assertThat(digests(other)).isNotEqualTo(digests(one));
  }

  @Test
  void manifestListsEveryFileInTheFolderOfItsLabel() throws IOException {
    Set<String> files = new HashSet<>(digests(folder.resolve("images")).keySet());
    assertThat(files.remove("metadata.jsonl")).isTrue();
    assertThat(MANIFEST.keySet()).hasSize(IMAGES).isEqualTo(files);
    MANIFEST.forEach(
        (name, row) -> {
          assertThat(name).startsWith(row.get("label").asText() + "/");
          for (String column : List.of("kind", "source", "region", "licence", "group")) {
            assertThat(row.get(column).asText()).isNotEmpty();
          }
        });
  }

  @Test
  void everySourceOccursInBothClasses() {
    Set<String> seen = new HashSet<>();
    MANIFEST.forEach(
        (name, row) -> seen.add(row.get("label").asText() + " " + row.get("source").asText()));
    assertThat(seen).hasSize(2 * Capture.values().length);
  }

  @Test
  void corruptFilesFailAndAllOthersDecode() throws IOException {
    Map<String, Integer> corrupt = new HashMap<>();
    for (String name : MANIFEST.keySet()) {
      JsonNode truth = TRUTH.get(name);
      String type = truth == null ? "" : truth.get("defect").asText();
      if (type.equals("corrupt")) {
        corrupt.merge(truth.get("detail").asText(), 1, Integer::sum);
        assertThat(decodes(bytes(name))).as(name).isFalse();
      } else {
        assertThat(decodes(bytes(name))).as(name).isTrue();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(name)));
        assertThat(Math.max(image.getWidth(), image.getHeight())).isBetween(110, 256);
      }
      if (type.equals("wrong_extension")) {
        assertThat(name).endsWith(".jpg");
        assertThat(bytes(name)).startsWith(0x89, 'P', 'N', 'G');
      }
    }
    assertThat(corrupt).containsOnlyKeys("truncated", "empty", "not_an_image", "broken_data");
  }

  /** Whether a picture decodes without an error and without a warning of missing data. */
  private static boolean decodes(byte[] bytes) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      var readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return false;
      }
      ImageReader reader = readers.next();
      List<String> warnings = new ArrayList<>();
      reader.setInput(in);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      try {
        reader.read(0);
        return warnings.isEmpty();
      } catch (IOException e) {
        return false;
      } finally {
        reader.dispose();
      }
    }
  }

  @Test
  void copiesAreWhatTheGroundTruthSays() throws IOException {
    Set<String> exact = new HashSet<>();
    int near = 0;
    for (JsonNode row : TRUTH.values()) {
      if (row.get("original").isNull()) {
        continue;
      }
      String copy = row.get("file_name").asText();
      String original = row.get("original").asText();
      assertThat(MANIFEST.get(copy).get("group")).isEqualTo(MANIFEST.get(original).get("group"));
      assertThat(LOOKS.contains(type(original)) || type(original).isEmpty()).isTrue();
      if (row.get("defect").asText().equals("exact_duplicate")) {
        assertThat(bytes(copy)).isEqualTo(bytes(original));
        exact.add(copy);
      } else {
        assertThat(row.get("defect").asText()).isEqualTo("near_duplicate");
        assertThat(bytes(copy)).isNotEqualTo(bytes(original));
        assertThat(difference(bytes(copy), bytes(original))).as(copy).isLessThan(18);
        near++;
      }
    }
    assertThat(exact).hasSizeGreaterThanOrEqualTo(4);
    assertThat(near).isGreaterThanOrEqualTo(9);
    // Nothing else is a copy, of bytes or in its group; empty files and error pages are alike.
    Set<String> digests = new HashSet<>();
    Set<String> groups = new HashSet<>();
    for (String name : MANIFEST.keySet()) {
      JsonNode truth = TRUTH.get(name);
      if (truth == null || truth.get("status").asText().equals("OK")) {
        boolean isNew = digests.add(StableHash.sha256(bytes(name)));
        assertThat(isNew || exact.contains(name) || isOriginal(name)).as(name).isTrue();
      }
      boolean copy = truth != null && !truth.get("original").isNull();
      if (!copy) {
        assertThat(groups.add(MANIFEST.get(name).get("group").asText())).as(name).isTrue();
      }
    }
    assertThat(digests.size() + exact.size()).isGreaterThan(IMAGES - 10);
  }

  /** What the ground truth says of a file, empty where it says nothing. */
  private static String type(String name) {
    return TRUTH.containsKey(name) ? TRUTH.get(name).get("defect").asText() : "";
  }

  @Test
  void whatIsGrayOrByNightIsInTheGroundTruth() throws IOException {
    int gray = 0;
    int faded = 0;
    double brightest = 0;
    double day = 0;
    int days = 0;
    for (String name : MANIFEST.keySet()) {
      if (!type(name).isEmpty() && !LOOKS.contains(type(name))) {
        continue;
      }
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(name)));
      if (type(name).equals("gray")) {
        assertThat(isGray(image)).as(name).isTrue();
        gray++;
      } else if (isGray(image)) {
        faded++; // JPEG rounds the faintest of tints away
      }
      String kind = MANIFEST.get(name).get("kind").asText();
      double mean = Arrays.stream(cells(image)).average().orElseThrow();
      if (type(name).equals("dark")) {
        assertThat(kind).isIn("landscape", "street");
        brightest = Math.max(brightest, mean);
      } else if (kind.equals("landscape") || kind.equals("street")) {
        day += mean;
        days++;
      }
    }
    assertThat(gray).isGreaterThan(IMAGES / 100);
    assertThat(faded).isLessThan(IMAGES / 100);
    assertThat(brightest).isPositive().isLessThan(day / days);
  }

  private static boolean isGray(BufferedImage image) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        Color color = new Color(image.getRGB(x, y));
        if (color.getRed() != color.getGreen() || color.getGreen() != color.getBlue()) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isOriginal(String name) {
    return TRUTH.values().stream().anyMatch(row -> row.get("original").asText().equals(name));
  }

  /** Mean difference of two pictures' brightness over a grid of 8 by 8 cells. */
  private static double difference(byte[] a, byte[] b) throws IOException {
    double[] cellsA = cells(ImageIO.read(new ByteArrayInputStream(a)));
    double[] cellsB = cells(ImageIO.read(new ByteArrayInputStream(b)));
    double sum = 0;
    for (int i = 0; i < cellsA.length; i++) {
      sum += Math.abs(cellsA[i] - cellsB[i]);
    }
    return sum / cellsA.length;
  }

  private static double[] cells(BufferedImage image) {
    double[] sum = new double[64];
    int[] count = new int[64];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int cell = y * 8 / image.getHeight() * 8 + x * 8 / image.getWidth();
        sum[cell] += image.getRGB(x, y) >> 8 & 0xFF;
        count[cell]++;
      }
    }
    for (int i = 0; i < 64; i++) {
      sum[i] /= count[i];
    }
    return sum;
  }

  @Test
  void aboutCountsWhatIsThere() throws IOException {
    JsonNode about = new ObjectMapper().readTree(folder.resolve("about.json").toFile());
    assertThat(about.get("images").asInt()).isEqualTo(IMAGES);
    assertThat(about.get("seed").asLong()).isEqualTo(11);
    assertThat(about.get("true_labels").get("sensitive").asInt()).isEqualTo(IMAGES / 10);
    long given =
        MANIFEST.values().stream().filter(r -> r.get("label").asText().equals("sensitive")).count();
    assertThat(about.get("given_labels").get("sensitive").asLong()).isEqualTo(given);
    int defects = 0;
    for (String what : List.of("defects", "looks")) {
      for (JsonNode count : about.get(what)) {
        defects += count.asInt();
      }
    }
    assertThat(defects).isEqualTo(TRUTH.size());
  }

  @Test
  void refusesWhatCannotBeDone() {
    assertThatThrownBy(
            () -> SampleDataset.draw(folder, SampleRecipe.usual(IMAGES, 1), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists");
    Path none = temporary.resolve("none");
    assertThatThrownBy(() -> SampleDataset.draw(none, SampleRecipe.usual(5, 1), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("5 images")
        .hasMessageContaining("100 to 99999");
    assertThat(none).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsAOneLineError() throws IOException {
    Path file = Files.writeString(temporary.resolve("a-file"), "x");
    assertThatThrownBy(
            () ->
                SampleDataset.draw(file.resolve("in"), SampleRecipe.usual(100, 1), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cannot write");
  }
}
