package org.sparkvit.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
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

class GrowingTableTest extends SparkTest {
  private static final TableSpec SPEC =
      new TableSpec(
          "grown",
          "test",
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

  /** Names without what tells a merge from others. */
  private static String name(String part) {
    return part.replaceFirst("~.*", "~");
  }

  private List<String> version() {
    return workspace.version(SPEC).stream().map(GrowingTableTest::name).toList();
  }

  private List<String> folders() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("workspace/grown"))) {
      return files
          .filter(Files::isDirectory)
          .map(file -> name(file.getFileName().toString()))
          .sorted()
          .toList();
    }
  }

  @Test
  void ofRowsWithOneKeyThatOfTheLaterPartCounts() {
    append("a", 1, "x", "y");
    append("c", 3, "y", "z");
    // By a run that began before the one that has just ended.
    append("b", 2, "x", "y");
    assertThat(values()).containsExactly("x22", "y33", "z33");
    assertThat(workspace.version(SPEC)).containsExactly("a", "b", "c");
    assertThat(workspace.record(SPEC, "b").path("stage").asText()).isEqualTo("test");
  }

  @Test
  void mergedPartsGiveTheSameRows() throws IOException {
    append("a", 1, "x", "y");
    append("b-1", 2, "y", "z");
    append("b-2", 3, "z");
    append("c", 4, "w");
    List<String> before = values();
    Dataset<Row> reader = workspace.read(SPEC);

    workspace.merge(SPEC, List.of("b-1", "b-2", "of another table"), record());
    assertThat(version()).containsExactly("a", "b-2~", "c");
    assertThat(values()).isEqualTo(before);
    assertThat(reader.count()).isEqualTo(before.size());

    append("b-3", 5, "z"); // goes on after the merge, and is later than it
    assertThat(values()).containsExactly("w44", "x11", "y22", "z55");
    workspace.merge(SPEC, workspace.version(SPEC), record());
    assertThat(version()).containsExactly("c~");
    assertThat(values()).containsExactly("w44", "x11", "y22", "z55");
    // The parts of the first merge are gone, those of the second stay for their readers.
    assertThat(folders()).containsExactly("a", "b-2~", "b-3", "c", "c~");

    append("d", 6, "z");
    workspace.merge(SPEC, workspace.version(SPEC), record());
    assertThat(folders()).containsExactly("c~", "d", "d~");
    assertThat(values()).containsExactly("w44", "x11", "y22", "z66");
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
  void aPartThatWasNotFinishedDoesNotCountAndGoesWhenItIsOld() throws IOException {
    append("a", 1, "x");
    for (String killed : List.of("b-old", "b-running")) {
      append(killed, 2, "x", "y");
      Files.delete(folder.resolve("workspace/grown/" + killed + "/_run.json"));
    }
    assertThat(values()).containsExactly("x11");
    try (Stream<Path> files = Files.list(folder.resolve("workspace/grown/b-old"))) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
      }
    }
    append("c", 3, "z");
    workspace.merge(SPEC, List.of("a", "c"), record());
    assertThat(folders()).containsExactly("a", "b-running", "c", "c~");
    assertThat(values()).containsExactly("x11", "z33");
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
