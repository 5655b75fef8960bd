package org.sparkvit.pipeline.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.metrics.SklearnFixtures;
import org.sparkvit.tracking.MlflowOptions;

/**
 * The tables against scikit-learn: each of its cases is a value of a slice column, and each number
 * of classes a model.
 */
class SklearnOnSparkTest extends SparkTest {
  @Test
  void everyFigureOfEverySliceEqualsScikitLearn(@TempDir Path folder) {
    TestTables tables = new TestTables();
    List<SklearnFixtures.Case> cases =
        SklearnFixtures.cases().stream().filter(c -> c.classes() == 2 || c.classes() == 5).toList();
    cases.stream()
        .map(SklearnFixtures.Case::classes)
        .distinct()
        .forEach(k -> tables.model("m" + k, names(k)));
    for (SklearnFixtures.Case fixture : cases) {
      for (int i = 0; i < fixture.labels().size(); i++) {
        String image = fixture + "/" + i;
        tables.image(image, "c" + fixture.labels().get(i), null, fixture.toString(), null);
        tables.prediction(
            image,
            "m" + fixture.classes(),
            "c" + fixture.predicted().get(i),
            fixture.probabilities().get(i));
      }
    }
    Workspace workspace = tables.write(spark, folder.toUri().toString(), 3);
    new EvaluateStage()
        .run(
            spark,
            new EvaluateConfig(
                workspace.uri(),
                Optional.empty(),
                List.of("source"),
                Optional.empty(),
                50,
                0,
                false,
                MlflowOptions.DEFAULT),
            Progress.SILENT);

    Map<String, Double> figures = new HashMap<>();
    for (Row row : workspace.read(MetricsTable.SPEC).filter("slice = 'source'").collectAsList()) {
      figures.put(
          String.join("|", row.getString(0), row.getString(3), row.getString(4), row.getString(5)),
          row.isNullAt(6) ? Double.NaN : row.getDouble(6));
    }
    Map<String, Long> cells = new HashMap<>();
    for (Row row : workspace.read(ConfusionTable.SPEC).filter("slice = 'source'").collectAsList()) {
      cells.put(row.getString(3) + "|" + row.getString(4) + "|" + row.getString(5), row.getLong(6));
    }
    for (SklearnFixtures.Case fixture : cases) {
      String region = "m" + fixture.classes() + "|" + fixture + "|";
      assertThat(figures.get(region + "(all)|images")).isEqualTo(fixture.labels().size());
      for (Metric metric : Metric.values()) {
        check(figures, region + "(all)|" + metric.label(), fixture.expected(metric));
      }
      for (int c = 0; c < fixture.classes(); c++) {
        for (ClassMetric metric : ClassMetric.values()) {
          check(figures, region + "c" + c + "|" + metric.label(), fixture.expected(metric, c));
        }
        for (int p = 0; p < fixture.classes(); p++) {
          assertThat(cells.getOrDefault(fixture + "|c" + c + "|c" + p, 0L))
              .isEqualTo(fixture.expected().get("confusion").get(c).get(p).longValue());
        }
      }
      String other = (fixture.classes() == 2 ? "m5" : "m2") + "|" + fixture + "|(all)|";
      assertThat(figures.get(other + "unscored")).isEqualTo(fixture.labels().size());
      assertThat(figures.get(other + "accuracy")).isNaN();
    }
  }

  private static void check(Map<String, Double> figures, String key, double expected) {
    Double actual = figures.get(key);
    assertThat(actual).as(key).isNotNull();
    if (Double.isNaN(expected)) {
      assertThat(actual).as(key).isNaN();
    } else {
      assertThat(actual).as(key).isCloseTo(expected, within(1e-9));
    }
  }

  private static List<String> names(int classes) {
    return IntStream.range(0, classes).mapToObj(c -> "c" + c).toList();
  }
}
