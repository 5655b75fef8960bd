package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.DataException;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PlanTable;

class WorkspaceTest extends SparkTest {
  @TempDir private Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = Workspace.at(spark, folder.resolve("workspace").toString());
  }

  private static Dataset<Row> plan(String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, "a", 1, 1.0)).toList();
    return spark.createDataFrame(rows, PlanTable.SPEC.schema());
  }

  private static RunRecord record() {
    return RunRecord.start("test", Map.of("seed", 1));
  }

  private List<String> ids() {
    return workspace.read(PlanTable.SPEC).select("id").orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void nothingIsWrittenBeforeTheFirstTable() {
    assertThat(workspace.has(PlanTable.SPEC)).isFalse();
    assertThat(folder.resolve("workspace")).doesNotExist();
    assertThatThrownBy(() -> workspace.read(PlanTable.SPEC))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run 'spark-vit balance' first");
  }

  @Test
  void replaceShowsTheNewRows() {
    assertThat(workspace.replace(PlanTable.SPEC, plan("x", "y"), record())).isEqualTo(2);
    workspace.replace(PlanTable.SPEC, plan("z"), record());
    assertThat(ids()).containsExactly("z");
    assertThatThrownBy(
            () -> workspace.append(PlanTable.SPEC, "x", plan("a", "b"), record(), rows -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ids()).containsExactly("z");
    assertThatThrownBy(() -> workspace.requireAbsent(PlanTable.SPEC, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");
    workspace.requireAbsent(PlanTable.SPEC, true);
  }

  @Test
  void aReaderOfTheFormerStateCanFinish() {
    workspace.replace(PlanTable.SPEC, plan("x"), record());
    Dataset<Row> reader = workspace.read(PlanTable.SPEC);
    workspace.replace(PlanTable.SPEC, plan("y"), record());
    workspace.replace(PlanTable.SPEC, plan("z"), record());
    assertThat(reader.count()).isEqualTo(1);
    assertThat(workspace.version(PlanTable.SPEC)).isEqualTo("plan@2");
    assertThat(workspace.earlierVersions(PlanTable.SPEC)).isEqualTo(2);
  }

  @Test
  void aCheckThatThrowsLeavesTheFormerState() throws IOException {
    workspace.replace(PlanTable.SPEC, plan("x"), record());
    assertThatThrownBy(
            () ->
                workspace.replace(
                    PlanTable.SPEC,
                    plan("y"),
                    record(),
                    rows -> {
                      throw new UserException("too many errors in " + rows.count());
                    }))
        .isInstanceOf(UserException.class);
    assertThat(ids()).containsExactly("x");
    try (Stream<Path> files = Files.list(folder.resolve("workspace/plan"))) {
      assertThat(files.filter(file -> !file.getFileName().toString().startsWith("_"))).hasSize(1);
    }
  }

  @Test
  void aFolderThatSparkWouldTakeForAPatternIsRefused() {
    assertThatThrownBy(() -> Workspace.at(spark, folder.resolve("runs[1]").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("runs[1]");
  }

  @Test
  void everyPartHasItsRunRecord() throws IOException {
    RunRecord record = record().input("images", List.of("v1"));
    workspace.replace(PlanTable.SPEC, plan("x"), record);
    String json =
        Files.readString(folder.resolve("workspace/plan/_runs/" + record.runId() + ".json"));
    assertThat(Json.read("run", json).path("results").path("rows.plan").asInt()).isEqualTo(1);
    assertThat(json).contains("\"stage\" : \"test\"", "\"seed\" : 1", "\"v1\"", "\"java\"");
  }

  @Test
  void aWorkspaceOfANewerOrTooOldVersionIsRefused() throws IOException {
    Files.createDirectories(folder.resolve("newer"));
    Files.writeString(folder.resolve("newer/workspace.json"), "{\"format\": 99}");
    assertThatThrownBy(() -> Workspace.at(spark, folder.resolve("newer").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("99")
        .hasMessageContaining("upgrade");
    Files.writeString(folder.resolve("newer/workspace.json"), "{\"format\": 1}");
    assertThatThrownBy(() -> Workspace.at(spark, folder.resolve("newer").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no longer read");
    Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Workspace.at(spark, folder.resolve("file").toString()))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(() -> Workspace.at(spark, "nosuch://x/y"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nosuch");
  }

  @Test
  void aTableWithWrongColumnsIsRefused() {
    assertThatThrownBy(() -> workspace.replace(PlanTable.SPEC, plan("x").drop("weight"), record()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'plan'")
        .hasMessageContaining("'weight'");
    Dataset<Row> text =
        plan("x")
            .withColumn(
                "copies", org.apache.spark.sql.functions.col("copies").cast(DataTypes.StringType));
    assertThatThrownBy(() -> workspace.replace(PlanTable.SPEC, text, record()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("string");
    assertThat(workspace.has(PlanTable.SPEC)).isFalse();
  }
}
