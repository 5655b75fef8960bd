package org.sparkvit.pipeline.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.pipeline.balance.BalanceConfig;
import org.sparkvit.pipeline.balance.BalanceStage;
import org.sparkvit.pipeline.split.SplitConfig;
import org.sparkvit.pipeline.split.SplitStage;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.RareClasses;

/** A data set that was split and balanced, and whose labels were corrected afterwards. */
class CorrectedLabelsTest extends SparkTest {
  private static final int IMAGES = 65;

  @TempDir Path folder;

  /** The local disk, and what was opened on it. */
  public static final class OpenedFiles extends RawLocalFileSystem {
    static final Queue<String> OPENED = new ConcurrentLinkedQueue<>();

    @Override
    public String getScheme() {
      return "opened";
    }

    @Override
    public URI getUri() {
      return URI.create("opened:///");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int buffer) throws IOException {
      OPENED.add(file.getName());
      return super.open(file, buffer);
    }
  }

  /** The catalog with the first of the images cold and the others warm. */
  private static void label(Workspace workspace, int cold) {
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    String last = images.orderBy("id").limit(cold).orderBy(col("id").desc()).first().getString(0);
    workspace.replace(
        ImagesTable.SPEC,
        images
            .withColumn("label", when(col("id").leq(last), "cold").otherwise("warm"))
            .withColumn(
                "path",
                when(col("path").startsWith("opened:"), col("path"))
                    .otherwise(concat(lit("opened:"), substring(col("path"), 6, 4096))))
            .localCheckpoint(),
        RunRecord.start("catalog", Map.of()));
  }

  private JsonNode train(String workspace, String name, boolean usePlan, Progress progress)
      throws IOException {
    new TrainStage()
        .run(
            spark,
            new TrainConfig(
                workspace,
                name,
                false,
                usePlan,
                false,
                RareClasses.KEPT,
                TrainFixtures.scratch(),
                TrainFixtures.options(1, 1e-3, 0),
                Diloco.NONE,
                "cpu",
                "fp32",
                1,
                Optional.empty(),
                TrainRunOptions.DEFAULT,
                CardFields.INHERITED),
            progress);
    Path file = TestModels.current(Path.of(workspace), name).resolve(TrainedModel.RECORD);
    return Json.read(file.toString(), Files.readString(file)).path("results");
  }

  @Test
  void whatIsLearntIsWhatTheCatalogSaysNowAndNoOtherImageIsOpened() throws Exception {
    spark.sparkContext().hadoopConfiguration().set("fs.opened.impl", OpenedFiles.class.getName());
    String uri = folder.resolve("w").toString();
    TrainFixtures.workspace(spark, Path.of(uri), 2);
    Workspace workspace = Workspace.at(spark, uri);
    label(workspace, 39);
    new SplitStage()
        .run(
            spark,
            Options.with(
                SplitConfig.class,
                "workspace",
                uri,
                "train",
                0.6,
                "validation",
                0.2,
                "test",
                0.2,
                "overwrite",
                true),
            Progress.SILENT);
    new BalanceStage()
        .run(
            spark,
            new BalanceConfig(
                uri,
                true,
                new BalancePolicy(
                    BalancePolicy.Sampling.OVERSAMPLE,
                    BigDecimal.ONE,
                    BalancePolicy.Weights.NONE,
                    0.9999,
                    0)),
            Progress.SILENT);
    JsonNode before = train(uri, "before", false, Progress.SILENT);
    // 60:40 of 65, and 60 % of each in train
    assertThat(before.path("label_counts").path("cold").path("train").asInt()).isEqualTo(23);
    assertThat(before.path("label_counts").path("warm").path("train").asInt()).isEqualTo(16);

    label(workspace, 52);
    OpenedFiles.OPENED.clear();
    List<String> said = new ArrayList<>();
    JsonNode after = train(uri, "after", true, said::add);

    Dataset<Row> current =
        CurrentSplits.of(workspace.read(ImagesTable.SPEC), workspace.read(SplitsTable.SPEC)).rows();
    long cold = current.where("split = 'train' and label = 'cold'").count();
    long warm = current.where("split = 'train' and label = 'warm'").count();
    assertThat(cold).isGreaterThan(3 * warm - 8).isGreaterThan(23);
    JsonNode counts = after.path("label_counts");
    assertThat(counts.path("cold").path("train").asLong()).isEqualTo(cold);
    assertThat(counts.path("warm").path("train").asLong()).isEqualTo(warm);
    // The plan is that of these labels: both classes are shown as often.
    assertThat(counts.path("warm").path("shown").asLong()).isEqualTo(cold);
    assertThat(said)
        .anyMatch(line -> line.contains("of the 65 images in the splits 13 have another label now"))
        .anyMatch(line -> line.contains("sampling=oversample"));
    List<String> needed =
        workspace
            .read(ImagesTable.SPEC)
            .join(current.where("split <> 'test'").select("id"), "id")
            .select("path")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0).replaceFirst(".*/", ""))
            .toList();
    assertThat(needed).hasSizeLessThan(IMAGES);
    assertThat(OpenedFiles.OPENED).containsExactlyInAnyOrderElementsOf(needed);

    modelsOfOtherLabelsAreNamed(workspace, before, after);
  }

  private void modelsOfOtherLabelsAreNamed(Workspace workspace, JsonNode before, JsonNode after) {
    List<Row> models = new ArrayList<>();
    for (Map.Entry<String, JsonNode> model : Map.of("before", before, "after", after).entrySet()) {
      models.add(
          RowFactory.create(
              model.getValue().path("model_hash").asText(),
              workspace.modelAt(model.getKey()),
              ScalaCells.seq(List.of("cold", "warm")),
              new java.sql.Timestamp(0)));
    }
    workspace.append(
        ModelsTable.SPEC,
        "one",
        spark.createDataFrame(models, ModelsTable.SPEC.schema()),
        RunRecord.start("score", Map.of()),
        written -> {});
    TrainedLabels labels =
        new TrainedLabels(
            workspace,
            CurrentSplits.of(workspace.read(ImagesTable.SPEC), workspace.read(SplitsTable.SPEC)));
    String other = before.path("model_hash").asText();
    String same = after.path("model_hash").asText();
    assertThat(labels.lines(List.of(same))).isEmpty();
    assertThat(labels.lines(List.of(other))).hasSize(1);
    assertThat(labels.lines(List.of(other, same)))
        .singleElement()
        .asString()
        .contains("/models/before/versions/")
        .contains(" learnt other labels: at least")
        .contains("of the 39 images");
  }
}
