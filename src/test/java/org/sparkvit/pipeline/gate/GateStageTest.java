package org.sparkvit.pipeline.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ChecksTable;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.HistoryTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;

class GateStageTest extends SparkTest {
  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();

  private TableWorkspace images(int cats, int dogs, int broken) {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < cats + dogs + broken; i++) {
      images.add(
          new Image(
              i + ".jpg",
              i < cats ? "cat" : i < cats + dogs ? "dog" : null,
              i < cats + dogs ? "OK" : "EMPTY",
              "web"));
    }
    return TableWorkspace.at(spark, folder.resolve("w")).images(images);
  }

  private void gate(String checks, boolean failOnAnomaly) throws IOException {
    Path file = folder.resolve("checks.properties");
    Files.writeString(file, checks);
    new GateStage()
        .run(
            spark,
            new GateConfig(
                folder.resolve("w").toString(), Optional.of(file.toString()), failOnAnomaly),
            said::add);
  }

  private Map<String, String> outcomes() {
    Map<String, String> outcomes = new TreeMap<>();
    for (Row row :
        TableWorkspace.at(spark, folder.resolve("w"))
            .workspace()
            .read(ChecksTable.SPEC)
            .collectAsList()) {
      outcomes.put(row.getString(0) + ": " + row.getString(2), row.getString(3));
    }
    return outcomes;
  }

  @Test
  void limitsWarnAndFail() throws IOException {
    images(60, 30, 10);
    assertThatThrownBy(
            () ->
                gate(
                    """
                    # of the catalog
                    unusable_share = warn > 0.05, fail > 0.2
                    class_share.dog = FAIL < 0.4
                    imbalance = fail > 2.5
                    leakage_share = warn > 0, fail > 0.1
                    """,
                    false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not pass: class_share.dog;");
    assertThat(outcomes())
        .containsEntry("unusable_share: warn > 0.05", "WARN")
        .containsEntry("unusable_share: fail > 0.2", "PASS")
        .containsEntry("class_share.dog: fail < 0.4", "FAIL")
        .containsEntry("imbalance: fail > 2.5", "PASS")
        .containsEntry("leakage_share: there is no such figure yet, so it is not checked", "NOTE");
    assertThat(said).contains("gate: 5 checks, 1 warnings, 1 failed; compared with 0 earlier runs");
    // Once, though it has two limits.
    assertThat(said).filteredOn(line -> line.contains("leakage_share")).hasSize(1);
  }

  @Test
  void changesAgainstEarlierRunsAreSeen() throws IOException {
    images(60, 30, 1);
    gate("images = fail < 1", false);
    gate("images = fail < 1", false);
    assertThat(said).contains("gate: 1 checks, 0 warnings, 0 failed; compared with 1 earlier runs");
    images(30, 60, 60);
    gate("images = fail < 1", false);
    assertThat(outcomes().keySet())
        .anyMatch(check -> check.startsWith("class_share: Jensen-Shannon distance 0.2"))
        .anyMatch(check -> check.startsWith("unusable_share: was 0.01099 in the last run"));
    assertThat(outcomes().values()).doesNotContain("FAIL");
    images(60, 30, 1);
    assertThatThrownBy(() -> gate("images = fail < 1", true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("class_share");
    assertThat(
            TableWorkspace.at(spark, folder.resolve("w"))
                .workspace()
                .read(HistoryTable.SPEC)
                .select(HistoryTable.RUN)
                .distinct()
                .count())
        .isEqualTo(4);
  }

  @Test
  void aModelsFiguresHaveLimitsAndDriftToo() throws IOException {
    TableWorkspace tables = images(8, 3, 1);
    Timestamp time = new Timestamp(0);
    List<String> classes = List.of("cat", "dog");
    tables.table(
        ModelsTable.SPEC,
        List.of(
            RowFactory.create("old", "file:/old", classes, time),
            RowFactory.create("new", "file:/new", classes, new Timestamp(1))));
    predictions(tables, 8);
    List<Row> metrics = new ArrayList<>();
    for (String split : List.of("(all)", "test")) {
      double value = split.equals("test") ? 0.75 : 0.5;
      metrics.add(metric("new", split, "(all)", "accuracy", value));
      metrics.add(metric("new", split, "dog", "recall", value));
      metrics.add(metric("old", split, "dog", "recall", 0.1));
    }
    tables.table(MetricsTable.SPEC, metrics);
    assertThatThrownBy(
            () ->
                gate(
                    """
                    metric.accuracy = fail < 0.7
                    recall.dog = fail < 0.8
                    scoring_failed_share = warn > 0.05
                    predicted_share.cat = fail < 0.79
                    """,
                    false))
        .hasMessageContaining("does not pass: recall.dog;");
    assertThat(outcomes())
        .containsEntry("metric.accuracy: fail < 0.7", "PASS")
        .containsEntry("scoring_failed_share: warn > 0.05", "WARN")
        .containsEntry("predicted_share.cat: fail < 0.79", "PASS");
    // Neither what was said of a former content nor of an image that is gone counts.
    assertThat(history())
        .containsEntry("predicted_share.cat", 0.8)
        .doesNotContainKey("predicted_share.bird");
    predictions(tables, 2);
    gate("images = fail < 1", false);
    assertThat(outcomes().keySet())
        .anyMatch(check -> check.startsWith("predicted_share: Jensen-Shannon distance"))
        .noneMatch(check -> check.startsWith("confidence_share"));
  }

  @Test
  void embeddingsThatMoveAreUnusualUnlessAnotherModelMadeThem() throws IOException {
    TableWorkspace tables = images(200, 100, 0);
    embeddings(tables, "m1", 0, 0);
    gate("images = fail < 1", false);
    Map<String, Double> first = history();
    for (int d = 0; d < EmbeddingMetrics.DIRECTIONS; d++) {
      String direction = EmbeddingMetrics.SHARE + "m1-fp32." + d + ".";
      double[] shares =
          first.entrySet().stream()
              .filter(figure -> figure.getKey().startsWith(direction))
              .mapToDouble(Map.Entry::getValue)
              .toArray();
      assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-9));
      // Around the mean of something like a normal distribution.
      assertThat(shares).hasSizeGreaterThan(5);
    }

    // Other images of the same kind, then some of another.
    for (int seed = 1; seed < 5; seed++) {
      embeddings(tables, "m1", seed, 0);
      gate("images = fail < 1", false);
      assertThat(outcomes().keySet()).noneMatch(check -> check.startsWith("embedding"));
    }
    embeddings(tables, "m1", 1, 0.5f);
    assertThatThrownBy(() -> gate("images = fail < 1", true))
        .hasMessageContaining("does not pass: embeddings;");
    assertThat(outcomes().keySet())
        .anyMatch(
            check ->
                check.startsWith(
                    "embeddings: along one of several directions, beyond chance: Jensen-Shannon"));
    Map<String, Double> last = history();
    first.forEach(
        (metric, value) -> {
          if (metric.startsWith(EmbeddingMetrics.MEAN)) {
            assertThat(last.get(metric)).isEqualTo(value);
          }
        });

    embeddings(tables, "m2", 1, 0);
    gate("images = fail < 1", false);
    assertThat(outcomes().keySet()).noneMatch(check -> check.startsWith("embedding"));
  }

  /** The figures of the last run. */
  private Map<String, Double> history() {
    Map<String, Double> figures = new TreeMap<>();
    for (Row row :
        TableWorkspace.at(spark, folder.resolve("w"))
            .workspace()
            .read(HistoryTable.SPEC)
            .orderBy(HistoryTable.RUN)
            .collectAsList()) {
      figures.put(row.getString(1), row.getDouble(2));
    }
    return figures;
  }

  /** Of the images, around a point that most embeddings of a model are near to. */
  private static void embeddings(TableWorkspace tables, String model, long seed, float moved) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (Row image :
        tables
            .workspace()
            .read(ImagesTable.SPEC)
            .select(ImagesTable.ID, ImagesTable.SHA256)
            .orderBy(ImagesTable.ID)
            .collectAsList()) {
      List<Float> embedding = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        float other = i % 4 == 0 ? moved : 0;
        embedding.add(1 + other + 0.3f * (float) random.nextGaussian());
      }
      rows.add(
          RowFactory.create(
              image.getString(0), image.getString(1), model, "fp32", embedding, "OK", null));
    }
    tables.table(EmbeddingsTable.SPEC, rows);
  }

  /**
   * Ten predictions and one image that could not be scored; and two predictions that are no longer
   * about the catalog: of a former content, and of an image that is gone.
   */
  private static void predictions(TableWorkspace tables, int cats) {
    List<Row> predictions = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      String said = i == 10 ? null : i < cats ? "cat" : "dog";
      predictions.add(prediction(i + ".jpg", i + ".jpg", said));
    }
    predictions.add(prediction("11.jpg", "former content", "bird"));
    predictions.add(prediction("gone.jpg", "gone.jpg", "bird"));
    tables.table(PredictionsTable.SPEC, predictions);
  }

  private static Row prediction(String name, String content, String said) {
    float[] probabilities = said == null ? new float[0] : new float[] {0.9f, 0.1f};
    return TableRow.prediction(TableWorkspace.id(name), "path", "new", said, probabilities)
        .with(PredictionsTable.SHA256, StableHash.sha256(content.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static Row metric(String model, String split, String name, String metric, double value) {
    return RowFactory.create(
        model, split, "(all)", "(all)", name, metric, value, 4L, value - 0.1, value + 0.1);
  }

  @Test
  void limitsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> Check.parse("images = fail 1", "f"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "f: line 1 is 'images = fail 1'; write 'METRIC = warn > 0.01, fail > 0.1', with < or"
                + " >");
    assertThatThrownBy(() -> Check.parse("\nimages", "f")).hasMessageContaining("line 2");
    assertThatThrownBy(() -> Check.parse("a = fail > 1.2.3", "f")).hasMessageContaining("'1.2.3'");
    assertThatThrownBy(() -> gate("# nothing", false)).hasMessageContaining("has no checks");
  }

  @Test
  void theFileOfChecksHasTheOnesThatCountWithoutIt() throws IOException {
    assertThat(Check.parse(Files.readString(Path.of("conf/checks.properties")), "conf"))
        .isEqualTo(Check.parse(GateStage.DEFAULTS, "usual"));
  }

  @Test
  void spreadIsJudgedFromSevenRunsOn() {
    List<Map<String, Double>> runs = new ArrayList<>();
    double[] values = {0.10, 0.11, 0.09, 0.10, 0.12, 0.10};
    for (double value : values) {
      runs.add(Map.of("finding_share", value));
    }
    TreeMap<String, Double> now = new TreeMap<>(Map.of("finding_share", 0.145));
    assertThat(new MetricHistory(runs).anomalies(now)).isEmpty();
    runs.add(Map.of("finding_share", 0.11));
    assertThat(new MetricHistory(runs).anomalies(now))
        .singleElement()
        .satisfies(
            anomaly -> assertThat(anomaly.text()).startsWith("more than 3.0 standard deviations"));
    now.put("finding_share", 0.12);
    assertThat(new MetricHistory(runs).anomalies(now)).isEmpty();
  }

  /** scipy.spatial.distance.jensenshannon([.2, .3, .5], [.1, .6, .3], base=2). */
  @Test
  void distanceIsJensensAndShannons() {
    assertThat(
            MetricHistory.jensenShannon(
                Map.of("a", .2, "b", .3, "c", .5), Map.of("a", .1, "b", .6, "c", .3)))
        .isCloseTo(0.25932392561682444, within(1e-12));
    assertThat(MetricHistory.jensenShannon(Map.of("a", 1.0), Map.of("b", 1.0))).isEqualTo(1);
    assertThat(MetricHistory.jensenShannon(Map.of("a", 1.0), Map.of())).isZero();
  }
}
