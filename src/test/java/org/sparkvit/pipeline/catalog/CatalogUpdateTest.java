package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.tar;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * A file that is not opened is told by its content: it is exchanged for other bytes of the same
 * length, and its time is set back.
 */
class CatalogUpdateTest extends SparkTest {
  private static final Instant LONG_AGO = Instant.parse("2024-05-06T07:08:09Z");

  @TempDir private Path temp;
  private CatalogRun catalog;

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
    catalog.update = true;
  }

  @Test
  void onlyWhatIsNewOrHasChangedIsRead() throws IOException {
    Path pets = temp.resolve("pets");
    for (int i = 0; i < 5; i++) {
      old(write(pets, "cat/" + i + ".png", image("png", i)));
    }
    Path damaged = old(write(pets, "cat/damaged.png", "no image"));
    Path gone = old(write(pets, "dog/gone.png", image("png", 8)));
    Path young = write(pets, "dog/young.png", image("png", 9));
    Map<String, Row> first = byName(catalog.of(pets));
    assertThat(catalog.said())
        .contains("reading 8 files")
        .doesNotContain("as the earlier catalog read them");

    exchange(pets.resolve("cat/0.png"));
    exchange(damaged);
    exchange(young);
    Files.write(pets.resolve("cat/1.png"), image("png", 11));
    old(write(pets, "cat/2.png", "of another length"));
    old(write(pets, "dog/new.png", image("png", 12)));
    Files.delete(gone);
    catalog.partitions = 3;
    Map<String, Row> second = byName(catalog.of(pets));

    assertThat(catalog.said())
        .contains("4 files are as the earlier catalog read them; 1 of its images are gone")
        .contains("reading 4 files");
    assertThat(second)
        .containsOnlyKeys(
            "0.png", "1.png", "2.png", "3.png", "4.png", "damaged.png", "young.png", "new.png");
    for (String same : List.of("0.png", "3.png", "4.png", "damaged.png")) {
      assertThat(second.get(same)).isEqualTo(first.get(same));
    }
    assertThat(second.get("1.png")).isNotEqualTo(first.get("1.png"));
    assertThat(status(second, "2.png")).isEqualTo("BAD_MAGIC");
    // Written while the first catalog ran, for all that anybody knows: looked at once more.
    assertThat(status(second, "young.png")).isEqualTo("BAD_MAGIC");
    assertThat(status(second, "new.png")).isEqualTo("OK");
  }

  @Test
  void rowsAreThoseOfReadingAllAndNothingIsReadWhereNothingIsNew() throws IOException {
    Path pets = temp.resolve("pets");
    for (int i = 0; i < 9; i++) {
      old(write(pets, (i % 2 == 0 ? "cat/" : "dog/") + i + ".png", image("png", i)));
    }
    catalog.of(pets);
    old(write(pets, "dog/9.png", image("png", 9)));
    CatalogRun whole = new CatalogRun(spark, temp.resolve("whole"));
    List<Row> expected = whole.of(pets).collectAsList();
    for (int partitions : new int[] {1, 3, 7}) {
      catalog.partitions = partitions;
      assertThat(catalog.of(pets).collectAsList()).isEqualTo(expected);
    }
    assertThat(catalog.said()).contains("10 files are as", "reading 0 files");
  }

  @Test
  void labelsAndColumnsAreTheNewManifests() throws IOException {
    Path folder = temp.resolve("manifest");
    old(write(folder, "a.png", image("png", 1)));
    old(write(folder, "b.png", image("png", 2)));
    Path manifest = write(folder, "list.csv", "path,label\na.png,cat\nb.png,dog\n");
    catalog.of(manifest);
    exchange(folder.resolve("a.png"));
    write(folder, "list.csv", "path,label,year taken\na.png,fox,2001\nb.png,dog,2002\n");
    Map<String, Row> rows = byName(catalog.of(manifest));
    assertThat(catalog.said()).contains("reading 0 files");
    assertThat(rows.get("a.png").<String>getAs("label")).isEqualTo("fox");
    assertThat(rows.get("a.png").<String>getAs("year taken")).isEqualTo("2001");
    assertThat(status(rows, "a.png")).isEqualTo("OK");
  }

  @Test
  void membersOfAShardStayWithIt() throws IOException {
    Path shards = temp.resolve("shards");
    Files.createDirectories(shards);
    for (String name : List.of("0.tar", "1.tar")) {
      tar(
          shards.resolve(name),
          name.charAt(0) + ".png",
          image("png", 1),
          name.charAt(0) + ".cls",
          "cat");
      old(shards.resolve(name));
    }
    catalog.of(shards);
    Files.setLastModifiedTime(shards.resolve("1.tar"), FileTime.from(LONG_AGO.plusSeconds(60)));
    assertThat(catalog.of(shards).count()).isEqualTo(2);
    assertThat(catalog.said())
        .contains("1 files are as the earlier catalog read them; 0 of its images are gone");
  }

  @Test
  void whatCouldNotBeReadIsTriedAgain() throws IOException {
    Path folder = temp.resolve("manifest");
    old(write(folder, "a.png", image("png", 1)));
    Path manifest = write(folder, "list.csv", "path,label\na.png,cat\nb.png,dog\n");
    assertThat(status(byName(catalog.of(manifest)), "b.png")).isEqualTo("MISSING");
    old(write(folder, "b.png", image("png", 2)));
    assertThat(status(byName(catalog.of(manifest)), "b.png")).isEqualTo("OK");
    assertThat(catalog.said()).contains("reading 1 files");
  }

  @Test
  void updateAndOverwriteContradictEachOther() {
    catalog.overwrite = true;
    assertThatThrownBy(() -> catalog.of(temp))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--update and --overwrite contradict each other");
  }

  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }

  private static void exchange(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, new byte[(int) Files.size(file)]);
    Files.setLastModifiedTime(file, time);
  }

  private static String status(Map<String, Row> rows, String name) {
    return rows.get(name).getAs("status");
  }

  private static Map<String, Row> byName(Dataset<Row> images) {
    return images.collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> row.<String>getAs(ImagesTable.PATH).replaceFirst(".*/", ""), row -> row));
  }
}
