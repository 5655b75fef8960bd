package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.PlanTable;

/**
 * What is there and cannot be read is not taken for absent. The user of tests may read all, so the
 * file system says what Hadoop's local one says to others.
 */
class UnreadableIsNotAbsentTest extends SparkTest {
  private static final String LOG = "_delta_log/00000000000000000000.json";
  private static final String DENIED = " (Permission denied)";
  private static final String TOO_MANY = " (Too many open files)";

  @TempDir private Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() {
    workspace = Workspace.at(spark, HookFileSystem.uri(spark, folder));
    workspace.replace(PlanTable.SPEC, plan("a", "b"), record());
    workspace.append(CostsTable.SPEC, "2026", costs("m"), record(), rows -> {});
  }

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private static RunRecord record() {
    return RunRecord.start("test", Map.of());
  }

  private static Dataset<Row> plan(String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, "a", 1, 1.0)).toList();
    return spark.createDataFrame(rows, PlanTable.SPEC.schema()).coalesce(1);
  }

  private static Dataset<Row> costs(String model) {
    Object[] values = new Object[CostsTable.SPEC.schema().length()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (CostsTable.SPEC.schema().apply(i).dataType().simpleString()) {
            case "string" -> model;
            case "bigint" -> 1L;
            case "int" -> 1;
            case "double" -> 1.0;
            case "timestamp" -> new java.sql.Timestamp(0);
            default -> null;
          };
    }
    return spark
        .createDataFrame(List.of(RowFactory.create(values)), CostsTable.SPEC.schema())
        .coalesce(1);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private static void cannotOpen(String ending, String why) {
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("open") && path.toString().endsWith(ending)) {
            throw new FileNotFoundException(path.toUri().getPath() + why);
          }
          if (call.equals("list") && why.equals(TOO_MANY)) {
            throw new IOException("Invalid directory or I/O error occurred for dir: " + path);
          }
        });
  }

  private static void assertSays(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable run, String file, String why) {
    assertThatThrownBy(run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file + "'")
        .hasMessageContaining("cannot be read, although it may exist")
        .hasMessageContaining(why)
        .hasMessageContaining("right to read");
  }

  @ParameterizedTest
  @ValueSource(strings = {DENIED, TOO_MANY})
  void aWholeTableThatCannotBeReadIsNotReplaced(String why) throws IOException {
    List<String> before = files();
    cannotOpen(LOG, why);
    // While too many files are open, no folder can be listed either.
    String said = why.equals(DENIED) ? why : "I/O error";
    assertSays(() -> workspace.requireAbsent(PlanTable.SPEC, false), "plan", said);
    assertSays(() -> workspace.has(PlanTable.SPEC), "plan", said);
    assertSays(() -> workspace.read(PlanTable.SPEC), "plan", said);
    assertSays(() -> workspace.version(PlanTable.SPEC), "plan", said);
    HookFileSystem.clear();
    assertThat(files()).isEqualTo(before);
    assertThat(workspace.read(PlanTable.SPEC).count()).isEqualTo(2);
  }

  @Test
  void replacingLeavesTheFormerStateWhenItCannotBeRead() {
    cannotOpen(LOG, DENIED);
    assertSays(() -> workspace.replace(PlanTable.SPEC, plan("z"), record()), "plan", DENIED);
    HookFileSystem.clear();
    assertThat(workspace.read(PlanTable.SPEC).count()).isEqualTo(2);
  }

  @Test
  void aRecordThatCannotBeReadIsNotTakenForGone() {
    String run = workspace.record(CostsTable.SPEC).path("run").asText();
    cannotOpen(".json", DENIED);
    assertSays(() -> workspace.record(CostsTable.SPEC), "costs", DENIED);
    cannotOpen("2026.json", DENIED);
    assertSays(() -> workspace.record(CostsTable.SPEC), "costs/_runs/2026.json", DENIED);
    HookFileSystem.clear();
    assertThat(workspace.record(CostsTable.SPEC).path("run").asText()).isEqualTo(run);
  }

  @Test
  void aFolderThatCannotBeListedIsNotTakenForEmpty() throws IOException {
    Files.createDirectories(folder.resolve("training/vit"));
    Files.createDirectories(folder.resolve("studies/search"));
    for (String name : List.of("_delta_log", "training", "studies")) {
      HookFileSystem.set(
          (call, path) -> {
            if (call.equals("list") && path.getName().equals(name)) {
              throw new FileNotFoundException("File " + path + " does not exist");
            }
          });
      assertSays(
          () -> {
            workspace.has(CostsTable.SPEC);
            workspace.trainings();
            workspace.studies();
          },
          name.equals("_delta_log") ? "costs/_delta_log" : "/" + name,
          "does not exist");
    }
    HookFileSystem.clear();
    assertThat(workspace.trainings()).containsExactly("vit");
  }

  @Test
  void aWorkspaceWhoseMarkerCannotBeReadIsNotTakenForANewOne() {
    cannotOpen("workspace.json", DENIED);
    assertSays(() -> Workspace.at(spark, workspace.uri()), "workspace.json", DENIED);
  }

  @Test
  void aFileThatComesIntoBeingBetweenTwoLooksIsRead() throws IOException {
    Path late = folder.resolve("late.json");
    FileSystem fs =
        new org.apache.hadoop.fs.Path(workspace.uri())
            .getFileSystem(spark.sparkContext().hadoopConfiguration());
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("list")) {
            Files.writeString(late, "now");
          }
        });
    assertThat(Presence.text(fs, new org.apache.hadoop.fs.Path(workspace.uri() + "/late.json")))
        .hasValue("now");
    assertThat(Presence.text(fs, new org.apache.hadoop.fs.Path(workspace.uri() + "/no/no.json")))
        .isEmpty();
    assertThat(Presence.exists(fs, new org.apache.hadoop.fs.Path(workspace.uri() + "/none")))
        .isFalse();
  }

  /** As {@link RawLocalFileSystem} does where the rights are missing. */
  @Test
  void aLocalFileWithoutRightsIsNotAbsent() throws IOException {
    Path file = Files.writeString(folder.resolve("secret.json"), "{}");
    RawLocalFileSystem raw =
        new RawLocalFileSystem() {
          @Override
          public FSDataInputStream open(org.apache.hadoop.fs.Path path, int size)
              throws IOException {
            throw new FileNotFoundException(pathToFile(path) + DENIED);
          }
        };
    try (LocalFileSystem fs = new LocalFileSystem(raw)) {
      fs.initialize(java.net.URI.create("file:///"), new Configuration());
      assertSays(
          () -> Presence.text(fs, new org.apache.hadoop.fs.Path(file.toUri())),
          "secret.json",
          DENIED);
      assertThat(
              Presence.text(fs, new org.apache.hadoop.fs.Path(folder.resolve("no.json").toUri())))
          .isEmpty();
    }
  }
}
