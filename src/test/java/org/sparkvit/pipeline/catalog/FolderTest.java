package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesSkippedTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

class FolderTest extends SparkTest {
  @TempDir private Path temp;
  private CatalogRun catalog;

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
  }

  @Test
  void oneRowPerFileWhateverBecameOfIt() throws IOException {
    Path pets = temp.resolve("pets");
    byte[] whole = image("jpg", 1);
    Path file = write(pets, "cat/1.jpg", whole);
    Instant modified = Instant.parse("2024-05-06T07:08:09Z");
    Files.setLastModifiedTime(file, FileTime.from(modified));
    write(pets, "cat/deeper/still/2.png", image("png", 2));
    write(pets, "dog/copy.jpg", whole);
    write(pets, "dog/empty.jpg", new byte[0]);
    write(pets, "dog/half.jpg", Arrays.copyOf(image("jpg", 3), whole.length / 2));
    write(pets, "dog/really-png.jpg", image("png", 4));
    write(pets, "dog/notes.dat", "no image at all");
    write(pets, "top.gif", image("gif", 5));
    write(pets, "cat/.DS_Store", "x");
    write(pets, "_SUCCESS", "");
    write(pets, ".cache/1.jpg", whole);

    Map<String, Row> rows = CatalogRun.byFile(catalog.of(pets));
    assertThat(rows.keySet())
        .containsExactlyInAnyOrder(
            "1.jpg",
            "2.png",
            "copy.jpg",
            "empty.jpg",
            "half.jpg",
            "really-png.jpg",
            "notes.dat",
            "top.gif");
    Row first = rows.get("1.jpg");
    assertThat(first.<String>getAs(ImagesTable.ID)).isEqualTo(StableHash.id("pets/cat/1.jpg"));
    assertThat(first.<String>getAs(ImagesTable.PATH)).isEqualTo("file:" + file);
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(first.<String>getAs(ImagesTable.GIVEN_SPLIT)).isNull();
    assertThat(first.<Long>getAs(ImagesTable.BYTES)).isEqualTo(whole.length);
    assertThat(first.<Long>getAs(ImagesTable.OFFSET)).isZero();
    assertThat(first.<Timestamp>getAs(ImagesTable.MODIFIED)).isEqualTo(Timestamp.from(modified));
    assertThat(first.<String>getAs(ImagesTable.SHA256)).isEqualTo(StableHash.sha256(whole));
    assertThat(first.<String>getAs(ImagesTable.FORMAT)).isEqualTo("JPEG");
    assertThat(first.<Integer>getAs(ImagesTable.WIDTH)).isEqualTo(24);
    assertThat(first.<Integer>getAs(ImagesTable.HEIGHT)).isEqualTo(16);
    assertThat(first.<Integer>getAs(ImagesTable.CHANNELS)).isEqualTo(3);
    assertThat(first.<Integer>getAs(ImagesTable.ORIENTATION)).isEqualTo(1);
    assertThat(first.<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(first.<String>getAs(ImagesTable.REASON)).isNull();

    assertThat(rows.get("2.png").<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(rows.get("top.gif").<String>getAs(ImagesTable.LABEL)).isNull();
    assertStatus(rows, "empty.jpg", "EMPTY");
    assertStatus(rows, "half.jpg", "TRUNCATED");
    assertStatus(rows, "really-png.jpg", "EXT_MISMATCH");
    assertStatus(rows, "notes.dat", "BAD_MAGIC");
    assertThat(catalog.said())
        .contains("8 images", "in 2 classes; 1 without a label", "OK 4", "dog 5, cat 2")
        .contains("1 images repeat", "left out  3 hidden", "next: spark-vit audit");
  }

  @Test
  void filesThatAreDamagedButHaveAllPixelsAreOkWithANoteThatIsCounted() throws IOException {
    Path pets = temp.resolve("pets");
    byte[] whole = image("jpg", 1);
    write(pets, "cat/whole.jpg", whole);
    write(pets, "cat/endless.jpg", Arrays.copyOf(whole, whole.length - 2));
    write(pets, "dog/page.jpg", "<html>404</html>");
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(pets));
    assertStatus(rows, "endless.jpg", "OK");
    assertStatus(rows, "page.jpg", "BAD_MAGIC");
    assertThat(catalog.said()).contains("OK 2, BAD_MAGIC 1", "1 images are OK with a note");
  }

  @Test
  void whatIsLeftOutIsCountedByReasonAndListedBesideTheImages() throws IOException {
    Path pets = temp.resolve("pets");
    write(pets, "cat/1.jpg", image("jpg", 1));
    write(pets, "cat/.DS_Store", "x");
    write(pets, "dog/2.jpg", image("jpg", 2));
    write(pets, "__MACOSX/cat/._1.jpg", "x");
    catalog.of(pets);
    assertThat(catalog.skipped())
        .containsOnly(Map.entry(".DS_Store", "HIDDEN"), Map.entry("__MACOSX", "HIDDEN"));
    Workspace workspace = Workspace.at(spark, temp.resolve("workspace").toString());
    assertThat(workspace.version(ImagesSkippedTable.SPEC)).isEqualTo("images_skipped@0");
    assertThat(workspace.record(ImagesSkippedTable.SPEC).path("run"))
        .isEqualTo(workspace.record(ImagesTable.SPEC).path("run"));
    JsonNode results = workspace.record(ImagesTable.SPEC).path("results");
    assertThat(results.path("skipped").path("HIDDEN").asInt()).isEqualTo(2);
    assertThat(results.path("decisions").isArray()).isTrue();
    assertThat(results.path("decisions").get(0).asText()).contains("an image folder");
    assertThat(catalog.said())
        .contains("left out  2 hidden", "e.g. 'file:" + pets + "/__MACOSX'", "'images_skipped'")
        .contains(results.path("decisions").get(0).asText());
  }

  private static void assertStatus(Map<String, Row> rows, String file, String status) {
    assertThat(rows.get(file).<String>getAs(ImagesTable.STATUS)).isEqualTo(status);
    assertThat(rows.get(file).<String>getAs(ImagesTable.REASON)).isNotBlank();
  }

  @Test
  void splitFoldersAreNoClasses() throws IOException {
    Path pets = temp.resolve("pets");
    write(pets, "train/cat/1.jpg", image("jpg", 1));
    write(pets, "val/cat/2.jpg", image("jpg", 2));
    write(pets, "test/dog/a/3.jpg", image("jpg", 3));
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(pets));
    assertThat(place(rows.get("1.jpg"))).containsExactly("cat", "train");
    assertThat(place(rows.get("2.jpg"))).containsExactly("cat", "validation");
    assertThat(place(rows.get("3.jpg"))).containsExactly("dog", "test");
    assertThat(catalog.said()).contains("  layout: 3 splits x 2 classes");
  }

  private static List<String> place(Row row) {
    return Arrays.asList(row.getAs(ImagesTable.LABEL), row.getAs(ImagesTable.GIVEN_SPLIT));
  }

  @Test
  void partitionsChangeNothing() throws IOException {
    Path pets = temp.resolve("pets");
    for (int i = 0; i < 40; i++) {
      write(pets, (i % 3 == 0 ? "cat/" : "dog/") + i + ".jpg", image("jpg", i));
    }
    write(pets, "cat/bad.jpg", "not a picture");
    catalog.overwrite = true;
    catalog.partitions = 1;
    List<Row> one = sorted(catalog.of(pets));
    assertThat(one).hasSize(41);
    for (int partitions : new int[] {3, 7}) {
      catalog.partitions = partitions;
      assertThat(sorted(catalog.of(pets))).isEqualTo(one);
    }
  }

  private static List<Row> sorted(Dataset<Row> images) {
    return images.orderBy(ImagesTable.ID).collectAsList();
  }

  @Test
  void idsStayWhenTheDataSetMoves() throws IOException {
    catalog.overwrite = true;
    for (String home : List.of("a", "b/c")) {
      write(temp, home + "/pets/cat/1.jpg", image("jpg", 1));
      write(temp, home + "/pets/dog/2.jpg", image("jpg", 2));
    }
    List<String> before = ids(catalog.of(temp.resolve("a/pets")));
    assertThat(ids(catalog.of(temp.resolve("b/c/pets") + "/"))).isEqualTo(before);
    assertThatThrownBy(() -> catalog.of(temp.resolve("a/pets"), temp.resolve("b/c/pets")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a/pets/cat/1.jpg")
        .hasMessageContaining("b/c/pets/cat/1.jpg")
        .hasMessageContaining("would have one id");
    assertThatThrownBy(() -> catalog.of(temp.resolve("a/pets"), temp.resolve("a/pets")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is listed twice");
  }

  private static List<String> ids(Dataset<Row> images) {
    return sorted(images).stream().map(row -> row.<String>getAs(ImagesTable.ID)).toList();
  }

  @Test
  void unlabelledFoldersAreNoClasses() throws IOException {
    write(temp, "inbox/monday/1.jpg", image("jpg", 1));
    catalog.unlabelled = true;
    assertThat(CatalogRun.byFile(catalog.of(temp.resolve("inbox"))).get("1.jpg").isNullAt(2))
        .isTrue();
  }

  /** One of the two would be left out without a word. */
  @Test
  void whatMayMeanTwoThingsIsAsked() throws IOException {
    Path mixed = Files.createDirectories(temp.resolve("mixed"));
    write(mixed, "cat/1.jpg", image("jpg", 1));
    write(mixed, "backup.tar", new byte[1024]);
    assertThatThrownBy(() -> catalog.of(mixed))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tar files and class folders")
        .hasMessageContaining("--format");
    Path half = Files.createDirectories(temp.resolve("half"));
    write(half, "train/metadata.csv", "file_name,label\n1.jpg,x\n");
    write(half, "train/1.jpg", image("jpg", 1));
    write(half, "test/2.jpg", image("jpg", 2));
    assertThatThrownBy(() -> catalog.of(half))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("metadata in some split folders, but not in [test]");
    // Whoever asks for one kind gets it.
    catalog.format = InputFormat.MANIFEST;
    assertThat(catalog.of(half).count()).isEqualTo(1);
    catalog.format = InputFormat.AUTO;
    catalog.overwrite = true;
    Path both = Files.createDirectories(temp.resolve("both"));
    write(both, "metadata.csv", "file_name,label\n1.jpg,x\n");
    write(both, "metadata.jsonl", "{\"file_name\": \"1.jpg\", \"label\": \"x\"}\n");
    assertThatThrownBy(() -> catalog.of(both))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("metadata.csv")
        .hasMessageContaining("metadata.jsonl");
    catalog.labelColumn = "kind";
    write(temp, "plain/cat/1.jpg", image("jpg", 1));
    assertThatThrownBy(() -> catalog.of(temp.resolve("plain")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--label-column is for manifests and shards");
  }

  @Test
  void textAndTablesBesideImagesAreNoImages() throws IOException {
    Path pets = temp.resolve("pets");
    write(pets, "cat/1.jpg", image("jpg", 1));
    write(pets, "cat/noextension", image("jpg", 2));
    write(pets, "cat/unknown.xyz", "neither an image nor known");
    List<String> others =
        List.of(
            "metadata1000.jsonl",
            "labels.CSV",
            "1.txt",
            "1.json",
            "readme.md",
            "1.xml",
            "index.html",
            "features.npy",
            "index.db",
            "README",
            "old.tar.gz");
    for (String name : others) {
      write(pets, "cat/" + name, "x");
    }
    write(pets, "dog/2.jpg", image("jpg", 3));
    Files.createDirectories(pets.resolve("bird"));
    write(pets, "@eaDir/1.jpg", image("jpg", 4));
    assertThat(CatalogRun.byFile(catalog.of(pets)))
        .containsOnlyKeys("1.jpg", "noextension", "unknown.xyz", "2.jpg");
    Map<String, String> skipped = catalog.skipped();
    assertThat(skipped).hasSize(others.size() + 2);
    others.forEach(name -> assertThat(skipped).containsEntry(name, "NOT_AN_IMAGE"));
    assertThat(skipped).containsEntry("bird", "EMPTY_FOLDER").containsEntry("@eaDir", "HIDDEN");
    assertThat(catalog.said())
        .contains("11 not images by their names", "1 folders with nothing in them")
        .contains("layout: 2 classes; 1 folder left out, without images: 'bird'");
  }

  @Test
  void withoutLabelsNoSplitIsProposed() throws IOException {
    write(temp, "flat/1.jpg", image("jpg", 1));
    catalog.of(temp.resolve("flat"));
    assertThat(catalog.said()).contains("in 0 classes").contains("next: spark-vit audit");
    assertThat(catalog.said()).doesNotContain("spark-vit split");
  }

  @Test
  void classesThatLookTheSameAreWarnedOf() throws IOException {
    write(temp, "twins/Cat/1.jpg", image("jpg", 1));
    write(temp, "twins/cat/2.jpg", image("jpg", 2));
    write(temp, "twins/caf\u00e9/3.jpg", image("jpg", 3));
    write(temp, "twins/cafe\u0301/4.jpg", image("jpg", 4));
    catalog.of(temp.resolve("twins"));
    assertThat(catalog.said())
        .contains("warning: 2 classes differ only in case: 'Cat' and 'cat'")
        .contains("differ only in Unicode normal form: 'cafe\u0301' and 'caf\u00e9'");
  }

  @Test
  void aFolderWithoutRightsStopsTheCatalogInOneLine() throws IOException {
    write(temp, "pets/cat/1.jpg", image("jpg", 1));
    Path locked = write(temp, "pets/dog/2.jpg", image("jpg", 2)).getParent();
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
    try {
      assumeThat(Files.isReadable(locked)).as("rights do not bind this user").isFalse();
      assertThatThrownBy(() -> catalog.of(temp.resolve("pets")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("pets/dog' cannot be opened (permission denied)");
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aFolderWithoutRightsElsewhereStopsTheCatalogInOneLine() throws IOException {
    spark.sparkContext().hadoopConfiguration().set("fs.locked.impl", LockedFolders.class.getName());
    write(temp, "pets/cat/1.jpg", image("jpg", 1));
    write(temp, "pets/locked/2.jpg", image("jpg", 2));
    assertThatThrownBy(() -> catalog.of("locked:" + temp.resolve("pets")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pets/locked' cannot be opened (permission denied)");
  }

  /** A storage on which folders of one name may not be listed. */
  public static final class LockedFolders extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("locked:///");
    }

    @Override
    public String getScheme() {
      return "locked";
    }

    @Override
    public FileStatus[] listStatus(org.apache.hadoop.fs.Path folder) throws IOException {
      if (folder.getName().equals("locked")) {
        throw new AccessControlException("no right to list");
      }
      return super.listStatus(folder);
    }
  }

  @Test
  void oneClassIsWorthAWarning() throws IOException {
    write(temp, "pets/cat/1.jpg", image("jpg", 1));
    catalog.of(temp.resolve("pets"));
    assertThat(catalog.said()).contains("warning: there is one class only");
  }

  @Test
  void theTableStaysUnlessOverwritten() throws IOException {
    write(temp, "pets/cat/1.jpg", image("jpg", 1));
    catalog.of(temp.resolve("pets"));
    assertThatThrownBy(() -> catalog.of(temp.resolve("pets")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");
    catalog.overwrite = true;
    assertThat(catalog.of(temp.resolve("pets")).count()).isEqualTo(1);
  }

  @Test
  void theWrongFolderIsNotPublished() throws IOException {
    write(temp, "docs/a/1.jpg", image("jpg", 1));
    for (int i = 0; i < 3; i++) {
      write(temp, "docs/a/" + i + ".dat", "text");
    }
    catalog.maxErrorRate = 0.5;
    assertThatThrownBy(() -> catalog.of(temp.resolve("docs")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("3 of 4 files are no usable images")
        .hasMessageContaining("0.dat' is BAD_MAGIC");
    assertThat(Workspace.at(spark, temp.resolve("workspace").toString()).has(ImagesTable.SPEC))
        .isFalse();
    catalog.maxErrorRate = 0.75;
    assertThat(catalog.of(temp.resolve("docs")).count()).isEqualTo(4);
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() throws IOException {
    assertThatThrownBy(() -> catalog.of(temp.resolve("nowhere")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nowhere' does not exist");
    Path empty = Files.createDirectories(temp.resolve("empty"));
    assertThatThrownBy(() -> catalog.of(empty))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "empty has no images in it (left out: 1 folders with nothing in them)");
    Path file = write(temp, "one.jpg", image("jpg", 1));
    assertThatThrownBy(() -> catalog.of(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is a file, but not a manifest");
    assertThatThrownBy(() -> catalog.of("nosuch://bucket/folder"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nosuch");
    catalog.imageRoot = temp.toString();
    write(temp, "pets/cat/1.jpg", image("jpg", 1));
    assertThatThrownBy(() -> catalog.of(temp.resolve("pets")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--image-root is for manifests");
  }

  @Test
  void oddImagesNeverFailATask() throws IOException {
    RealImages.unpack("odd-images", temp);
    Dataset<Row> images = catalog.of(temp.resolve("odd-images"));
    assertThat(images.count()).isEqualTo(39);
    Map<String, Row> rows = CatalogRun.byFile(images);
    assertStatus(rows, "test-ole-file.doc", "BAD_MAGIC");
    assertStatus(rows, "truncated_image.png", "TRUNCATED");
    assertThat(rows.get("hopper.webp").<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(rows.get("pil_sample_cmyk.jpg").<Integer>getAs(ImagesTable.CHANNELS)).isEqualTo(4);
    assertThat(rows.get("hopper_orientation_6.jpg").<Integer>getAs(ImagesTable.ORIENTATION))
        .isEqualTo(6);
  }
}
