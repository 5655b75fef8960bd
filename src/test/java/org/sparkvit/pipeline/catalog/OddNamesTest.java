package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.loading.ImageFiles;

/** Names and links that disks have, and that libraries stumble over. */
class OddNamesTest extends SparkTest {
  private static final List<String> NAMES =
      List.of(
          "10:20:30.jpg",
          "a: b.jpg",
          "Kätzchen.jpg",
          "名前.jpg",
          "\uD83D\uDE00.jpg",
          "caf\u00e9.jpg",
          "cafe\u0301.jpg",
          "100%.jpg",
          "a%2Fb.jpg",
          "a%E9b.jpg",
          "a b+c#d?e&f.jpg",
          "quote'\"`.jpg",
          "[a]{b}*.jpg",
          "back\\slash.jpg",
          "trailing. ",
          " leading.jpg",
          "two\nlines.jpg",
          "x".repeat(251) + ".jpg");

  @TempDir private Path temp;
  private CatalogRun catalog;

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
  }

  @Test
  void everyNameOfADiskIsReadByTheCatalogAndByLaterStages() throws IOException {
    Path odd = temp.resolve("odd");
    for (int i = 0; i < NAMES.size(); i++) {
      write(odd, "class: ä/" + NAMES.get(i), image("jpg", i));
    }
    write(odd, "b/1.jpg", image("jpg", 99));
    List<Row> rows = catalog.of(odd).collectAsList();
    assertThat(rows).hasSize(NAMES.size() + 1);
    ImageFiles files = new ImageFiles(spark);
    for (Row row : rows) {
      String path = row.getAs(ImagesTable.PATH);
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.equals("1.jpg")) {
        continue;
      }
      assertThat(NAMES).contains(name);
      assertThat(row.<String>getAs(ImagesTable.STATUS)).as(name).isIn("OK", "EXT_MISMATCH");
      assertThat(row.<String>getAs(ImagesTable.LABEL)).isEqualTo("class: ä");
      assertThat(row.<String>getAs(ImagesTable.ID))
          .isEqualTo(StableHash.id("odd/class: ä/" + name));
      byte[] content = image("jpg", NAMES.indexOf(name));
      assertThat(files.read(path, 0, content.length)).isEqualTo(content);
      assertThat(files.status(path).getLen()).isEqualTo(content.length);
    }
  }

  /** The file that a URI names byte by byte. */
  private static Path raw(Path folder, String encoded) {
    return Path.of(URI.create("file://" + folder + "/" + encoded));
  }

  @Test
  void namesThatAreNoUtf8AreRowsThatSayWhatToDo() throws IOException {
    Path photos = temp.resolve("photos");
    write(photos, "b/1.jpg", image("jpg", 1));
    write(photos, "a/2.jpg", image("jpg", 2));
    Files.write(raw(photos.resolve("a"), "caf%E9.jpg"), image("jpg", 3));
    Files.write(raw(photos.resolve("a"), "caf%E8.jpg"), image("jpg", 4));
    Files.write(raw(photos.resolve("a"), "caf%E8.txt"), new byte[] {1});
    Files.createDirectory(raw(photos, "h%FCtte"));
    Files.write(raw(photos, "h%FCtte/3.jpg"), image("jpg", 5));
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(photos));
    assertThat(rows).containsOnlyKeys("1.jpg", "2.jpg", "caf\\xE9.jpg", "caf\\xE8.jpg");
    Row row = rows.get("caf\\xE9.jpg");
    assertThat(row.<String>getAs(ImagesTable.STATUS)).isEqualTo("UNSUPPORTED");
    assertThat(row.<String>getAs(ImagesTable.REASON)).contains("not UTF-8", "convmv");
    assertThat(row.<String>getAs(ImagesTable.LABEL)).isEqualTo("a");
    assertThat(row.<Long>getAs(ImagesTable.BYTES)).isPositive();
    assertThat(catalog.skipped())
        .containsOnly(
            Map.entry("h\\xFCtte", "UNNAMEABLE"), Map.entry("caf\\xE8.txt", "NOT_AN_IMAGE"));
    assertThat(catalog.said())
        .contains("1 folders whose names are not UTF-8, e.g. 'file:" + photos);
  }

  @Test
  void linksInCirclesGiveEachImageOnce() throws IOException {
    Path set = temp.resolve("set");
    for (int i = 0; i < 7; i++) {
      write(set, (i < 4 ? "a/" : "b/deep/") + i + ".jpg", image("jpg", i));
    }
    link(set, "a/up", "..");
    link(set, "a/self", ".");
    link(set, "b/deep/top", set.toString());
    link(set, "b/above", temp.toString());
    link(set, "a/b", "../b");
    link(set, "b/a", "../a");
    link(set, "loop", "loop");
    link(set, "a/gone.jpg", "nowhere.jpg");
    Dataset<Row> images = catalog.of(set);
    assertThat(CatalogRun.byFile(images)).hasSize(7);
    assertThat(catalog.skipped())
        .containsOnly(
            Map.entry("up", "REPEATED_LINK"),
            Map.entry("self", "REPEATED_LINK"),
            Map.entry("top", "REPEATED_LINK"),
            Map.entry("above", "REPEATED_LINK"),
            Map.entry("b", "REPEATED_LINK"),
            Map.entry("a", "REPEATED_LINK"),
            Map.entry("loop", "DANGLING_LINK"),
            Map.entry("gone.jpg", "DANGLING_LINK"));
    assertThat(catalog.said()).contains("6 links to folders of the same input, or above it");
  }

  @Test
  void linksToOtherPlacesAreFollowed() throws IOException {
    Path store = temp.resolve("store");
    write(store, "cats/1.jpg", image("jpg", 1));
    write(store, "2.jpg", image("jpg", 2));
    write(store, "more/3.jpg", image("jpg", 3));
    link(store, "more/back", "../more");
    Path set = temp.resolve("set");
    link(set, "cat", store.resolve("cats").toString());
    link(set, "dog/2.jpg", store.resolve("2.jpg").toString());
    link(set, "dog/more", store.resolve("more").toString());
    link(temp, "way-in", "set");
    Dataset<Row> images = catalog.of(temp.resolve("way-in"));
    assertThat(CatalogRun.byFile(images)).containsOnlyKeys("1.jpg", "2.jpg", "3.jpg");
    assertThat(images.where("status = 'OK'").count()).isEqualTo(3);
    assertThat(catalog.skipped()).containsOnly(Map.entry("back", "REPEATED_LINK"));
  }

  @Test
  void pipesAreNotOpened() throws IOException, InterruptedException {
    Path set = temp.resolve("set");
    write(set, "a/1.jpg", image("jpg", 1));
    assertThat(new ProcessBuilder("mkfifo", set.resolve("a/2.jpg").toString()).start().waitFor())
        .isZero();
    assertThat(catalog.of(set).count()).isEqualTo(1);
    assertThat(catalog.skipped()).containsOnly(Map.entry("2.jpg", "SPECIAL_FILE"));
  }

  private static void link(Path folder, String name, String target) throws IOException {
    Path link = folder.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  @Test
  void namesOfAnyLettersAreFoundInTheLocaleC() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temp.resolve("names"));
    for (String name : NAMES) {
      Files.writeString(folder.resolve(name), "x");
    }
    Path out = temp.resolve("out");
    ProcessBuilder process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ListedNames.class.getName(),
            folder.toString(),
            out.toString());
    process.environment().put("LC_ALL", "C");
    assertThat(process.inheritIO().start().waitFor()).isZero();
    List<String> expected = new ArrayList<>();
    NAMES.forEach(name -> expected.add(name + "x"));
    assertThat(new TreeSet<>(List.of(Files.readString(out).split("\0"))))
        .isEqualTo(new TreeSet<>(expected));
  }
}
