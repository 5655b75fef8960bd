package org.sparkvit.pipeline.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.DataException;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.CurvePoint;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.tracking.FakeMlflow;
import org.sparkvit.tracking.MlflowOptions;

class EvaluateStageTest extends SparkTest {
  private static final List<String> CLASSES = List.of("ordinary", "other", "sensitive");

  @TempDir private Path folder;

  @Test
  void tablesAreTheSameForAnyPartitioningAndEqualTheInMemoryMetrics() {
    TestTables tables = new TestTables();
    tables.model("m", CLASSES);
    ClassificationEvaluator all = new ClassificationEvaluator(3);
    ClassificationEvaluator test = new ClassificationEvaluator(3);
    ClassificationEvaluator old = new ClassificationEvaluator(3);
    fill(tables, all, test, old);

    List<List<Row>> runs = new ArrayList<>();
    for (int partitions : new int[] {1, 7}) {
      runs.add(withPartitions(partitions, () -> run(tables, partitions)));
    }
    assertThat(runs.get(1)).isEqualTo(runs.get(0));

    Workspace workspace = Workspace.at(spark, uri("7"));
    Map<String, Optional<Double>> figures = figures(workspace);
    compare(figures, "(all)", "(all)", "(all)", all);
    compare(figures, "test", "(all)", "(all)", test);
    compare(figures, "(all)", "year taken", "1999", old);
    for (int c = 0; c < 3; c++) {
      assertThat(curve(workspace, "(all)", CLASSES.get(c))).isEqualTo(expectedCurve(all, c));
      assertThat(curve(workspace, "test", CLASSES.get(c))).isEqualTo(expectedCurve(test, c));
    }
    assertThat(value(figures, "(all)", "(all)", "(all)", "(all)", "images")).isEqualTo(1500);
    assertThat(value(figures, "(all)", "(all)", "(all)", "(all)", "unlabelled")).isEqualTo(30);
    assertThat(value(figures, "(all)", "(all)", "(all)", "(all)", "unscored")).isEqualTo(50);
    assertThat(value(figures, "(all)", "source", "(missing)", "(all)", "images")).isEqualTo(250);
    requireRankingsInSeveralPartitions(workspace);
  }

  private static void requireRankingsInSeveralPartitions(Workspace workspace) {
    List<Integer> parts =
        withPartitions(
            7,
            () -> {
              Map<String, List<String>> models = Map.of("m", CLASSES);
              Dataset<Row> scored =
                  EvaluatedImages.of(
                      workspace.read(ImagesTable.SPEC),
                      Optional.empty(),
                      workspace.read(PredictionsTable.SPEC),
                      models,
                      List.of());
              RankingKeys keys = RankingKeys.collect(ConfusionCounts.of(scored), models);
              return SortedScores.sort(scored, keys, 0)
                  .mapRuns(
                      ranking -> keys.classOf(ranking) == 0,
                      run -> {
                        int above = run.positivesAbove() + run.negativesAbove() > 0 ? 1 : 0;
                        run.scores().forEachRemaining(score -> {});
                        return List.of(above).iterator();
                      })
                  .collect();
            });
    assertThat(parts).hasSizeGreaterThan(2);
    assertThat(parts.get(0)).isZero();
    assertThat(parts.subList(1, parts.size())).containsOnly(1);
  }

  /** 1,500 images; two thirds of the scores are on a grid of 1/64, so many are tied. */
  private static void fill(
      TestTables tables,
      ClassificationEvaluator all,
      ClassificationEvaluator test,
      ClassificationEvaluator old) {
    Random random = new Random(5);
    for (int i = 0; i < 1500; i++) {
      String name = "image " + i;
      int label = random.nextInt(10) < 7 ? 0 : 1 + random.nextInt(2);
      boolean labelled = i % 50 != 7;
      boolean readable = i % 30 != 1;
      String split =
          !labelled || !readable ? null : i % 4 == 0 ? "test" : i % 4 < 3 ? "train" : null;
      String source = i % 6 == 5 ? null : "source " + i % 3;
      tables.image(name, labelled ? CLASSES.get(label) : null, split, source, 1999 + i % 2);
      if (!readable) {
        tables.prediction(name, "m", null);
        continue;
      }
      float[] scores = scores(random, label, i % 3 > 0);
      int best = 0;
      for (int c = 1; c < 3; c++) {
        best = scores[c] > scores[best] ? c : best;
      }
      tables.prediction(name, "m", CLASSES.get(best), scores);
      if (labelled) {
        all.add(label, scores);
        if ("test".equals(split)) {
          test.add(label, scores);
        }
        if (i % 2 == 0) {
          old.add(label, scores);
        }
      }
    }
  }

  private static float[] scores(Random random, int label, boolean grid) {
    float[] raw = new float[3];
    float left = 1;
    for (int c = 0; c < 2; c++) {
      float share = left * (c == label ? 0.4f + 0.6f * random.nextFloat() : random.nextFloat());
      raw[c] = grid ? Math.round(share * 64) / 64f : share;
      left = Math.max(0, left - raw[c]);
    }
    raw[2] = left;
    return raw;
  }

  private List<Row> run(TestTables tables, int partitions) {
    Workspace workspace = tables.write(spark, uri(String.valueOf(partitions)), partitions);
    evaluate(workspace, List.of("source", "year taken"));
    List<Row> rows = new ArrayList<>();
    for (TableSpec table : List.of(MetricsTable.SPEC, ConfusionTable.SPEC, CurvesTable.SPEC)) {
      String[] columns = table.schema().fieldNames();
      List<Row> sorted =
          workspace
              .read(table)
              .orderBy(columns[0], Arrays.copyOfRange(columns, 1, columns.length))
              .collectAsList();
      assertThat(sorted).isNotEmpty();
      rows.addAll(sorted);
    }
    return rows;
  }

  @Test
  void whatCountsIsThePredictionForTheContentThereIsNow() {
    TestTables tables = new TestTables();
    tables.model("m", CLASSES);
    tables.image("same", "other", "train", null, null);
    tables.prediction("same", TestTables.sha256("same"), "m", "other", 1, 0, 1, 0);
    tables.image("changed", "other", "train", null, null);
    tables.prediction("changed", "of the former content", "m", "other", 1, 0, 1, 0);
    tables.image("new class", "unheard of", "train", null, null);
    tables.prediction("new class", "m", "ordinary", 0.5f, 0.5f, 0);
    tables.prediction("no longer in the catalog", "m", "ordinary", 1, 0, 0);
    Workspace workspace = tables.write(spark, uri("latest"), 2);
    List<String> said = evaluate(workspace, List.of());

    Map<String, Optional<Double>> figures = figures(workspace);
    String a = "(all)";
    assertThat(value(figures, "train", a, a, a, "images")).isEqualTo(3);
    assertThat(value(figures, "train", a, a, a, "unscored")).isEqualTo(1);
    assertThat(value(figures, "train", a, a, a, "accuracy")).isEqualTo(0.5);
    assertThat(value(figures, "train", a, a, "unheard of", "recall")).isZero();
    assertThat(value(figures, "train", a, a, "unheard of", "roc_auc")).isNull();
    // One image without loss, one with the most that a float can lose.
    assertThat(value(figures, "train", a, a, a, "log_loss"))
        .isCloseTo(-Math.log(Math.ulp(1f)) / 2, within(1e-6));
    assertThat(said).anyMatch(line -> line.contains("1 images") && line.contains("unheard of"));
    assertThat(said).anyMatch(line -> line.contains("2 of 3 images compared"));
  }

  @Test
  void workspacesWithoutSplitsAreEvaluatedAsAWholeAndFiguresReplacedOnRequest() {
    Workspace workspace = small().write(spark, uri("unsplit"), 1);
    List<String> said = evaluate(workspace, List.of());
    assertThat(workspace.read(MetricsTable.SPEC).filter("split <> '(all)'").count()).isZero();
    assertThat(said).anyMatch(line -> line.contains("class 'sensitive': precision 1.0000"));
    assertThat(curve(workspace, "(all)", "sensitive"))
        .containsExactly(
            "pr 0 0.0 1.0 Infinity",
            "pr 1 1.0 1.0 0.75",
            "pr 2 1.0 0.3333333333333333 0.25",
            "roc 0 0.0 0.0 Infinity",
            "roc 1 0.0 1.0 0.75",
            "roc 2 1.0 1.0 0.25");
    // A class that no image has: neither curve is defined.
    assertThat(curve(workspace, "(all)", "other")).isEmpty();

    assertThatThrownBy(() -> evaluate(workspace, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'metrics' exists already")
        .hasMessageContaining("--overwrite");
    EvaluateConfig again =
        new EvaluateConfig(
            workspace.uri(),
            Optional.of("name-of-m"),
            List.of(),
            Optional.of("other"),
            50,
            0,
            true,
            MlflowOptions.DEFAULT);
    List<String> saidAgain = new ArrayList<>();
    new EvaluateStage().run(spark, again, saidAgain::add);
    assertThat(saidAgain).anyMatch(line -> line.contains("class 'other'"));
  }

  @Test
  void figuresOfWholeSplitsAreLoggedToMlflow() throws Exception {
    Workspace workspace = small().write(spark, uri("logged"), 1);
    try (FakeMlflow server = new FakeMlflow()) {
      EvaluateConfig config =
          new EvaluateConfig(
              workspace.uri(),
              Optional.of("name-of-m"),
              List.of("source"),
              Optional.empty(),
              0,
              0,
              false,
              new MlflowOptions(Optional.of(server.uri()), Optional.empty()));
      new EvaluateStage().run(spark, config, Progress.SILENT);
      FakeMlflow.RunOfFake run = server.runs().get(0);
      assertThat(server.runs()).hasSize(1);
      assertThat(run.status).isEqualTo("FINISHED");
      assertThat(run.name).isEqualTo("evaluate name-of-m");
      assertThat(run.tags).containsEntry("spark-vit.model_hash", "m");
      assertThat(run.metrics)
          .containsEntry("all/accuracy", List.of("1.0@0"))
          .containsEntry("all/precision/sensitive", List.of("1.0@0"));
      assertThat(run.metrics.keySet()).allMatch(name -> name.startsWith("all/"));
      assertThat(run.params).containsKeys("input.images", "input.predictions");
    }
  }

  @Test
  void wrongNamesAreExplained() {
    TestTables tables = small();
    for (int i = 0; i < 201; i++) {
      tables.image("many " + i, "ordinary", null, null, i);
    }
    Workspace workspace = tables.write(spark, uri("names"), 1);
    assertRefused(workspace, "none", List.of("colour"), "'colour'", "source, year taken", "format");
    assertRefused(workspace, "none", List.of("year taken"), "more than 200 values");
    assertRefused(workspace, "purple", List.of(), "'purple'", "[ordinary, other, sensitive]");
    EvaluateConfig config =
        new EvaluateConfig(
            workspace.uri(),
            Optional.of("x"),
            List.of(),
            Optional.empty(),
            50,
            0,
            false,
            MlflowOptions.DEFAULT);
    assertThatThrownBy(() -> new EvaluateStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is no model 'x'")
        .hasMessageContaining("name-of-m (m)");
    assertThat(workspace.has(MetricsTable.SPEC)).isFalse();
    assertRefused(workspace, "none", List.of("source", "source"), "'source' twice");
  }

  @Test
  void predictionsThatDoNotFitTheirModelAreRefused() {
    Workspace workspace = small().write(spark, uri("unsound"), 1);
    TestTables lengths = small();
    lengths.prediction("a", "m", "other", 1, 0);
    assertUnsound(workspace, lengths, "another length");
    TestTables range = small();
    range.prediction("a", "m", "other", 1, Float.NaN, 0);
    assertUnsound(workspace, range, "not in 0 to 1");
    TestTables unknown = small();
    unknown.prediction("a", "m", "nobody", 0, 1, 0);
    assertUnsound(workspace, unknown, "no class of the model");
    TestTables orphan = small();
    orphan.prediction("a", "nameless", "other", 0, 1, 0);
    assertUnsound(workspace, orphan, "'nameless', which table 'scored_models' lacks");
  }

  private static TestTables small() {
    TestTables tables = new TestTables();
    tables.model("m", CLASSES);
    tables.image("a", "ordinary", null, "x", null);
    tables.image("b", "ordinary", null, "y", null);
    tables.image("c", "sensitive", null, "y", null);
    tables.prediction("b", "m", "ordinary", 0.75f, 0, 0.25f);
    tables.prediction("c", "m", "sensitive", 0.25f, 0, 0.75f);
    tables.image("d", "ordinary", null, "y", null);
    tables.prediction("d", "m", "ordinary", 0.75f, 0, 0.25f);
    return tables;
  }

  private void assertUnsound(Workspace workspace, TestTables tables, String problem) {
    tables.writePredictions(spark, workspace, 1);
    assertThatThrownBy(() -> evaluate(workspace, List.of()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("table 'predictions'")
        .hasMessageContaining(problem);
    assertThat(workspace.has(ConfusionTable.SPEC)).isFalse();
  }

  private static void assertRefused(
      Workspace workspace, String positive, List<String> slices, String... parts) {
    Optional<String> name = positive.equals("none") ? Optional.empty() : Optional.of(positive);
    EvaluateConfig config =
        new EvaluateConfig(
            workspace.uri(), Optional.empty(), slices, name, 50, 0, false, MlflowOptions.DEFAULT);
    assertThatThrownBy(() -> new EvaluateStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts);
  }

  private static List<String> evaluate(Workspace workspace, List<String> slices) {
    List<String> said = new ArrayList<>();
    EvaluateConfig config =
        new EvaluateConfig(
            workspace.uri(),
            Optional.empty(),
            slices,
            Optional.empty(),
            50,
            0,
            false,
            MlflowOptions.DEFAULT);
    new EvaluateStage().run(spark, config, said::add);
    return said;
  }

  @Test
  void rankingsInRangesAreWithinTheirBoundOfExactOnes() {
    TestTables tables = new TestTables();
    tables.model("m", List.of("a", "b", "c"));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 3000; i++) {
      double[] logits = new double[3];
      double sum = 0;
      for (int c = 0; c < 3; c++) {
        logits[c] = Math.exp(random.nextDouble(-3, 3) + (i % 3 == c ? 1.5 : 0));
        sum += logits[c];
      }
      float[] p = new float[3];
      for (int c = 0; c < 3; c++) {
        p[c] = (float) (logits[c] / sum);
      }
      tables.image("i" + i, "abc".substring(i % 3, i % 3 + 1), "test", null, null);
      tables.prediction("i" + i, "m", "a", p);
    }
    Workspace workspace = tables.write(spark, uri("bins"), 3);
    Map<String, Double> exact = rankings(workspace, 0);
    for (int bins : new int[] {64, 1024}) {
      Map<String, Double> binned = rankings(workspace, bins);
      JsonNode results = workspace.record(MetricsTable.SPEC).path("results");
      assertThat(exact).hasSize(6);
      exact.forEach(
          (name, value) -> {
            String bound =
                name.startsWith("roc")
                    ? "roc_auc_error_at_most"
                    : "average_precision_error_at_most";
            double most = results.path(bound).asDouble();
            assertThat(most).isBetween(1e-5, bins == 64 ? 0.2 : 0.02);
            assertThat(binned.get(name)).as(name).isCloseTo(value, within(most));
          });
      assertThat(binned).isNotEqualTo(exact);
    }
    assertThatThrownBy(() -> rankings(workspace, 8))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--rank-bins");
  }

  private static Map<String, Double> rankings(Workspace workspace, int bins) {
    new EvaluateStage()
        .run(
            spark,
            new EvaluateConfig(
                workspace.uri(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                0,
                bins,
                true,
                MlflowOptions.DEFAULT),
            Progress.SILENT);
    Map<String, Double> figures = new TreeMap<>();
    workspace
        .read(MetricsTable.SPEC)
        .where("split = 'test' and metric in ('roc_auc', 'average_precision')")
        .collectAsList()
        .forEach(
            row -> figures.put(row.getAs("metric") + " " + row.getAs("class"), row.getAs("value")));
    return figures;
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** Small data would otherwise be put together into one partition behind our back. */
  private static <T> T withPartitions(int partitions, Supplier<T> work) {
    String former = spark.conf().get("spark.sql.shuffle.partitions");
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    spark.conf().set("spark.sql.adaptive.coalescePartitions.enabled", false);
    try {
      return work.get();
    } finally {
      spark.conf().set("spark.sql.shuffle.partitions", former);
      spark.conf().unset("spark.sql.adaptive.coalescePartitions.enabled");
    }
  }

  private static List<String> expectedCurve(ClassificationEvaluator book, int c) {
    List<String> rows = new ArrayList<>();
    List<CurvePoint> points = book.ranking(c).drawnPoints();
    for (int i = 0; i < points.size(); i++) {
      CurvePoint p = points.get(i);
      rows.add(line("pr", i, p.recall(), p.precision(), p.threshold()));
      rows.add(line("roc", i, p.falsePositiveRate(), p.recall(), p.threshold()));
    }
    rows.sort(null);
    return rows;
  }

  private static List<String> curve(Workspace workspace, String split, String name) {
    return workspace
        .read(CurvesTable.SPEC)
        .filter("split = '" + split + "' and class = '" + name + "'")
        .collectAsList()
        .stream()
        .map(r -> line(r.getString(3), r.getInt(4), r.getDouble(5), r.getDouble(6), r.getDouble(7)))
        .sorted()
        .toList();
  }

  private static String line(String curve, int point, double x, double y, double threshold) {
    return curve + " " + point + " " + x + " " + y + " " + threshold;
  }

  private static Double value(
      Map<String, Optional<Double>> figures,
      String split,
      String slice,
      String value,
      String name,
      String metric) {
    return figures.get(String.join("|", split, slice, value, name, metric)).orElse(null);
  }

  private static Map<String, Optional<Double>> figures(Workspace workspace) {
    return workspace.read(MetricsTable.SPEC).collectAsList().stream()
        .collect(
            Collectors.toMap(
                row ->
                    String.join(
                        "|",
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5)),
                row -> row.isNullAt(6) ? Optional.empty() : Optional.of(row.getDouble(6))));
  }

  private static void compare(
      Map<String, Optional<Double>> figures,
      String split,
      String slice,
      String sliceValue,
      ClassificationEvaluator book) {
    Evaluation expected = book.evaluation();
    for (Metric metric : Metric.values()) {
      Double actual = value(figures, split, slice, sliceValue, "(all)", metric.label());
      if (metric == Metric.LOG_LOSS) {
        // Decimals there, binary fixed point here.
        assertThat(actual).isCloseTo(expected.value(metric), within(1e-12));
      } else {
        assertThat(actual).as(metric.label()).isEqualTo(expected.value(metric));
      }
    }
    for (ClassMetric metric : ClassMetric.values()) {
      for (int c = 0; c < 3; c++) {
        assertThat(value(figures, split, slice, sliceValue, CLASSES.get(c), metric.label()))
            .as(metric.label())
            .isEqualTo(expected.value(metric, c));
      }
    }
  }
}
