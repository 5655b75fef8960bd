package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.TableWorkspace;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.tracking.MlflowOptions;

/** A stage that is asked for how things were. */
class EvaluateAsOfTest extends SparkTest {
  @TempDir private Path folder;

  /** Six images of cats, all of which are in a split, and predictions that are all the same. */
  private Workspace write(String predicted, String split) {
    TableWorkspace tables = TableWorkspace.at(spark, folder);
    List<TableWorkspace.Image> images = new ArrayList<>();
    List<Row> splits = new ArrayList<>();
    List<Row> predictions = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String name = "i" + i;
      String id = TableWorkspace.id(name);
      images.add(new TableWorkspace.Image(name, "cat", "OK", null));
      splits.add(RowFactory.create(id, "cat", split, null));
      boolean right = predicted.equals("cat");
      predictions.add(
          TableRow.prediction(id, name, "m", predicted, right ? 0.9f : 0.2f, right ? 0.1f : 0.8f)
              .with(PredictionsTable.LABEL, "cat")
              .with(
                  PredictionsTable.SHA256, StableHash.sha256(name.getBytes(StandardCharsets.UTF_8)))
              .build());
    }
    tables.images(images);
    if (split != null) {
      tables.table(SplitsTable.SPEC, splits);
    }
    tables.table(
        ModelsTable.SPEC,
        List.of(
            RowFactory.create(
                "m", "file:/models/m", List.of("cat", "dog"), Timestamp.from(Instant.EPOCH))));
    tables.table(PredictionsTable.SPEC, predictions);
    return tables.workspace();
  }

  private void run(String asOf, boolean overwrite) {
    EvaluateConfig config =
        new EvaluateConfig(
            folder.toString(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            0,
            0,
            overwrite,
            MlflowOptions.DEFAULT);
    new EvaluateStage().run(spark, config, AsOf.parse(asOf), Progress.SILENT);
  }

  private static List<Row> accuracy(Dataset<Row> metrics) {
    return metrics
        .where(col(MetricsTable.METRIC).equalTo("accuracy"))
        .select(MetricsTable.SPLIT, MetricsTable.VALUE)
        .orderBy(MetricsTable.SPLIT)
        .collectAsList();
  }

  @Test
  void figuresOfThenAndOfNow() throws InterruptedException {
    Workspace workspace = write("cat", null);
    String then = workspace.history(PredictionsTable.SPEC).get(0).time().toString();
    Thread.sleep(20);
    // Since then there are splits, and all predictions are wrong.
    write("dog", "test");

    run(then, false);
    assertThat(accuracy(workspace.read(MetricsTable.SPEC)))
        .extracting(row -> row.getString(0) + row.getDouble(1))
        .containsExactly("(all)1.0");
    JsonNode record = workspace.record(MetricsTable.SPEC);
    assertThat(record.path("config").path("as-of").asText()).isEqualTo(then);
    assertThat(record.path("inputs").path("predictions").asText()).isEqualTo("predictions@0");
    assertThat(record.path("inputs").path("images").asText()).isEqualTo("images@0");
    assertThat(record.path("inputs").path("scored_models").asText()).isEqualTo("scored_models@0");
    assertThat(record.path("inputs").has("splits")).isFalse();

    // What is there now is protected, though it was not there then.
    assertThatThrownBy(() -> run(then, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'metrics' exists already");
    // One table only.
    run("predictions@0", true);
    assertThat(accuracy(workspace.read(MetricsTable.SPEC)))
        .extracting(row -> row.getString(0) + row.getDouble(1))
        .containsExactly("(all)1.0", "test1.0");
    record = workspace.record(MetricsTable.SPEC);
    assertThat(record.path("inputs").path("images").asText()).isEqualTo("images@1");

    // The figures went out as plain files, without what was there before.
    String export = record.path("results").path("export").asText();
    assertThat(export).endsWith("/exports/metrics/" + record.path("run").asText());
    Dataset<Row> plain = spark.read().parquet(export);
    assertThat(plain.count()).isEqualTo(workspace.read(MetricsTable.SPEC).count());
    assertThat(accuracy(plain)).isEqualTo(accuracy(workspace.read(MetricsTable.SPEC)));

    // The latest again, in the same session.
    run("", true);
    assertThat(accuracy(workspace.read(MetricsTable.SPEC)))
        .extracting(row -> row.getString(0) + row.getDouble(1))
        .containsExactly("(all)0.0", "test0.0");
    assertThat(workspace.record(MetricsTable.SPEC).path("config").has("as-of")).isFalse();

    assertThatThrownBy(() -> run("2020-01-01T00:00:00Z", true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("had no table 'images' yet as of 2020-01-01T00:00:00Z")
        .hasMessageContaining("spark-vit history images");
    for (String version : List.of("7", "999999999999999999")) {
      assertThatThrownBy(() -> run("predictions@" + version, true))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'predictions' cannot be read as of version " + version);
    }
  }

  @Test
  void aStageThatWasAskedReadsWhatItHasWritten() {
    Workspace workspace = write("cat", null);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    RunRecord record = RunRecord.start("test", Map.of());
    Workspace stage = Workspace.forStage(spark, folder.toString(), AsOf.parse("predictions@0"));
    assertThat(stage.version(PredictionsTable.SPEC)).isEqualTo("predictions@0");
    stage.append(
        PredictionsTable.SPEC,
        "more",
        predictions.limit(1).withColumn("id", lit("new")),
        record,
        written -> {});
    assertThat(stage.read(PredictionsTable.SPEC).count()).isEqualTo(7);
    assertThat(stage.version(PredictionsTable.SPEC)).isEqualTo("predictions@1");
  }
}
