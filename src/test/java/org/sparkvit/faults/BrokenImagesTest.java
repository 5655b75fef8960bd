package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;

class BrokenImagesTest extends SparkTest {
  private static final int IMAGES = 360;

  @TempDir private Path folder;

  @Test
  void eachIsARowAndTheOthersAreAsWithoutThem() throws Exception {
    Path model = Scoring.smallModel(folder.resolve("model"), 1);
    // One after the other in the same place, for the same paths.
    Path place = folder.resolve("data");
    DrawnImages.sound(place, IMAGES);
    String sound = folder.resolve("sound").toString();
    Scoring.catalog(sound, place.resolve("images"));
    Scoring.score(sound, model);
    Files.move(place, folder.resolve("sound-data"));

    DrawnImages images = DrawnImages.withBroken(place, IMAGES);
    assertThat(images.broken()).hasSize(IMAGES / 20);
    assertThat(images.broken().values()).contains(Breakage.values());
    String workspace = folder.resolve("workspace").toString();
    Scoring.catalog(workspace, images.folder());
    images.breakAfterCatalog();
    Scoring.score(workspace, model);

    Map<String, Row> rows = byPath(workspace);
    assertThat(rows).hasSize(IMAGES);
    Map<String, ImageStatus> statuses = new TreeMap<>();
    for (Map.Entry<Path, Breakage> file : images.broken().entrySet()) {
      String path = pathOf(rows, file.getKey());
      Row row = rows.remove(path);
      ImageStatus status = ImageStatus.valueOf(row.getAs(PredictionsTable.STATUS));
      statuses.put(file.getValue().name(), status);
      assertThat(status).as(path).isEqualTo(file.getValue().status);
      assertThat(row.<String>getAs(PredictionsTable.REASON)).as(path).isNotBlank();
      assertThat(row.getAs(PredictionsTable.PROBABILITIES) != null)
          .as(path)
          .isEqualTo(status.isUsable());
    }
    assertThat(statuses).hasSize(Breakage.values().length);
    Map<String, Row> expected = byPath(sound);
    expected.keySet().retainAll(rows.keySet());
    assertThat(rows).hasSize(IMAGES - IMAGES / 20).containsOnlyKeys(expected.keySet());
    rows.forEach((path, row) -> assertThat(row).as(path).isEqualTo(expected.get(path)));
  }

  private static String pathOf(Map<String, Row> rows, Path file) {
    List<String> found =
        rows.keySet().stream().filter(path -> path.endsWith(file.toString())).toList();
    assertThat(found).as(file.toString()).hasSize(1);
    return found.get(0);
  }

  private static Map<String, Row> byPath(String workspace) {
    return Workspace.at(spark, workspace)
        .read(PredictionsTable.SPEC)
        .drop(PredictionsTable.SCORED_AT)
        .collectAsList()
        .stream()
        .collect(
            Collectors.toMap(
                row -> row.getAs(PredictionsTable.PATH),
                row -> row,
                BrokenImagesTest::twice,
                TreeMap::new));
  }

  private static Row twice(Row a, Row b) {
    throw new AssertionError("two rows for one image: " + a + " and " + b);
  }
}
