package org.sparkvit.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.delta.DeltaSpark;

/** Delta's own engine for Spark reads every table of a workspace as this program does. */
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
    return spark.createDataFrame(rows, table.schema()).coalesce(1);
  }

  private static List<String> sorted(Dataset<Row> rows) {
    return rows.toJSON().collectAsList().stream().sorted().toList();
  }

  @Test
  void deltaSparkReadsTheSameRows() {
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
      Dataset<Row> theirs = DeltaSpark.read(spark).load(folder.resolve(table.name()).toString());
      assertThat(theirs.schema()).as(table.name()).isEqualTo(table.schema().asNullable());
      assertThat(sorted(theirs))
          .as(table.name())
          .hasSize(rows)
          .isEqualTo(sorted(workspace.read(table)));
    }
  }
}
