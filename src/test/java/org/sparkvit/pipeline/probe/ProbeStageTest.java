package org.sparkvit.pipeline.probe;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TestModels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.ResampledTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.pipeline.score.ScoreConfig;
import org.sparkvit.pipeline.score.ScoreStage;
import org.sparkvit.stats.metrics.LogLoss;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.recipe.RareClasses;

class ProbeStageTest extends SparkTest {
  @TempDir Path folder;

  private static Path family(String name) {
    return Path.of("src/test/resources/vit/families", name).toAbsolutePath();
  }

  private static ProbeConfig config(
      Path workspace, String name, String from, Double... regularization) {
    return config(workspace, name, false, from, "fp32", regularization);
  }

  private static ProbeConfig config(
      Path workspace,
      String name,
      boolean resampled,
      String from,
      String precision,
      Double... regularization) {
    return config(workspace, name, true, resampled, from, precision, regularization);
  }

  private static ProbeConfig config(
      Path workspace,
      String name,
      boolean usePlan,
      boolean resampled,
      String from,
      String precision,
      Double... regularization) {
    return new ProbeConfig(
        workspace.toString(),
        name,
        false,
        usePlan,
        RareClasses.KEPT,
        resampled,
        from,
        List.of(regularization),
        List.of(0.0),
        2,
        ProbeConfig.Criterion.LOG_LOSS,
        regularization.length > 1 ? 8 : 12,
        1,
        new EmbeddingSettings("cpu", precision, 16, 1),
        CardFields.INHERITED,
        MlflowOptions.DEFAULT);
  }

  private JsonNode probe(ProbeConfig config, Progress progress) throws Exception {
    new ProbeStage().run(spark, config, progress);
    Path file =
        TestModels.current(Path.of(config.workspace()), config.name()).resolve(TrainedModel.RECORD);
    return Json.read(file.toString(), Files.readString(file)).path("results");
  }

  /** An expression with a branch for each class cannot be compiled for so many. */
  @Test
  void elevenHundredClassesCanBeProbed() throws Exception {
    int classes = 1100;
    Path start = family("deit-headless");
    String model = ModelDirectory.hash(start);
    int size = ModelDirectory.readForEmbeddings(start).config().embeddingSize();
    List<TableWorkspace.Image> images = new ArrayList<>();
    List<Row> splits = new ArrayList<>();
    List<Row> embeddings = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      for (String split : List.of("train", "validation")) {
        String name = split + c;
        String label = String.format(Locale.ROOT, "class %04d", c);
        images.add(new TableWorkspace.Image(name, label, "OK", null));
        splits.add(RowFactory.create(TableWorkspace.id(name), label, split, null));
        List<Float> point = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          point.add(i < 11 && (c >> i & 1) == 1 ? 30f : 0f);
        }
        embeddings.add(
            RowFactory.create(
                TableWorkspace.id(name),
                StableHash.sha256(name.getBytes(StandardCharsets.UTF_8)),
                model,
                "fp32",
                point,
                "OK",
                null));
      }
    }
    Path workspace = folder.resolve("w");
    TableWorkspace.at(spark, workspace)
        .images(images)
        .table(SplitsTable.SPEC, splits)
        .table(EmbeddingsTable.SPEC, embeddings);
    JsonNode results = probe(config(workspace, "probed", start.toString(), 1e-6), Progress.SILENT);
    assertThat(results.path("labels")).hasSize(classes);
    // Each class has a corner of a cube of its own; by chance one in 1,100 were right.
    assertThat(results.path("validation").path("accuracy").asDouble()).isGreaterThan(0.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"deit-distilled", "dinov2-headless"})
  void scoringWithTheWrittenModelGivesWhatTheHeadGave(String name) throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 3);
    JsonNode results =
        probe(config(workspace, "probed", family(name).toString(), 0.01), Progress.SILENT);
    assertThat(results.path("unreadable").asInt()).isEqualTo(1);
    assertThat(results.path("validation").path("accuracy").asDouble()).isGreaterThan(0.8);

    new ScoreStage()
        .run(
            spark,
            Options.with(
                ScoreConfig.class,
                "workspace",
                workspace.toString(),
                "model",
                "probed",
                "device",
                "cpu",
                "precision",
                "fp32",
                "decode-threads",
                1,
                "partitions",
                2),
            Progress.SILENT);
    Workspace tables = Workspace.at(spark, workspace.toString());
    List<Row> scored =
        tables
            .read(PredictionsTable.SPEC)
            .join(tables.read(SplitsTable.SPEC).drop(SplitsTable.LABEL), new String[] {"id"})
            .where(SplitsTable.SPLIT + " = 'validation'")
            .select(PredictionsTable.LABEL, PredictionsTable.PREDICTED, "probabilities")
            .collectAsList();
    assertThat(scored).hasSize(16);
    long right = 0;
    LogLoss loss = LogLoss.ofFloats();
    for (Row row : scored) {
      right += row.getString(0).equals(row.getString(1)) ? 1 : 0;
      loss.add(row.<Float>getList(2).get(TrainFixtures.LABELS.index(row.getString(0))));
    }
    assertThat(right / 16.0).isEqualTo(results.path("validation").path("accuracy").asDouble());
    assertThat(loss.value())
        .isCloseTo(results.path("validation").path("log_loss").asDouble(), within(1e-5));

    // All but the head is as it was.
    Checkpoint probed = ModelDirectory.read(TestModels.current(workspace, "probed"));
    Checkpoint start = ModelDirectory.readForEmbeddings(family(name));
    int same = 0;
    for (var tensor : start.tensors().entrySet()) {
      Tensor now = probed.tensors().get(tensor.getKey());
      if (!tensor.getKey().contains("classifier")) {
        assertThat(now.bytes()).isEqualTo(tensor.getValue().bytes());
        same++;
      }
    }
    assertThat(same).isGreaterThan(10);
  }

  @Test
  void pointsThatWereMadeUpCountAndImagesThatWereRemovedDoNot() throws Exception {
    Path folderOfTables = folder.resolve("w");
    TrainFixtures.workspace(spark, folderOfTables, 3);
    String from = family("timm-vit").toString();
    List<String> lines = new ArrayList<>();
    JsonNode plain = probe(config(folderOfTables, "plain", from, 0.01), lines::add);
    Workspace tables = Workspace.at(spark, folderOfTables.toString());
    List<Row> train =
        tables
            .read(EmbeddingsTable.SPEC)
            .where("embedding is not null")
            .join(tables.read(SplitsTable.SPEC).where("split = 'train'"), "id")
            .orderBy("id")
            .collectAsList();
    String removed = train.get(0).getAs("id");
    List<Row> rows = new ArrayList<>();
    Row first = train.get(1);
    rows.add(resampled("made", first.getAs("label"), ResampledTable.SYNTHETIC, first));
    rows.add(resampled(removed, train.get(0).getAs("label"), ResampledTable.REMOVED, first));
    publish(tables, rows);
    JsonNode other =
        probe(config(folderOfTables, "resampled", true, from, "fp32", 0.01), lines::add);
    assertThat(lines)
        .contains(
            String.format(
                Locale.ROOT,
                "probe: %,d points to train on, 1 of them made up by resample",
                train.size()));
    assertThat(other.path("model_hash")).isNotEqualTo(plain.path("model_hash"));
    assertThatThrownBy(
            () -> probe(config(folderOfTables, "x", true, from, "bf16", 0.01), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'resampled' is of another model or precision");

    publish(
        tables,
        train.stream()
            .filter(row -> row.getAs("label").equals("warm"))
            .map(row -> resampled(row.getAs("id"), "warm", ResampledTable.REMOVED, row))
            .toList());
    assertThatThrownBy(
            () -> probe(config(folderOfTables, "x", true, from, "fp32", 0.01), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no train image of class 'warm' is left: the cleaning of")
        .hasMessageContaining("resample with --cleaning none or tomek, or go without --resampled");
    assertThat(folderOfTables.resolve("models/x")).doesNotExist();
    publish(tables, rows);

    relabel(tables, removed, first.getAs("id"));
    lines.clear();
    JsonNode corrected =
        probe(config(folderOfTables, "corrected", false, true, from, "fp32", 0.01), lines::add);
    assertThat(corrected.path("resampled_left_out").asInt()).isEqualTo(2);
    assertThat(lines)
        .contains(
            String.format(
                Locale.ROOT,
                "probe: %,d points to train on, 0 of them made up by resample",
                train.size()))
        .anyMatch(
            line ->
                line.startsWith("probe: warning: 2 rows of the table 'resampled' are left out"));
  }

  private void publish(Workspace tables, List<Row> resampled) {
    tables.replace(
        ResampledTable.SPEC,
        spark.createDataFrame(resampled, ResampledTable.SPEC.schema()),
        RunRecord.start("resample", Map.of()));
  }

  /** Warm images are cold then, and cold ones warm. */
  private static void relabel(Workspace tables, String... ids) {
    Dataset<Row> images = tables.read(ImagesTable.SPEC);
    List<Row> rows =
        images
            .withColumn(
                ImagesTable.LABEL,
                when(
                        col(ImagesTable.ID).isin((Object[]) ids),
                        when(col(ImagesTable.LABEL).equalTo("warm"), "cold").otherwise("warm"))
                    .otherwise(col(ImagesTable.LABEL)))
            .collectAsList();
    tables.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(rows, images.schema()),
        RunRecord.start("catalog", Map.of()));
  }

  private static Row resampled(String id, String label, String kind, Row like) {
    boolean made = kind.equals(ResampledTable.SYNTHETIC);
    return RowFactory.create(
        id,
        label,
        kind,
        made ? "smote" : "enn",
        made ? like.getAs("id") : null,
        made ? like.getAs("id") : null,
        made ? 0.5 : null,
        made ? like.getList(like.fieldIndex("embedding")) : null,
        like.getAs("model"),
        "fp32");
  }

  @Test
  void embedsOnceAndChoosesWhatIsBest() throws Exception {
    Path one = folder.resolve("one");
    Path seven = folder.resolve("seven");
    TrainFixtures.workspace(spark, one, 1);
    TrainFixtures.workspace(spark, seven, 7);
    String from = family("timm-vit").toString();
    JsonNode first = probe(config(one, "a", from, 0.01, 1.0), Progress.SILENT);
    JsonNode same = probe(config(seven, "a", from, 0.01, 1.0), Progress.SILENT);
    assertThat(same.path("model_hash")).isEqualTo(first.path("model_hash"));
    assertThat(first.path("cross_validation")).hasSize(2);
    double weak = first.path("cross_validation").path("0.01, 0.0").asDouble();
    double strong = first.path("cross_validation").path("1.0, 0.0").asDouble();
    assertThat(first.path("regularization").asDouble()).isEqualTo(weak < strong ? 0.01 : 1.0);

    Dataset<Row> embeddings =
        Workspace.at(spark, one.toString()).read(EmbeddingsTable.SPEC).cache();
    assertThat(embeddings.count()).isEqualTo(65);
    List<String> lines = new ArrayList<>();
    ProbeConfig config = config(one, "b", from, 0.1);
    probe(config, lines::add);
    // The damaged one is tried again.
    assertThat(lines).anyMatch(line -> line.contains("1 images are to be embedded"));
    assertThatThrownBy(() -> new ProbeStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");
  }
}
