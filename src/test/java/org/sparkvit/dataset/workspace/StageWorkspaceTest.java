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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PlanTable;

/** What a stage is promised of its workspace: one state of each table, and a place to write to. */
class StageWorkspaceTest extends SparkTest {
  @TempDir private Path folder;

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private static Dataset<Row> plan(String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, "a", 1, 1.0)).toList();
    return spark.createDataFrame(rows, PlanTable.SPEC.schema()).coalesce(1);
  }

  private static RunRecord record() {
    return RunRecord.start("test", Map.of());
  }

  @Test
  void aPartPublishedBetweenReadingAndRecordingIsInNeither() {
    Workspace other = Workspace.at(spark, folder.toString());
    other.replace(PlanTable.SPEC, plan("a"), record());
    Workspace stage = Workspace.forStage(spark, folder.toString());
    Dataset<Row> rows = stage.read(PlanTable.SPEC);
    RunRecord later = record();
    other.replace(PlanTable.SPEC, plan("b", "c"), later);
    assertThat(stage.version(PlanTable.SPEC)).isEqualTo("plan@0");
    assertThat(stage.record(PlanTable.SPEC).path("run").asText()).isNotEqualTo(later.runId());
    assertThat(rows.count()).isEqualTo(1);
    assertThat(stage.read(PlanTable.SPEC).count()).isEqualTo(1);
    // As soon as it writes the table itself, it sees what there is.
    stage.replace(PlanTable.SPEC, plan("d", "e", "f"), record());
    assertThat(stage.read(PlanTable.SPEC).count()).isEqualTo(3);
    assertThat(Workspace.forStage(spark, folder.toString()).read(PlanTable.SPEC).count())
        .isEqualTo(3);
  }

  @Test
  void aPartPublishedBetweenRecordingAndReadingIsInNeither() {
    Workspace other = Workspace.at(spark, folder.toString());
    other.replace(PlanTable.SPEC, plan("a"), record());
    Workspace stage = Workspace.forStage(spark, folder.toString());
    String version = stage.version(PlanTable.SPEC);
    other.replace(PlanTable.SPEC, plan("b", "c"), record());
    assertThat(stage.read(PlanTable.SPEC).count()).isEqualTo(1);
    assertThat(stage.version(PlanTable.SPEC)).isEqualTo(version);
  }

  @Test
  void aWorkspaceThatCannotBeWrittenIsSaidBeforeAnyWork() throws IOException {
    String uri = HookFileSystem.uri(spark, folder.resolve("workspace"));
    for (String why : List.of(" (Permission denied)", " (Read-only file system)")) {
      HookFileSystem.set(
          (call, path) -> {
            if (call.equals("create")) {
              throw new FileNotFoundException(path + why);
            }
          });
      assertThatThrownBy(() -> Workspace.forStage(spark, uri))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("workspace' cannot be written to: ")
          .hasMessageContaining(why)
          .hasMessageContaining("another --workspace");
    }
    HookFileSystem.clear();
    Workspace.forStage(spark, uri);
    assertThat(folder.resolve("workspace")).doesNotExist();
  }

  @Test
  void twoRunsMayBeginAWorkspaceAtOnce() throws IOException {
    Path workspace = folder.resolve("begun");
    String uri = HookFileSystem.uri(spark, workspace);
    // The other has written there by the time that this one has seen that it can.
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("delete") && path.getName().endsWith(".try")) {
            Files.writeString(workspace.resolve("other"), "x");
          }
        });
    Workspace.forStage(spark, uri);
    assertThat(workspace.resolve("other")).exists();
    // The other takes the folder away that it made, just when this one is to write there.
    Files.delete(workspace.resolve("other"));
    boolean[] gone = new boolean[1];
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("create") && path.getName().endsWith(".try") && !gone[0]) {
            gone[0] = true;
            throw new FileNotFoundException(path + " (No such file or directory)");
          }
        });
    Workspace.forStage(spark, uri);
    assertThat(gone[0]).isTrue();
  }

  @Test
  void aTableThatCannotBeWrittenIsSaidBeforeAnyWork() throws IOException {
    String uri = HookFileSystem.uri(spark, folder);
    Workspace.at(spark, uri).replace(PlanTable.SPEC, plan("a"), record());
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("create") && path.getParent().getName().equals("plan")) {
            throw new FileNotFoundException(path + " (Permission denied)");
          }
        });
    Workspace stage = Workspace.forStage(spark, uri);
    assertThatThrownBy(() -> stage.requireAbsent(PlanTable.SPEC, true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("/plan' cannot be written to: ");
    try (Stream<Path> files = Files.list(folder.resolve("plan"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".try"));
    }
  }
}
