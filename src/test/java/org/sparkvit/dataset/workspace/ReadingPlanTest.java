package org.sparkvit.dataset.workspace;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
import org.sparkvit.dataset.schema.TableSpec;

/**
 * What Spark plans to read of a table that has grown: no more than of one that was written once.
 */
class ReadingPlanTest extends SparkTest {
  private static final int CHUNKS = 20;

  private static final TableSpec SPEC =
      new TableSpec(
          "grown",
          "test",
          "Rows of many files.",
          new StructType()
              .add("id", DataTypes.StringType, false)
              .add("model", DataTypes.StringType, false)
              .add("embedding", DataTypes.createArrayType(DataTypes.FloatType, false)),
          false,
          List.of("id", "model"));

  @TempDir private Path folder;
  private Workspace workspace;

  private static Dataset<Row> rows(String model, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(RowFactory.create(id(i), model, new float[] {i}));
    }
    return spark.createDataFrame(rows, SPEC.schema()).coalesce(1);
  }

  private static String id(int i) {
    return String.format(Locale.ROOT, "%04d", i);
  }

  @BeforeEach
  void fill() {
    workspace = Workspace.at(spark, folder.toString());
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      workspace.append(
          SPEC,
          "run-" + chunk,
          rows("m", chunk * 10, chunk * 10 + 10),
          RunRecord.start("test", Map.of()),
          written -> {});
    }
  }

  private static String plan(Dataset<Row> rows) {
    return rows.queryExecution().executedPlan().toString();
  }

  @Test
  void aRangeOpensTheFilesThatHaveItsIds() {
    assertThat(workspace.read(SPEC).inputFiles()).hasSize(CHUNKS);
    Dataset<Row> some = workspace.read(SPEC, new IdRange(id(55), id(65), 10));
    assertThat(some.inputFiles()).hasSize(2);
    assertThat(some.count()).isEqualTo(10);
    // Over the end of the order.
    Dataset<Row> ends = workspace.read(SPEC, new IdRange(id(195), id(5), 10));
    assertThat(ends.inputFiles()).hasSize(2);
    assertThat(ends.count()).isEqualTo(10);
    assertThat(workspace.read(SPEC, new IdRange("9", "91", 10)).inputFiles()).isEmpty();
    assertThat(workspace.read(SPEC, IdRange.ALL).count()).isEqualTo(10L * CHUNKS);
  }

  @Test
  void filtersAndColumnsReachTheFiles() {
    String plan =
        plan(
            workspace
                .read(SPEC)
                .where(col("model").equalTo("m").and(col("id").gt("0100")))
                .select("id"));
    assertThat(plan)
        .contains("PushedFilters: [")
        .contains("EqualTo(model,m)")
        .contains("GreaterThan(id,0100)")
        .contains("ReadSchema: struct<id:string,model:string>")
        .doesNotContain("embedding", "Aggregate", "Sort", "Exchange");
  }

  @Test
  void rowsThatComeAgainReplaceThoseOfTheirFilesOnly() {
    List<String> before = List.of(workspace.read(SPEC).inputFiles());
    workspace.append(
        SPEC, "again", rows("m", 103, 105), RunRecord.start("test", Map.of()), written -> {});
    List<String> after = new ArrayList<>(List.of(workspace.read(SPEC).inputFiles()));
    assertThat(workspace.read(SPEC).count()).isEqualTo(10L * CHUNKS);
    assertThat(after).hasSize(CHUNKS + 1);
    after.removeAll(before);
    // The new rows, and what is left of the file that had them.
    assertThat(after).hasSize(2);
    // Another model's rows of the same images have other keys: no file is touched.
    workspace.append(
        SPEC, "other", rows("n", 0, 200), RunRecord.start("test", Map.of()), written -> {});
    assertThat(workspace.read(SPEC).count()).isEqualTo(20L * CHUNKS);
    assertThat(workspace.read(SPEC).inputFiles()).hasSize(CHUNKS + 2);
  }
}
