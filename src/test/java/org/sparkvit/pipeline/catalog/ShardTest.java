package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.tar;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.loading.ImageFiles;

class ShardTest extends SparkTest {
  @TempDir private Path temp;
  private CatalogRun catalog;

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
  }

  @Test
  void webDatasetSamples() throws IOException {
    Path shards = temp.resolve("shards");
    String longName = "x".repeat(150) + "/c.jpg";
    tar(
        shards.resolve("train-0000.tar"),
        "a.jpg",
        image("jpg", 1),
        "a.cls",
        "cat\n",
        "a.json",
        "{\"region\":\"north\",\"n\":3}",
        "b.json",
        "{\"label\":\"dog\",\"region\":null,\"width\":7}",
        "b.png",
        image("png", 2),
        longName,
        image("jpg", 3),
        longName.replace(".jpg", ".txt"),
        "bird");
    tar(
        shards.resolve("val/0001.tar"),
        "a.jpg",
        Arrays.copyOf(image("jpg", 4), 300),
        "a.cls",
        "cat",
        "README.txt",
        "a text of its own",
        "._a.jpg",
        "x");
    write(shards, "index.json", "{}");
    Dataset<Row> images = catalog.of(shards);
    assertThat(images.columns()).endsWith("reason", "n", "region", "meta_width");
    Map<String, Row> rows = CatalogRun.byFile(images);
    assertThat(rows)
        .containsOnlyKeys(
            "train-0000.tar#a.jpg", "train-0000.tar#b.png", "c.jpg", "0001.tar#a.jpg");

    Row first = rows.get("train-0000.tar#a.jpg");
    assertThat(first.<String>getAs(ImagesTable.ID))
        .isEqualTo(StableHash.id("shards/train-0000.tar#a.jpg"));
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(first.<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("train");
    assertThat(first.<String>getAs("region")).isEqualTo("north");
    assertThat(first.<String>getAs("n")).isEqualTo("3");
    assertThat(rows.get("train-0000.tar#b.png").<String>getAs(ImagesTable.LABEL)).isEqualTo("dog");
    assertThat(rows.get("train-0000.tar#b.png").<String>getAs("meta_width")).isEqualTo("7");
    assertThat(rows.get("train-0000.tar#b.png").<String>getAs("region")).isNull();
    assertThat(rows.get("c.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("bird");
    Row last = rows.get("0001.tar#a.jpg");
    assertThat(last.<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("validation");
    assertThat(last.<String>getAs(ImagesTable.STATUS)).isEqualTo("TRUNCATED");
    assertThat(catalog.skipped())
        .isEqualTo(
            Map.of(
                "0001.tar#._a.jpg", "HIDDEN",
                "0001.tar#README.txt", "WITHOUT_IMAGE",
                "index.json", "BESIDE_SHARDS"));

    // Later stages read the members by what the table says.
    ImageFiles files = new ImageFiles(spark);
    for (Row row : rows.values()) {
      byte[] content =
          files.read(
              row.getAs(ImagesTable.PATH),
              row.<Long>getAs(ImagesTable.OFFSET),
              Math.toIntExact(row.<Long>getAs(ImagesTable.BYTES)));
      assertThat(StableHash.sha256(content)).isEqualTo(row.getAs(ImagesTable.SHA256));
    }
    assertThat(first.<String>getAs(ImagesTable.SHA256))
        .isEqualTo(StableHash.sha256(image("jpg", 1)));
  }

  @Test
  void classFoldersInATarWithItsOwnNameOnTop() throws IOException {
    Path pets =
        tar(
            temp.resolve("pets.tar"),
            "pets/train/cat/1.jpg",
            image("jpg", 1),
            "pets/test/dog/2.jpg",
            image("jpg", 2));
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(pets));
    assertThat(rows.get("1.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(rows.get("1.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("train");
    assertThat(rows.get("2.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("dog");
    assertThat(rows.get("2.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("test");
    assertThat(rows.get("2.jpg").<String>getAs(ImagesTable.ID))
        .isEqualTo(StableHash.id("pets.tar#pets/test/dog/2.jpg"));
    assertThat(catalog.said()).contains("layout: ");
    // Nothing but the tars' own names is left to tell the class: one tar file per class.
    Path birds = tar(temp.resolve("classes/birds.tar"), "./birds/3.jpg", image("jpg", 3));
    tar(temp.resolve("classes/fish.tar"), "fish/4.jpg", image("jpg", 4));
    catalog.overwrite = true;
    rows = CatalogRun.byFile(catalog.of(birds.getParent()));
    assertThat(rows.get("3.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("birds");
    assertThat(rows.get("4.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("fish");
  }

  @Test
  void splitsByAWordAnywhereInTheNamesOfShards() throws IOException {
    Path shards = temp.resolve("imagenet");
    tar(shards.resolve("imagenet1k-train-0000.tar"), "a.jpg", image("jpg", 1), "a.cls", "0");
    tar(shards.resolve("imagenet1k-validation-00.tar"), "b.jpg", image("jpg", 2), "b.cls", "1");
    tar(shards.resolve("imagenet1k-extra.tar"), "c.jpg", image("jpg", 3), "c.cls", "1");
    Dataset<Row> images = catalog.of(shards);
    assertThat(images.where("given_split = 'train'").count()).isEqualTo(1);
    assertThat(images.where("given_split = 'validation'").count()).isEqualTo(1);
    assertThat(images.where("given_split is null").count()).isEqualTo(1);
    assertThat(catalog.said())
        .contains(
            "tar shards: splits by their names and folders: none (1), train (1), validation (1)");
  }

  @Test
  void aThingCalledLikeASplitIsNoSplit() throws IOException {
    Path shards = temp.resolve("strips");
    tar(shards.resolve("test-strips.tar"), "a.jpg", image("jpg", 1), "a.cls", "0");
    tar(shards.resolve("urine-strips.tar"), "b.jpg", image("jpg", 2), "b.cls", "1");
    tar(shards.resolve("train-00000-of-00001.tar"), "c.jpg", image("jpg", 3), "c.cls", "1");
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(shards));
    assertThat(rows.get("test-strips.tar#a.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT)).isNull();
    assertThat(catalog.said())
        .contains("splits by their names and folders: none (2), train (1)")
        .contains("tar shards: 'test-strips' says more than a split");
  }

  @Test
  void whatIsCalledTarAndIsNoneIsNamed() throws IOException {
    Path tar = temp.resolve("a.tar");
    Object[][] others = {
      {"<!DOCTYPE html><html>Sign in</html>", "an HTML page, not a tar file: was the download"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "a Git LFS pointer: run"},
      {"\u001f\u008b\b" + "x".repeat(2000), "packed by gzip; unpack it first"},
      {"PK\u0003\u0004" + "\0".repeat(2000), "a zip archive; unpack it first"},
      {"", "empty"},
    };
    for (Object[] other : others) {
      Files.write(tar, other[0].toString().getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> catalog.overwriting().of(tar))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("a.tar' is " + other[1])
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void namesFromTheRootOfATarAreThoseBelowIt() throws IOException {
    Path tar = temp.resolve("rooted.tar");
    tar(tar, "/cat/1.jpg", image("jpg", 1), ".//dog/2.jpg", image("jpg", 2));
    assertThat(
            catalog.of(tar).select(ImagesTable.LABEL).collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactlyInAnyOrder("cat", "dog");
  }

  @Test
  void partitionsChangeNothing() throws IOException {
    Path shard =
        tar(
            temp.resolve("train-1.tar"),
            "a.jpg",
            image("jpg", 1),
            "a.json",
            "{\"label\": \"x\", \"source\": \"web\"}",
            "a-name-that-is-longer-than-the-hundred-characters-".repeat(3) + ".jpg",
            image("jpg", 2),
            "b.png",
            image("png", 3),
            "b.cls",
            "y");
    List<List<Row>> tables = new ArrayList<>();
    for (int partitions : new int[] {1, 3, 7}) {
      CatalogRun run = new CatalogRun(spark, temp.resolve("w" + partitions));
      run.partitions = partitions;
      tables.add(run.of(shard).orderBy(ImagesTable.ID).collectAsList());
    }
    assertThat(tables.get(0)).hasSize(3);
    assertThat(tables.get(1)).isEqualTo(tables.get(0));
    assertThat(tables.get(2)).isEqualTo(tables.get(0));
  }

  @Test
  void damagedShardsStopTheCatalogBeforeItReads() throws IOException {
    Path whole = tar(temp.resolve("a.tar"), "1.jpg", image("jpg", 1), "2.jpg", new byte[5000]);
    Path cut = write(temp, "cut.tar", Arrays.copyOf(Files.readAllBytes(whole), 4000));
    assertThatThrownBy(() -> catalog.of(cut))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cut.tar' ends in the middle of '2.jpg'");
    // At the end of a member, within a header, and where only the mark is missing.
    byte[] bytes = Files.readAllBytes(whole);
    int first = (512 + image("jpg", 1).length + 511) / 512 * 512;
    int last = first + 512 + 5120;
    for (int length : new int[] {first, first + 100, last, last + 511}) {
      Path short_ = write(temp, "cut-" + length + ".tar", Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> catalog.of(short_))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("cut-" + length + ".tar' ends without the mark");
    }
    Path none = write(temp, "none.tar", "this is not a tar file".repeat(100));
    assertThatThrownBy(() -> catalog.of(none))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.tar' is text, not a tar file: \"this is not a tar file");
    Path blank = tar(temp.resolve("blank.tar"), "a.jpg", image("jpg", 1), "a.cls", " ");
    assertThatThrownBy(() -> catalog.of(blank))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has an empty label for 'a'");
    Path json = tar(temp.resolve("json.tar"), "a.jpg", image("jpg", 1), "a.json", "{");
    assertThatThrownBy(() -> catalog.of(json))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'a.json' is not valid JSON");
    Path zipped = write(temp, "a.tar.gz", "x");
    assertThatThrownBy(() -> catalog.of(zipped))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("decompress it");
    write(temp, "zipped/b.tar.gz", "x");
    assertThatThrownBy(() -> catalog.of(temp.resolve("zipped")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("zipped/b.tar.gz' is a compressed tar");
    assertThat(catalog.said()).doesNotContain("reading");
  }

  @Test
  void realImagesReadFromTheirTarAsFromAFolder() throws IOException {
    Path tar = RealImages.tar("receipts");
    RealImages.unpack("receipts", temp);
    Dataset<Row> inTar = catalog.of(tar);
    CatalogRun unpacked = new CatalogRun(spark, temp.resolve("unpacked"));
    unpacked.partitions = 5;
    Dataset<Row> inFolder = unpacked.of(temp.resolve("receipts"));
    String[] same = {"label", "sha256", "bytes", "format", "width", "height", "status", "reason"};
    assertThat(
            inTar
                .drop("label")
                .select("sha256", Arrays.copyOfRange(same, 2, 8))
                .orderBy("sha256")
                .collectAsList())
        .hasSize(150)
        .isEqualTo(
            inFolder
                .select("sha256", Arrays.copyOfRange(same, 2, 8))
                .orderBy("sha256")
                .collectAsList());
  }
}
