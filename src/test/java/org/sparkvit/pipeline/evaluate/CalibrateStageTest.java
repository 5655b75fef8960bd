package org.sparkvit.pipeline.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.CalibrationFixtures;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.metrics.Objective;

class CalibrateStageTest extends SparkTest {
  private static final List<String> CLASSES = List.of("ordinary", "sensitive");

  @TempDir private static Path folder;

  /** The images of the test split, as every workspace has them. */
  private static final ClassificationEvaluator test = new ClassificationEvaluator(2);

  private static final List<float[]> tested = new ArrayList<>();
  private static final List<Integer> labels = new ArrayList<>();

  /** The same rows in one partition and in seven, and what calibrate makes of them as it is. */
  private static Workspace one;

  private static Workspace seven;
  private static List<List<Row>> calibrated;
  private static final List<String> said = new ArrayList<>();

  private String method = "temperature";
  private Optional<Double> prevalence = Optional.empty();

  @BeforeAll
  static void write() {
    one = workspace("one", 1, true);
    seven = workspace("seven", 7, true);
    calibrated =
        run(config(one, "temperature", Optional.empty(), Optional.empty(), false), said::add);
  }

  /** A model that is too sure of itself; a fifth of the images is sensitive. */
  private static Workspace workspace(String name, int partitions, boolean validation) {
    TestTables tables = new TestTables();
    tables.model("m", CLASSES);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 600; i++) {
      int label = random.nextInt(5) == 0 ? 1 : 0;
      double odds = 4 * (label - 0.5) + random.nextDouble(-7, 7);
      float p = (float) (1 / (1 + Math.exp(-odds)));
      float[] probabilities = {1 - p, p};
      String split = i % 3 == 0 ? "test" : i % 3 == 1 && validation ? "validation" : "train";
      tables.image("i" + i, CLASSES.get(label), split, null, null);
      tables.prediction("i" + i, "m", CLASSES.get(p > 0.5 ? 1 : 0), probabilities);
      if (split.equals("test") && tested.size() < 200) {
        tested.add(probabilities);
        labels.add(label);
        test.add(label, probabilities);
      }
    }
    // Neither a label that the model does not know nor an image without one matters.
    tables.image("x", "giraffe", "test", null, null);
    tables.prediction("x", "m", "ordinary", 0.9f, 0.1f);
    tables.image("y", null, "test", null, null);
    tables.prediction("y", "m", "ordinary", 0.9f, 0.1f);
    return tables.write(spark, folder.resolve(name).toString(), partitions);
  }

  private static CalibrateConfig config(
      Workspace workspace,
      String method,
      Optional<Double> prevalence,
      Optional<String> positive,
      boolean shift) {
    return new CalibrateConfig(
        workspace.uri(),
        Optional.empty(),
        method,
        positive,
        shift,
        new Objective.Terms(1, 0.9, 0.8, 10, 1),
        0.1,
        1000,
        prevalence,
        true);
  }

  private List<List<Row>> run(Workspace workspace, Optional<String> positive, boolean shift) {
    return run(config(workspace, method, prevalence, positive, shift), Progress.SILENT);
  }

  private static List<List<Row>> run(CalibrateConfig config, Progress progress) {
    new CalibrateStage().run(spark, config, progress);
    Workspace workspace = Workspace.at(spark, config.workspace());
    List<List<Row>> tables = new ArrayList<>();
    for (TableSpec table :
        List.of(CalibrationsTable.SPEC, ReliabilityTable.SPEC, ThresholdsTable.SPEC)) {
      tables.add(workspace.read(table).collectAsList());
    }
    return tables;
  }

  @Test
  void probabilitiesAreMendedAndThresholdsJudgedWhereTheyWereNotFitted() {
    List<List<Row>> tables = calibrated;
    Row row =
        tables.get(0).stream()
            .filter(r -> r.getAs("split").equals("test"))
            .findFirst()
            .orElseThrow();
    double temperature = row.getAs("temperature");
    assertThat(temperature).isBetween(1.2, 10.0);
    Calibration calibration = new Calibration(temperature, List.of(0.0, 0.0));
    ClassificationEvaluator mended = new ClassificationEvaluator(2);
    for (int i = 0; i < tested.size(); i++) {
      mended.add(labels.get(i), calibration.apply(tested.get(i)));
    }
    assertThat(row.<Long>getAs("images")).isEqualTo(200);
    Map<String, Metric> metrics =
        Map.of("log_loss", Metric.LOG_LOSS, "brier", Metric.BRIER, "ece", Metric.ECE);
    metrics.forEach(
        (name, metric) -> {
          assertThat(row.<Double>getAs(name))
              .isCloseTo(test.evaluation().value(metric), within(1e-8));
          assertThat(row.<Double>getAs(name + "_after"))
              .isCloseTo(mended.evaluation().value(metric), within(1e-8));
        });
    assertThat(row.<Double>getAs("log_loss_after")).isLessThan(row.<Double>getAs("log_loss"));
    assertThat(row.<Double>getAs("ece_after")).isLessThan(row.<Double>getAs("ece"));
    assertThat(tables.get(1)).hasSize(2 * 2 * 2 * 15);

    List<Row> thresholds = tables.get(2);
    assertThat(thresholds).hasSize(2 * (Objective.values().length + 1));
    assertThat(thresholds).allMatch(r -> r.getAs("class").equals("sensitive"));
    for (Row each : thresholds) {
      if (each.getAs("split").equals("test")) {
        check(each, calibration);
      }
    }
    assertThat(said).anyMatch(line -> line.contains("of 1,000 images a day"));
  }

  @Test
  void whereTheClassIsRarerFewerAreFlaggedAndFewerOfThemRightly() {
    Row own = ofCost(calibrated);
    double share = own.<Long>getAs("positives") / (double) own.<Long>getAs("images");
    assertThat(own.<Double>getAs("lift"))
        .isCloseTo(own.<Double>getAs("precision") / share, within(1e-12));
    assertThat(own.<Double>getAs("expected_flagged"))
        .isCloseTo(own.<Long>getAs("flagged") / 200.0, within(1e-12));
    assertThat(own.<Double>getAs("expected_precision"))
        .isCloseTo(own.<Double>getAs("precision"), within(1e-12));
    prevalence = Optional.of(0.01);
    Row rare = ofCost(run(one, Optional.empty(), false));
    double alarms =
        (rare.<Long>getAs("flagged") - rare.<Long>getAs("true_positives"))
            / (double) (rare.<Long>getAs("images") - rare.<Long>getAs("positives"));
    double flagged = 0.01 * rare.<Double>getAs("recall") + 0.99 * alarms;
    assertThat(rare.<Double>getAs("expected_flagged")).isCloseTo(flagged, within(1e-12));
    assertThat(rare.<Double>getAs("expected_precision"))
        .isCloseTo(0.01 * rare.<Double>getAs("recall") / flagged, within(1e-12))
        .isLessThan(own.<Double>getAs("expected_precision"));
    prevalence = Optional.of(1.5);
    assertThatThrownBy(() -> run(one, Optional.empty(), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--prevalence");
  }

  private static Row ofCost(List<List<Row>> tables) {
    return tables.get(2).stream()
        .filter(row -> row.getAs("objective").equals("cost") && row.getAs("split").equals("test"))
        .findFirst()
        .orElseThrow();
  }

  private void check(Row row, Calibration calibration) {
    double threshold = row.getAs("threshold");
    Double lower = row.getAs("lower");
    long flagged = 0;
    long right = 0;
    long reviewed = 0;
    for (int i = 0; i < tested.size(); i++) {
      double score = calibration.apply(tested.get(i))[1];
      flagged += score >= threshold ? 1 : 0;
      right += score >= threshold && labels.get(i) == 1 ? 1 : 0;
      reviewed += lower != null && score < threshold && score >= lower ? 1 : 0;
    }
    assertThat(row.<Long>getAs("flagged")).isEqualTo(flagged);
    assertThat(row.<Long>getAs("true_positives")).isEqualTo(right);
    assertThat(row.<Long>getAs("reviewed")).isEqualTo(reviewed);
    long positives = labels.stream().filter(label -> label == 1).count();
    assertThat(row.<Long>getAs("positives")).isEqualTo(positives);
    assertThat(row.<Double>getAs("recall")).isCloseTo((double) right / positives, within(1e-12));
    assertThat(row.<Double>getAs("recall"))
        .isBetween(row.<Double>getAs("recall_low"), row.<Double>getAs("recall_high"));
  }

  @Test
  void partitionsChangeNothing() {
    assertThat(run(seven, Optional.of("ordinary"), false))
        .isEqualTo(run(one, Optional.of("ordinary"), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"platt", "isotonic"})
  void curvesOfEachClassMendProbabilities(String curves) {
    method = curves;
    List<List<Row>> tables = run(one, Optional.empty(), false);
    Row row =
        tables.get(0).stream()
            .filter(r -> r.getAs("split").equals("test"))
            .findFirst()
            .orElseThrow();
    assertThat(row.<String>getAs("method")).isEqualTo(curves);
    assertThat(row.<Double>getAs("temperature")).isEqualTo(1);
    assertThat(row.<Double>getAs("log_loss_after")).isLessThan(row.<Double>getAs("log_loss"));
    for (String figure : List.of("ece", "ece_equal_mass", "brier_reliability")) {
      assertThat(row.<Double>getAs(figure + "_after")).isLessThan(row.<Double>getAs(figure));
    }
    assertThat(row.isNullAt(row.fieldIndex("slopes"))).isEqualTo(!curves.equals("platt"));
    assertThat(row.isNullAt(row.fieldIndex("curve_to"))).isEqualTo(!curves.equals("isotonic"));
    if (curves.equals("platt")) {
      // Of two classes one curve is the other's mirror image.
      List<Double> slopes = row.getList(row.fieldIndex("slopes"));
      List<Double> intercepts = row.getList(row.fieldIndex("intercepts"));
      assertThat(slopes.get(0)).isCloseTo(slopes.get(1), within(1e-4)).isBetween(0.1, 0.9);
      assertThat(intercepts.get(0)).isCloseTo(-intercepts.get(1), within(1e-4));
    }
    assertThat(run(seven, Optional.empty(), false)).isEqualTo(tables);
  }

  @Test
  void isotonicCurvesAreScikitLearns() {
    List<CalibrationFixtures.Case> fixtures = fixtures();
    TestTables tables = new TestTables();
    for (int f = 0; f < fixtures.size(); f++) {
      CalibrationFixtures.Case fixture = fixtures.get(f);
      tables.model("m" + f, CLASSES);
      for (int i = 0; i < fixture.scores().length; i++) {
        String id = f + "-" + i;
        float p = (float) fixture.scores()[i];
        tables.image(id, CLASSES.get((int) fixture.labels()[i]), "validation", null, null);
        tables.prediction(id, "m" + f, CLASSES.get(p > 0.5 ? 1 : 0), 1 - p, p);
      }
    }
    Workspace workspace = tables.write(spark, folder.resolve("isotonic").toString(), 3);
    for (int f = 0; f < fixtures.size(); f++) {
      String model = "m" + f;
      Dataset<Row> scored =
          ScoredImages.join(
              workspace.read(ImagesTable.SPEC),
              Optional.of(workspace.read(SplitsTable.SPEC)),
              workspace.read(PredictionsTable.SPEC),
              ModelClasses.find(
                  workspace, workspace.read(PredictionsTable.SPEC), Optional.of(model)));
      CalibrationFixtures.Case fixture = fixtures.get(f);
      ClassCalibration curve =
          LabelledPredictions.of(scored, model, 2)
              .isotonic(spark, "validation", List.of(1), fixture.labels().length)
              .get(0);
      double[] asked = fixture.numbers("asked");
      double[] expected = fixture.numbers("isotonic");
      for (int i = 0; i < asked.length; i++) {
        assertThat(curve.apply(asked[i])).as(model).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  /** Small and large, with ties and without, overlapping and apart. */
  private static List<CalibrationFixtures.Case> fixtures() {
    List<CalibrationFixtures.Case> all = CalibrationFixtures.cases();
    return List.of(all.get(0), all.get(3), all.get(6), all.get(10));
  }

  @Test
  void aClassWithoutValidationImagesHasNoCurve() {
    TestTables tables = new TestTables();
    tables.model("m", List.of("ordinary", "sensitive", "other"));
    for (int i = 0; i < 20; i++) {
      tables.image("i" + i, CLASSES.get(i % 2), "validation", null, null);
      tables.prediction("i" + i, "m", "ordinary", 0.5f, 0.4f, 0.1f);
    }
    Workspace workspace = tables.write(spark, folder.resolve("three").toString(), 1);
    method = "platt";
    assertThatThrownBy(() -> run(workspace, Optional.empty(), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no scored image of class 'other'")
        .hasMessageContaining("--method temperature");
    method = "beta";
    assertThatThrownBy(() -> run(workspace, Optional.empty(), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--method is 'beta'");
  }

  @Test
  void whatThePlanShowsMoreOftenIsDiscountedUnlessThePlanIsOfOtherLabels() {
    Workspace workspace = workspace("planned", 2, true);
    plan(workspace, "label", "if(label = 'sensitive', 4, 1)");
    Row row = run(workspace, Optional.empty(), true).get(0).get(0);
    List<Double> shift = row.getList(row.fieldIndex("shift"));
    assertThat(shift.get(0) - shift.get(1)).isCloseTo(Math.log(4), within(1e-9));

    plan(workspace, "'sensitive'", "1");
    assertThatThrownBy(() -> run(workspace, Optional.empty(), true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the table 'plan' is not of the labels of now")
        .hasMessageContaining("spark-vit balance --overwrite");
  }

  private static void plan(Workspace workspace, String label, String copies) {
    Dataset<Row> train =
        workspace
            .read(SplitsTable.SPEC)
            .where("split = 'train'")
            .selectExpr("id", label + " as label", copies + " as copies", "1d as weight");
    workspace.replace(PlanTable.SPEC, train, RunRecord.start("balance", Map.of()));
  }

  @Test
  void mistakes() {
    Workspace workspace = workspace("without-validation", 2, false);
    assertThatThrownBy(() -> run(workspace, Optional.empty(), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no scored images of two classes in the validation split");
    assertThatThrownBy(
            () ->
                new CalibrateStage()
                    .run(
                        spark,
                        new CalibrateConfig(
                            "w",
                            Optional.empty(),
                            "temperature",
                            Optional.empty(),
                            false,
                            new Objective.Terms(1, 1.5, 0.8, 10, 1),
                            0.1,
                            0,
                            Optional.empty(),
                            true),
                        Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--recall-floor");
    assertThatThrownBy(() -> run(one, Optional.of("giraffe"), false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--positive 'giraffe'");
    assertThatThrownBy(() -> run(one, Optional.empty(), true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("balance");
  }
}
