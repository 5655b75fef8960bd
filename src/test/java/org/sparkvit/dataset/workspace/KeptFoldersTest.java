package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;

/** What clean-up leaves alone: all that does not say that it is a part of the table. */
class KeptFoldersTest extends SparkTest {
  @TempDir private Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = Workspace.at(spark, folder.toString());
  }

  private static RunRecord record() {
    return RunRecord.start("score", Map.of());
  }

  private static Dataset<Row> model(String hash) {
    Row row = RowFactory.create(hash, "file:/models/" + hash, new String[] {"a"}, new Timestamp(0));
    return spark.createDataFrame(List.of(row), ModelsTable.SPEC.schema()).coalesce(1);
  }

  private void append(String part, String hash) {
    workspace.append(ModelsTable.SPEC, part, model(hash), record(), written -> {});
  }

  private List<String> models() {
    return workspace.read(ModelsTable.SPEC).orderBy(ModelsTable.MODEL).collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** A file of long ago, and the folders above it. */
  private Path old(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    age(file.getParent());
    return file;
  }

  private static void age(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
      }
    }
  }

  @Test
  void modelsThatWereTrainedAreThereAfterThirtyRunsOfScore() throws IOException {
    String version = "models/vit/versions/20250101T000000000Z-0a1b2c3d/";
    Path weights = old(version + "model.safetensors", "weights");
    Path config = old(version + "config.json", "{}");
    Path plain = old("models/brought/config.json", "{}");
    List<String> hashes = new ArrayList<>();
    for (int night = 10; night < 40; night++) {
      append("2026" + night, "h" + night);
      hashes.add("h" + night);
      workspace.compact(ModelsTable.SPEC, record());
    }
    assertThat(models()).isEqualTo(hashes);
    assertThat(weights).hasContent("weights");
    assertThat(config).exists();
    assertThat(plain).exists();
    assertThat(folder.resolve("scored_models")).isDirectory();
    try (Stream<Path> files = Files.list(folder.resolve("models"))) {
      assertThat(files)
          .containsExactlyInAnyOrder(
              folder.resolve("models/vit"), folder.resolve("models/brought"));
    }
  }

  @Test
  void anInterruptedDeletionLeavesTheMarkForTheNextOne() throws IOException {
    FileSystem fs = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path part = new org.apache.hadoop.fs.Path(folder.resolve("t/p").toUri());
    OwnFolder.begin(fs, part, "t", "run");
    assertThatThrownBy(() -> OwnFolder.begin(fs, part, "t", "other"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is there already");
    Files.writeString(folder.resolve("t/p/rows.parquet"), "rows");
    assertThat(OwnFolder.delete(fs, part, "u")).isFalse();
    assertThat(folder.resolve("t/p/rows.parquet")).exists();
    assertThat(OwnFolder.delete(fs, part, "t")).isTrue();
    assertThat(folder.resolve("t/p")).doesNotExist();
    assertThat(OwnFolder.delete(fs, part, "t")).isFalse();
  }

  @Test
  void aPartOfAnotherRunWithTheSameNameIsLeftAsItIs() {
    append("2026", "one");
    assertThatThrownBy(() -> append("2026", "two")).hasMessageContaining("writing");
    assertThat(models()).containsExactly("one");
  }

  @Test
  void tablesHaveFoldersOfTheirOwn() throws Exception {
    List<String> specs = new ArrayList<>();
    try (Stream<Path> classes =
        Files.list(Path.of(TableSpec.class.getResource("TableSpec.class").toURI()).getParent())) {
      for (Path file : classes.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith("Table.class")) {
          Class<?> type =
              Class.forName(TableSpec.class.getPackageName() + "." + name.replace(".class", ""));
          specs.add(((TableSpec) type.getField("SPEC").get(null)).name());
        }
      }
    }
    assertThat(Tables.ALL.stream().map(TableSpec::name).toList())
        .containsExactlyInAnyOrderElementsOf(specs)
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(Workspace.FOLDERS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models",
        "training",
        "20261129T171715123Z-ab12cd34",
        "20261129T171715123Z-ab12cd34-00001",
        "../vit",
        ".vit",
        "-vit",
        "a/b",
        ""
      })
  void aNameThatMeansSomethingElseIsRefused(String name) {
    assertThatThrownBy(() -> OutputName.require(name))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("--name is '" + name + "'; use ");
  }

  @Test
  void aNameOfThreeHundredLettersIsRefused() {
    assertThatThrownBy(() -> OutputName.require("v".repeat(300)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("up to 100 letters");
    OutputName.require("v".repeat(100));
    OutputName.require("vit-2026.1_b");
    // Models are not where tables are.
    OutputName.require("resampled");
  }
}
