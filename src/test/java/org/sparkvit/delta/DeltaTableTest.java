package org.sparkvit.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;

class DeltaTableTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("n", DataTypes.LongType)
          .add("list", DataTypes.createArrayType(DataTypes.FloatType, false));

  @TempDir private Path temporary;
  private org.apache.hadoop.fs.Path folder;
  private DeltaTable table;

  @BeforeEach
  void open() {
    folder = new org.apache.hadoop.fs.Path(temporary.resolve("a table").toUri());
    table = DeltaTable.at(folder, new Configuration());
  }

  private List<NewFile> write(String part, long n, String... ids) throws IOException {
    List<Row> rows =
        List.of(ids).stream().map(id -> RowFactory.create(id, n, new float[] {n})).toList();
    Dataset<Row> data = spark.createDataFrame(rows, SCHEMA).coalesce(1);
    data.write().parquet(new org.apache.hadoop.fs.Path(folder, part).toString());
    return table.written(new org.apache.hadoop.fs.Path(folder, part), List.of("id", "n"));
  }

  private long append(String part, long n, String... ids) throws IOException {
    List<NewFile> files = write(part, n, ids);
    return table
        .commit(
        part,
        "test",
        current ->
            Optional.of(
                new DeltaChange(
                    current.isPresent() ? Optional.empty() : Optional.of(SCHEMA),
                    files,
                    List.of(),
                    false)))
        .orElseThrow();
  }

  @Test
  void versionsOneAfterTheOther() throws IOException {
    assertThat(table.latest()).isEmpty();
    assertThat(append("one", 1, "b", "a")).isZero();
    assertThat(append("two", 2, "c")).isEqualTo(1);
    // It is there already.
    assertThat(
            table.commit("two", "test", current -> Optional.empty())).hasValue(1);
    DeltaVersion version = table.latest().orElseThrow();
    assertThat(version.schema()).isEqualTo(SCHEMA.asNullable());
    assertThat(version.files()).extracting(DataFile::folder).containsExactly("one", "two");
    assertThat(version.files()).extracting(DataFile::rows).containsExactly(2L, 1L);
    assertThat(version.files().get(0).boundsOf("id")).contains(new Bounds("a", "b"));
    assertThat(version.files().get(1).boundsOf("n")).contains(new Bounds(2L, 2L));
    assertThat(version.files().get(0).boundsOf("list")).isEmpty();
    assertThat(Files.exists(Path.of(version.files().get(0).path().replace("file:", "")))).isTrue();

    // Another schema, in the place of all of it.
    StructType other = new StructType().add("x", DataTypes.StringType);
    table.commit(
        "three",
        "test",
        current -> Optional.of(new DeltaChange(Optional.of(other), List.of(), List.of(), false)));
    assertThat(table.latest().orElseThrow().schema()).isEqualTo(other);
    assertThat(table.latest().orElseThrow().files()).isEmpty();
    assertThat(table.at(1).files()).hasSize(2);
    assertThat(table.commit(2).orElseThrow().author()).contains("test");
    assertThat(table.commit(2).orElseThrow().removed()).isEqualTo(2);
    for (int i = 0; i < 12; i++) {
      append("more-" + i, i, "z" + i);
    }
    try (Stream<Path> log = Files.list(temporary.resolve("a table/_delta_log"))) {
      assertThat(log.map(file -> file.getFileName().toString())).anyMatch(name -> name.contains("checkpoint"));
    }
    assertThat(table.latest().orElseThrow().files()).hasSize(12);
  }
}
