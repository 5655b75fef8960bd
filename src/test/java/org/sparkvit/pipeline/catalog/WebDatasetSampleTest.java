package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.pipeline.catalog.CatalogRun.tar;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;

/** What the members of shards are taken for; nothing is decoded. */
class WebDatasetSampleTest extends SparkTest {
  @TempDir private Path temp;
  private CatalogRun catalog;
  private InputDecisions decisions;
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> skipped = new TreeMap<>();
  private final Map<String, Map<String, String>> fields = new TreeMap<>();

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
  }

  /** Lists shards into {@link #labels}, {@link #skipped} and {@link #fields}, by member. */
  private void list(Path... tars) {
    List<WebDatasetSample.Shard> shards = new ArrayList<>();
    for (Path tar : tars) {
      shards.add(new WebDatasetSample.Shard(temp.toUri().toString(), tar.toUri().toString()));
    }
    decisions = new InputDecisions();
    labels.clear();
    skipped.clear();
    fields.clear();
    CatalogConfig config = catalog.config(List.of(temp.toString()), LayoutOption.AUTO);
    for (Row row :
        new ShardSource(shards, List.of(), config, decisions).list(spark).collectAsList()) {
      String problem = row.getAs(Listing.PROBLEM);
      if (problem != null) {
        throw new UserException(problem);
      }
      String member = row.<String>getAs(ImagesTable.PATH).replaceFirst(".*\\.tar#", "");
      if (row.getAs(Listing.SKIPPED) != null) {
        skipped.put(member, row.getAs(Listing.SKIPPED));
      } else {
        labels.put(member, String.valueOf(row.<String>getAs(ImagesTable.LABEL)));
        int own = row.fieldIndex("_fields");
        fields.put(member, row.isNullAt(own) ? Map.of() : row.getJavaMap(own));
      }
    }
  }

  private void list(Object... members) throws IOException {
    list(tar(temp.resolve("a.tar"), members));
  }

  /** Six samples of members, each a suffix and a text in which %d is the number. */
  private Path samples(String tar, String... members) throws IOException {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      for (int m = 0; m < members.length; m += 2) {
        all.add(String.format(Locale.ROOT, "%04d.%s", i, members[m]));
        all.add(members[m + 1].replace("%d", "" + i).replace("%ab", "" + "ab".charAt(i % 2)));
      }
    }
    return tar(temp.resolve(tar), all.toArray());
  }

  private static void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessageContainingAll(words);
  }

  @Test
  void theOrderOfMembersChangesNothing() throws IOException {
    String[][] orders = {
      {"0.cls", "0.jpg", "1.cls", "1.jpg", "2.cls", "2.jpg"},
      {"0.jpg", "1.jpg", "2.jpg", "0.cls", "1.cls", "2.cls"},
      {"0.cls", "1.cls", "2.cls", "0.jpg", "1.jpg", "2.jpg"},
      {"0.jpg", "1.jpg", "0.cls", "2.cls", "1.cls", "2.jpg"}
    };
    for (String[] order : orders) {
      List<Object> members = new ArrayList<>();
      for (String name : order) {
        members.add(name);
        members.add(name.endsWith("cls") ? "class" + name.charAt(0) : "x");
      }
      list(members.toArray());
      assertThat(labels).isEqualTo(Map.of("0.jpg", "class0", "1.jpg", "class1", "2.jpg", "class2"));
      assertThat(skipped).isEmpty();
    }
  }

  @Test
  void aLabelWithoutAnImageIsListed() throws IOException {
    list("1.jpg", "x", "1.cls", "a", "2.cls", "b", "notes.pdf", "x", "README.txt", "read me");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "a"));
    assertThat(skipped)
        .isEqualTo(
            Map.of(
                "2.cls", "WITHOUT_IMAGE",
                "README.txt", "WITHOUT_IMAGE",
                "notes.pdf", "NOT_AN_IMAGE"));
  }

  @Test
  void namedMembersOfASample() throws IOException {
    list(samples("a.tar", "input.jpg", "x", "outputs.txt", "%ab"));
    assertThat(labels).hasSize(6).containsEntry("0003.input.jpg", "b");
    assertThat(decisions.sentences())
        .containsExactly(
            "tar shards: .outputs.txt is the label: 2 different texts for 6 images;"
                + " --label-member decides otherwise");
  }

  @Test
  void masksAndArraysAreNoImages() throws IOException {
    Path tar = samples("a.tar", "jpg", "x", "seg.png", "m", "npy", "n", "cls", "%ab");
    refused(
        () -> list(tar),
        "samples of the tar shards have several images: ",
        "a.tar#0000' has jpg, seg.png",
        "--image-member jpg",
        "--image-member all");
    catalog.imageMembers = List.of(".JPG");
    list(tar);
    assertThat(labels).hasSize(6).containsEntry("0001.jpg", "b");
    assertThat(skipped)
        .hasSize(12)
        .containsEntry("0001.seg.png", "OTHER_MEMBER")
        .containsEntry("0001.npy", "OTHER_MEMBER");
    catalog.imageMembers = List.of("all");
    list(tar);
    assertThat(labels).hasSize(12).containsEntry("0001.seg.png", "b");
    catalog.imageMembers = List.of("webp", "png");
    refused(() -> list(tar), "--image-member webp,png is in no sample", ".jpg (6)", ".seg.png (6)");
  }

  @Test
  void oneImageOfAnyFormatInEachSample() throws IOException {
    list("1.jpg", "x", "1.cls", "a", "2.PNG", "x", "2.cls", "b", "3.heic", "x", "3.cls", "c");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "a", "2.PNG", "b", "3.heic", "c"));
  }

  @Test
  void captionsAreNoClasses() throws IOException {
    String json = "{\"caption\": \"thing %d\", \"txt\": 1}";
    Path tar = samples("a.tar", "jpg", "x", "txt", "a photo of thing %d", "json", json);
    list(tar);
    assertThat(labels).hasSize(6).containsEntry("0000.jpg", "null");
    assertThat(fields.get("0004.jpg"))
        .isEqualTo(Map.of("caption", "thing 4", "txt", "a photo of thing 4", "meta_txt", "1"));
    assertThat(decisions.sentences())
        .contains(
            "tar shards: .txt is a caption, kept as column 'txt': 6 different texts for 6 images;"
                + " --label-member decides otherwise");
    catalog.labelMember = "txt";
    list(tar);
    assertThat(labels).containsEntry("0004.jpg", "a photo of thing 4");
    // Few texts, but long ones or of several lines.
    catalog.labelMember = null;
    list(samples("b.tar", "jpg", "x", "txt", "%ab".repeat(65)));
    assertThat(labels).containsEntry("0000.jpg", "null");
    list(samples("c.tar", "jpg", "x", "txt", "%ab\nline"));
    assertThat(labels).containsEntry("0000.jpg", "null");
    list(samples("d.tar", "jpg", "x", "txt", "%ab".repeat(64) + "\n"));
    assertThat(labels).containsEntry("0000.jpg", "a".repeat(64));
  }

  @Test
  void captionsOrLabelsIsDecidedOnceForAllShards() throws IOException {
    // Alone, the second would be a shard of labels.
    Path many = samples("a.tar", "jpg", "x", "txt", "a photo of thing %d");
    Path few = tar(temp.resolve("b.tar"), "9.jpg", "x", "9.txt", "a dog");
    list(many, few);
    assertThat(labels).hasSize(7).containsEntry("9.jpg", "null");
  }

  @Test
  void classWordsAndTheOrderOfLabels() throws IOException {
    list(
        "1.jpg",
        "x",
        "1.cls.txt",
        "a",
        "2.jpg",
        "x",
        "2.label",
        "b\n",
        "3.jpg",
        "x",
        "3.cls",
        "c",
        "3.json",
        "{\"label\": \"other\", \"n\": 1}");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "a", "2.jpg", "b", "3.jpg", "c"));
    // Another sample has a member .label, whose column has that name.
    assertThat(fields.get("3.jpg")).isEqualTo(Map.of("meta_label", "other", "n", "1"));
    catalog.labelColumn = "label";
    list("3.jpg", "x", "3.cls", "c", "3.json", "{\"label\": \"other\", \"n\": 1}");
    assertThat(labels).isEqualTo(Map.of("3.jpg", "other"));
    assertThat(fields.get("3.jpg")).isEqualTo(Map.of("n", "1", "cls", "c"));
    catalog.labelColumn = null;
    refused(
        () -> list("1.jpg", "x", "1.cls", "a", "1.label", "b"),
        "'1' with more than one label, in its members cls, label",
        "--label-member cls");
    refused(
        () -> list("1.jpg", "x", "1.cls", "a\nb"), "'1.cls', which is no label but several lines");
    refused(
        () -> list("1.jpg", "x", "1.cls", new byte[] {'c', (byte) 0xE9}),
        "a.tar' has '1.cls', which is not UTF-8");
    catalog.labelMember = "target";
    refused(() -> list("1.jpg", "x", "1.cls", "a"), "--label-member target", "them are cls");
    list("1.jpg", "x", "1.cls", "a", "1.target", "t");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "t"));
  }

  @Test
  void labelsInJson() throws IOException {
    list("1.jpg", "x", "1.json", "{\"label\": 0.0}", "2.jpg", "x", "2.json", "{\"label\": 12.0}");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "0", "2.jpg", "12"));
    list("1.jpg", "x", "1.json", "{\"label\": 0.5}", "2.jpg", "x", "2.json", "{\"label\": 1.0}");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "0.5", "2.jpg", "1.0"));
    String long17 = "{\"label\": 0.12345678901234567890}";
    String next = "{\"label\": 9007199254740993.0}";
    list("1.jpg", "x", "1.json", long17, "2.jpg", "x", "2.json", next);
    assertThat(labels)
        .isEqualTo(Map.of("1.jpg", "0.12345678901234567890", "2.jpg", "9007199254740993.0"));
    refused(
        () -> list("1.jpg", "x", "1.json", "{\"label\": [1, 2]}"),
        "a list for a label in '1.json', [1,2]",
        "--label-column");
    refused(() -> list("1.jpg", "x", "1.json", "{\"label\": null}"), "empty label for '1'");
    refused(() -> list("1.jpg", "x", "1.json", "{\"label\": 1} x"), "'1.json' is not valid JSON");
    refused(() -> list("1.jpg", "x", "1.json", " "), "'1.json', which is empty, not JSON");
    list("1.jpg", "x", "1.json", "[1, {\"label\": 2}]");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "null"));
    assertThat(fields.get("1.jpg")).isEqualTo(Map.of("json", "[1, {\"label\": 2}]"));
    catalog.labelMember = "json";
    list("1.jpg", "x", "1.json", "\"cat\"");
    assertThat(labels).isEqualTo(Map.of("1.jpg", "cat"));
    catalog.labelMember = null;
    catalog.labelColumn = "breed";
    refused(() -> list("cat/1.jpg", "x"), "--label-column breed is a field of .json members");
  }

  @Test
  void imagesInClassFoldersWithoutLabels() throws IOException {
    list("cat/1.jpg", "x", "cat/1.2.jpg", "x", "dog/1.jpg", "x", "dog/1", "x");
    assertThat(labels)
        .isEqualTo(
            Map.of("cat/1.jpg", "cat", "cat/1.2.jpg", "cat", "dog/1.jpg", "dog", "dog/1", "dog"));
    assertThat(decisions.sentences())
        .anySatisfy(
            said ->
                assertThat(said)
                    .contains("every image is one of its own", "a.tar#cat/1' has 2.jpg, jpg"));
    refused(
        () -> list("cat/1.jpg", "x", "cat/1.m.png", "x", "dog/1.jpg", "x", "dog/1.m.png", "x"),
        "a.tar#cat/1' has jpg, m.png");
  }

  @Test
  void aFolderCalledTrainBesideOtherClassesIsAClassInATarToo() throws IOException {
    list("a/bus/1.jpg", "x", "a/car/1.jpg", "x", "a/train/1.jpg", "x");
    assertThat(labels)
        .isEqualTo(Map.of("a/bus/1.jpg", "bus", "a/car/1.jpg", "car", "a/train/1.jpg", "train"));
  }

  @Test
  void foldersAreNoClassesBesideLabels() throws IOException {
    list("part0/1.jpg", "x", "part0/1.cls", "a", "part1/2.jpg", "x");
    assertThat(labels).isEqualTo(Map.of("part0/1.jpg", "a", "part1/2.jpg", "null"));
    assertThat(decisions.sentences())
        .containsExactly("tar shards: labels are in .cls (1); folders within are no classes");
  }

  @Test
  void shardsWithoutImagesSayWhatTheyHave() throws IOException {
    refused(
        () -> list("n01440764.tar", "x", "n01443537.tar", "y", "a.npy", "z"),
        "no images in them, but members .tar (2), .npy (1)",
        "unpacked");
  }
}
