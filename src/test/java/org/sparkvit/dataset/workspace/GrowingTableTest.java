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
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.TableSpec;

class GrowingTableTest extends SparkTest {
  private static final TableSpec SPEC =
      new TableSpec(
          "grown",
          "test",
          "Rows that come one after the other.",
          new StructType()
              .add("id", DataTypes.StringType, false)
              .add("value", DataTypes.IntegerType)
              .add("numbers", DataTypes.createArrayType(DataTypes.FloatType, false)),
          false,
          List.of("id"));

  @TempDir private Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = Workspace.at(spark, folder.resolve("workspace").toString());
  }

  private static Dataset<Row> rows(int value, String... ids) {
    List<Row> rows =
        Stream.of(ids).map(id -> RowFactory.create(id, value, new float[] {value, 1})).toList();
    return spark.createDataFrame(rows, SPEC.schema());
  }

  private static RunRecord record() {
    return RunRecord.start("test", Map.of());
  }

  private void append(String part, int value, String... ids) {
    assertThat(workspace.append(SPEC, part, rows(value, ids), record(), written -> {}))
        .isEqualTo(ids.length);
  }

  private List<String> values() {
    return workspace.read(SPEC).orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0) + row.getInt(1) + row.<Float>getList(2).get(0).intValue())
        .toList();
  }

  private List<String> folders() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("workspace/grown"))) {
      return files
          .filter(Files::isDirectory)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("_"))
          .sorted()
          .toList();
    }
  }

  @Test
  void ofRowsWithOneKeyTheOneThatWasAddedLastCounts() {
    append("a", 1, "x", "y");
    append("c", 3, "y", "z");
    append("b", 2, "x", "y");
    assertThat(values()).containsExactly("x22", "y22", "z33");
    assertThat(workspace.version(SPEC)).isEqualTo("grown@2");
    assertThat(workspace.record(SPEC).path("stage").asText()).isEqualTo("test");
  }

  @Test
  void manySmallFilesBecomeOneWithTheSameRows() {
    for (int i = 10; i < 50; i++) {
      append("part-" + i, i, "x" + i, "all");
    }
    List<String> before = values();
    Dataset<Row> reader = workspace.read(SPEC);
    assertThat(reader.inputFiles().length).isGreaterThan(24);
    RunRecord last = record();
    workspace.append(SPEC, "last", rows(99, "last"), last, written -> {});
    workspace.compact(SPEC, record());
    assertThat(workspace.read(SPEC).inputFiles()).hasSize(1);
    assertThat(values()).containsAll(before).hasSize(before.size() + 1);
    // Who still reads the files of before finds them.
    assertThat(reader.count()).isEqualTo(before.size());
    // Rewriting is nobody's run: the rows are those of the one before.
    assertThat(workspace.record(SPEC).path("run").asText()).isEqualTo(last.runId());
    workspace.compact(SPEC, record());
    assertThat(workspace.read(SPEC).inputFiles()).hasSize(1);
  }

  @Test
  void replaceTakesThePlaceOfAllParts() {
    append("2000", 1, "x", "y");
    append("2001", 2, "y", "z");
    workspace.replace(SPEC, rows(3, "y"), record());
    assertThat(values()).containsExactly("y33");
    workspace.replace(SPEC, rows(4, "y"), record());
    workspace.replace(SPEC, rows(5, "y"), record());
    assertThat(values()).containsExactly("y55");
  }

  @Test
  void aCheckThatThrowsLeavesNothing() throws IOException {
    append("a", 1, "x");
    assertThatThrownBy(
            () ->
                workspace.append(
                    SPEC,
                    "b",
                    rows(2, "x", "y"),
                    record(),
                    written -> {
                      throw new UserException("too many errors in " + written.count());
                    }))
        .hasMessage("too many errors in 2");
    assertThat(values()).containsExactly("x11");
    assertThat(folders()).containsExactly("a");
  }
}
