package org.sparkvit.pipeline.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.dataset.schema.ComparisonsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.tracking.MlflowOptions;

class ComparisonsTest extends SparkTest {
  private static final List<String> CLASSES = List.of("cat", "dog");

  @TempDir private Path folder;

  /** The second model is right a little more often; the first has not scored every image. */
  @Test
  void twoModelsAreComparedOnTheImagesOfBoth() {
    TestTables tables = new TestTables();
    tables.model("a", CLASSES);
    tables.model("b", CLASSES);
    tables.model("c", List.of("dog", "cat"));
    SplittableRandom random = new SplittableRandom(3);
    Map<String, ClassificationEvaluator> books =
        Map.of("a", new ClassificationEvaluator(2), "b", new ClassificationEvaluator(2));
    long onlyB = 0;
    long onlyA = 0;
    for (int i = 0; i < 400; i++) {
      String name = "i" + i;
      int label = random.nextInt(2);
      String split = i < 300 ? "test" : "train";
      tables.image(name, CLASSES.get(label), split, null, null);
      boolean[] right = {random.nextDouble() < 0.7, random.nextDouble() < 0.85};
      boolean both = i % 10 != 0;
      for (int m = both ? 0 : 1; m < 2; m++) {
        String model = m == 0 ? "a" : "b";
        float sure = 0.6f + 0.3f * (float) random.nextDouble();
        int said = right[m] ? label : 1 - label;
        float[] p = {said == 0 ? sure : 1 - sure, said == 0 ? 1 - sure : sure};
        tables.prediction(name, model, CLASSES.get(said), p);
        if (both && i < 300) {
          books.get(model).add(label, p);
        }
      }
      if (both && i < 300) {
        onlyA += right[0] && !right[1] ? 1 : 0;
        onlyB += right[1] && !right[0] ? 1 : 0;
      }
    }
    tables.prediction("i1", "c", "dog", 0.9f, 0.1f);
    Workspace workspace = tables.write(spark, folder.toUri().toString(), 3);
    new EvaluateStage()
        .run(
            spark,
            new EvaluateConfig(
                workspace.uri(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                200,
                0,
                false,
                MlflowOptions.DEFAULT),
            Progress.SILENT);
    Map<String, Row> rows = new HashMap<>();
    for (Row row : workspace.read(ComparisonsTable.SPEC).collectAsList()) {
      assertThat(row.<String>getAs("model")).isEqualTo("b");
      assertThat(row.<String>getAs("other")).isEqualTo("a");
      assertThat(row.<Long>getAs("n")).isEqualTo(270);
      rows.put(row.getAs("metric"), row);
    }
    assertThat(rows).hasSize(Metric.values().length);
    for (Metric metric : Metric.values()) {
      double a = books.get("a").evaluation().value(metric);
      double b = books.get("b").evaluation().value(metric);
      boolean ranking = metric.label().startsWith("roc") || metric.label().startsWith("average");
      double tolerance = ranking ? 0.01 : 1e-7;
      Row row = rows.get(metric.label());
      assertThat(row.<Double>getAs("value")).isCloseTo(b, within(tolerance));
      assertThat(row.<Double>getAs("other_value")).isCloseTo(a, within(tolerance));
      assertThat(row.<Double>getAs("difference")).isCloseTo(b - a, within(2 * tolerance));
      assertThat(row.<Double>getAs("difference"))
          .isBetween(row.<Double>getAs("low") - 1e-9, row.<Double>getAs("high") + 1e-9);
    }
    Row accuracy = rows.get("accuracy");
    assertThat(accuracy.<Long>getAs("only_model_right")).isEqualTo(onlyB);
    assertThat(accuracy.<Long>getAs("only_other_right")).isEqualTo(onlyA);
    assertThat(accuracy.<Double>getAs("low")).isPositive();
    assertThat(accuracy.<Double>getAs("p")).isLessThan(0.01);
    assertThat(rows.get("mcc").isNullAt(rows.get("mcc").fieldIndex("p"))).isTrue();
  }

  /** scipy: binomtest(10, 40).pvalue. */
  @Test
  void mcNemarsTestIsExact() {
    assertThat(Comparisons.mcNemar(0, 0)).isEqualTo(1);
    assertThat(Comparisons.mcNemar(5, 5)).isEqualTo(1);
    assertThat(Comparisons.mcNemar(1, 0)).isEqualTo(1);
    assertThat(Comparisons.mcNemar(10, 30)).isCloseTo(0.00222143, within(1e-8));
    assertThat(Comparisons.mcNemar(30, 10)).isCloseTo(0.00222143, within(1e-8));
  }
}
