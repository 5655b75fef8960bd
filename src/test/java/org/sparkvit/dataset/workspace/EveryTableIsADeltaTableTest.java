package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.delta.DeltaSpark;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;

/**
 * Delta's own engine for Spark reads every table of a workspace as this program does, and what the
 * tables say of themselves.
 */
class EveryTableIsADeltaTableTest extends SparkTest {
  private static final int ROWS = 5;

  @TempDir private Path folder;

  /** A value of a type that differs from row to row. */
  private static Object value(DataType type, int i) {
    if (type instanceof ArrayType array) {
      return List.of(value(array.elementType(), i), value(array.elementType(), i + 1));
    }
    if (type instanceof MapType map) {
      return Map.of(value(map.keyType(), i), value(map.valueType(), i));
    }
    if (type instanceof StructType struct) {
      return row(struct, i);
    }
    return switch (type.simpleString()) {
      case "string" -> "val\u00fce-" + i;
      case "int" -> i;
      case "bigint" -> (1L << 40) + i;
      case "float" -> i + 0.5f;
      case "double" -> i + 0.25;
      case "boolean" -> i % 2 == 0;
      case "binary" -> new byte[] {(byte) i, 1};
      case "timestamp" -> Timestamp.from(Instant.parse("2026-01-02T03:04:05Z").plusSeconds(i));
      case "date" -> java.sql.Date.valueOf("2026-01-0" + (i + 1));
      default -> throw new IllegalArgumentException(type.simpleString());
    };
  }

  /** Every third value is absent where it may be. */
  private static Row row(StructType schema, int i) {
    List<Object> cells = new ArrayList<>();
    for (StructField field : schema.fields()) {
      boolean absent = field.nullable() && (i + cells.size()) % 3 == 2;
      cells.add(absent ? null : value(field.dataType(), i));
    }
    return RowFactory.create(cells.toArray());
  }

  private static Dataset<Row> rows(TableSpec table, int from) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < from + ROWS; i++) {
      rows.add(row(table.schema(), i));
    }
    return spark.createDataFrame(rows, silent(table.schema())).coalesce(1);
  }

  /** Without comments, as columns are that a stage has computed. */
  private static StructType silent(StructType schema) {
    StructType silent = new StructType();
    for (StructField field : schema.fields()) {
      silent = silent.add(field.name(), field.dataType(), field.nullable());
    }
    return silent;
  }

  private Dataset<Row> theirs(TableSpec table) {
    return DeltaSpark.read(spark).load(folder.resolve(table.name()).toString());
  }

  private static List<String> comments(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> field.name() + ": " + field.getComment().getOrElse(() -> ""))
        .toList();
  }

  /** What the log says of the table as a whole, each time that it says it. */
  private List<String> tableComments(TableSpec table) throws IOException {
    List<String> comments = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder.resolve(table.name()).resolve("_delta_log"))) {
      for (Path entry :
          entries.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
        for (String line : Files.readAllLines(entry)) {
          JsonNode action = Json.read(entry.toString(), line);
          if (action.has("metaData")) {
            comments.add(action.at("/metaData/configuration/comment").asText());
          }
        }
      }
    }
    return comments;
  }

  private static List<String> sorted(Dataset<Row> rows) {
    return rows.toJSON().collectAsList().stream().sorted().toList();
  }

  @Test
  void deltaSparkReadsTheSameRowsAndWhatTheyMean() throws IOException {
    Workspace workspace = Workspace.at(spark, folder.toString());
    RunRecord record = RunRecord.start("test", Map.of());
    assertThat(Tables.ALL).hasSizeGreaterThanOrEqualTo(37);
    for (TableSpec table : Tables.ALL) {
      int rows = ROWS;
      if (table.grows()) {
        workspace.append(table, "first", rows(table, 0), record, written -> {});
        // Three of them again, and two that are new.
        workspace.append(table, "second", rows(table, 2), record, written -> {});
        rows = ROWS + 2;
      } else {
        workspace.replace(table, rows(table, 3), RunRecord.start("test", Map.of()));
        workspace.replace(table, rows(table, 0), RunRecord.start("test", Map.of()));
      }
      Dataset<Row> theirs = theirs(table);
      assertThat(theirs.schema()).as(table.name()).isEqualTo(table.schema().asNullable());
      assertThat(sorted(theirs))
          .as(table.name())
          .hasSize(rows)
          .isEqualTo(sorted(workspace.read(table)));
      assertThat(comments(theirs.schema()))
          .as(table.name())
          .isEqualTo(comments(table.schema()))
          .noneMatch(comment -> comment.endsWith(": "));
      // Once, as the second write of the table brings nothing new.
      assertThat(tableComments(table)).as(table.name()).containsExactly(table.comment());
    }
  }

  @Test
  void aTableOfBeforeGetsItsCommentsWhenItIsReplaced() throws IOException {
    Workspace workspace = Workspace.at(spark, folder.toString());
    TableSpec plan = PlanTable.SPEC;
    TableSpec before =
        new TableSpec(plan.name(), plan.writtenBy(), "", silent(plan.schema()), false);
    workspace.replace(before, rows(before, 0), RunRecord.start("test", Map.of()));
    assertThat(comments(theirs(plan).schema())).contains("copies: ");
    workspace.replace(plan, rows(plan, 0), RunRecord.start("test", Map.of()));
    assertThat(theirs(plan).schema()).isEqualTo(plan.schema().asNullable());
    assertThat(tableComments(plan)).containsExactly("", plan.comment());
    assertThat(sorted(theirs(plan))).isEqualTo(sorted(rows(plan, 0)));
  }

  @Test
  void columnsOfAPersonKeepWhatTheySay() {
    Workspace workspace = Workspace.at(spark, folder.toString());
    StructType schema =
        silent(ImagesTable.SPEC.schema())
            .add("patient", DataTypes.StringType, true, "Who it is of.")
            .add("site", DataTypes.StringType)
            .add("year taken", DataTypes.IntegerType);
    List<Row> rows = List.of(row(schema, 0), row(schema, 1));
    workspace.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(rows, schema).coalesce(1),
        RunRecord.start("test", Map.of()));
    assertThat(comments(theirs(ImagesTable.SPEC).schema()))
        .startsWith(comments(ImagesTable.SPEC.schema()).toArray(String[]::new))
        .endsWith("patient: Who it is of.", "site: ", "year_taken: year taken");
    assertThat(comments(workspace.read(ImagesTable.SPEC).schema()))
        .contains("label: The given label; null where there is none.");
  }
}
