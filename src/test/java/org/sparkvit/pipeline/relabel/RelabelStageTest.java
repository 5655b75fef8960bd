package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.DataException;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.IsotonicScaling;
import org.sparkvit.stats.metrics.PlattScaling;

class RelabelStageTest extends SparkTest {
  @TempDir private Path folder;

  private final RelabelTables tables = new RelabelTables();
  private final Map<Integer, Workspace> written = new HashMap<>();
  private final List<String> said = new ArrayList<>();

  private Optional<String> model = Optional.empty();
  private double minConfidence = 0.9;
  private Map<String, Double> floors = Map.of();
  private boolean calibrated;
  private double minMargin = 0;
  private double reviewConfidence = 0.5;
  private List<String> protectedSplits = List.of("validation", "test");
  private double maxChangeRate = 1;
  private Optional<List<String>> slices = Optional.empty();
  private long reviewLimit = 100;
  private boolean overwrite;
  private boolean dryRun;
  private Optional<String> revert = Optional.empty();

  private RelabelConfig config(String workspace) {
    return new RelabelConfig(
        workspace,
        model,
        calibrated,
        minConfidence,
        floors,
        minMargin,
        reviewConfidence,
        protectedSplits,
        maxChangeRate,
        slices,
        reviewLimit,
        overwrite,
        dryRun,
        true,
        revert);
  }

  private Workspace run() {
    return run(2);
  }

  /** Runs the stage; the first run with as many partitions writes the tables. */
  private Workspace run(int partitions) {
    Workspace workspace =
        written.computeIfAbsent(
            partitions, n -> tables.write(spark, folder.resolve("w" + n).toString(), n));
    new RelabelStage().run(spark, config(workspace.uri()), said::add);
    return workspace;
  }

  /** "decision reason new_label" by the image's name. */
  private static Map<String, String> decisions(Workspace workspace) {
    Map<String, String> decisions = new TreeMap<>();
    for (Row row : workspace.read(RelabelsTable.SPEC).collectAsList()) {
      String name = row.<String>getAs(RelabelsTable.PATH).replaceFirst(".*/", "");
      decisions.put(
          name,
          row.getAs(RelabelsTable.DECISION)
              + " "
              + row.getAs(RelabelsTable.REASON)
              + " "
              + row.getAs(RelabelsTable.NEW_LABEL));
    }
    return decisions;
  }

  private static Map<String, String> labels(Workspace workspace) {
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> now =
        workspace.has(DecisionsTable.SPEC)
            ? new LabelDecisions(images, workspace.read(DecisionsTable.SPEC)).current()
            : images;
    Map<String, String> labels = new TreeMap<>();
    now.select(ImagesTable.ID, ImagesTable.LABEL)
        .collectAsList()
        .forEach(row -> labels.put(row.getString(0), row.getString(1)));
    return labels;
  }

  @Test
  void changesAreDecisionsThatCountAtOnceAndCanBeTakenBack() {
    tables.image("a", "cat", null, 0, 1, 0);
    tables.image("b", "cat", null, 1, 0, 0);
    tables.image("c", null, null, 0, 1, 0);
    dryRun = true;
    Workspace workspace = run();
    assertThat(workspace.has(RelabelsTable.SPEC)).isFalse();
    assertThat(workspace.has(DecisionsTable.SPEC)).isFalse();
    Map<String, String> before = labels(workspace);
    dryRun = false;
    workspace = run();
    String run = workspace.record(RelabelsTable.SPEC).path("run").asText();
    Map<String, String> after = labels(workspace);
    assertThat(workspace.read(DecisionsTable.SPEC).count()).isEqualTo(2);
    assertThat(after).isNotEqualTo(before);
    assertThat(after.values()).containsExactlyInAnyOrder("dog", "cat", "dog");
    overwrite = true;
    new RelabelStage().run(spark, config(workspace.uri()), said::add);
    assertThat(workspace.read(RelabelsTable.SPEC).where(col("decision").equalTo("change")).count())
        .as("the labels of now are what a second run goes by")
        .isZero();
    assertThat(said)
        .filteredOn(line -> line.contains("--revert"))
        .singleElement()
        .asString()
        .contains(run);
    revert = Optional.of(run);
    new RelabelStage().run(spark, config(workspace.uri()), said::add);
    assertThat(labels(workspace)).isEqualTo(before);
    assertThat(said).anyMatch(line -> line.contains("2 decisions of run " + run));
  }

  @Test
  void mendedProbabilitiesDecide() {
    float[] surely = {0.02f, 0.96f, 0.02f};
    tables.image("sure", "cat", "train", surely);
    assertThat(decisions(run())).containsEntry("sure", "change confident dog");
    Workspace workspace = Workspace.at(spark, folder.resolve("w2").toString());
    revert = Optional.of(workspace.record(RelabelsTable.SPEC).path("run").asText());
    new RelabelStage().run(spark, config(workspace.uri()), said::add);
    revert = Optional.empty();
    calibrated = true;
    overwrite = true;
    assertThatThrownBy(() -> new RelabelStage().run(spark, config(workspace.uri()), said::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("calibrat");
    Calibration temperature = new Calibration(2, List.of(0.0, -0.5, 0.5));
    calibrations(workspace, "temperature", temperature, null, null, null, null);
    float confidence = confidence(workspace);
    assertThat(confidence).isEqualTo(temperature.apply(surely)[1]).isLessThan(0.8f);
    assertThat(decisions(workspace)).containsEntry("sure", "review below_floor cat");

    List<Double> slopes = List.of(1.0, 0.5, 0.75);
    List<Double> intercepts = List.of(0.1, 0.2, 0.3);
    List<ClassCalibration> lines = new ArrayList<>();
    List<ClassCalibration> steps = new ArrayList<>();
    List<List<Double>> from = List.of(List.of(0.1, 0.9), List.of(0.5, 0.98), List.of(0.25));
    List<List<Double>> to = List.of(List.of(0.2, 0.7), List.of(0.1, 0.9), List.of(0.0625));
    for (int c = 0; c < 3; c++) {
      lines.add(new PlattScaling(slopes.get(c), intercepts.get(c)));
      steps.add(new IsotonicScaling(from.get(c), to.get(c)));
    }
    List<Double> shift = List.of(0.0, 0.0, 0.5);
    Calibration platt = new Calibration(1, shift, lines);
    calibrations(workspace, "platt", platt, slopes, intercepts, null, null);
    assertThat(confidence(workspace)).isEqualTo(platt.apply(surely)[1]);
    Calibration isotonic = new Calibration(1, shift, steps);
    calibrations(workspace, "isotonic", isotonic, null, null, from, to);
    assertThat(confidence(workspace)).isEqualTo(isotonic.apply(surely)[1]);
  }

  private float confidence(Workspace workspace) {
    new RelabelStage().run(spark, config(workspace.uri()), said::add);
    return workspace.read(RelabelsTable.SPEC).first().getAs(RelabelsTable.CONFIDENCE);
  }

  private void calibrations(
      Workspace workspace,
      String method,
      Calibration calibration,
      List<Double> slopes,
      List<Double> intercepts,
      List<List<Double>> from,
      List<List<Double>> to) {
    Object[] cells = new Object[CalibrationsTable.SPEC.schema().size()];
    Arrays.fill(cells, 1.0);
    List<Object> first =
        Arrays.asList(
            RelabelTables.MODEL,
            method,
            calibration.temperature(),
            calibration.shift(),
            slopes,
            intercepts,
            from,
            to,
            "test",
            1L);
    for (int i = 0; i < first.size(); i++) {
      cells[i] = first.get(i);
    }
    workspace.replace(
        CalibrationsTable.SPEC,
        spark.createDataFrame(List.of(RowFactory.create(cells)), CalibrationsTable.SPEC.schema()),
        RunRecord.start("calibrate", Map.of()));
  }

  @Test
  void everyReasonHasItsCase() {
    tables.image("agrees", "cat", "train", 0.6f, 0.4f, 0);
    tables.image("agrees-barely", "cat", "train", 0.34f, 0.33f, 0.33f);
    tables.image("at-floor", "cat", "train", 0.05f, 0.9f, 0.05f);
    tables.image("under-floor", "cat", "train", 0.05f, 0.899f, 0.051f);
    tables.image("at-review", "cat", "train", 0.3f, 0.5f, 0.2f);
    tables.image("unsure", "cat", "train", 0.31f, 0.49f, 0.2f);
    tables.image("in-test", "cat", "test", 0, 0.99f, 0.01f);
    tables.image("in-validation", "cat", "validation", 0, 0.99f, 0.01f);
    tables.image("in-test-low", "cat", "test", 0.1f, 0.8f, 0.1f);
    tables.image("in-no-split", "cat", null, 0, 0.99f, 0.01f);
    tables.image("new", null, null, 0, 0, 1);
    tables.image("new-low", null, null, 0.1f, 0.3f, 0.6f);
    tables.image("new-lowest", null, null, 0.3f, 0.3f, 0.4f);
    tables.image("horse", "horse", "train", 0, 0.99f, 0.01f);
    tables.image("unscored", "cat", "train");
    tables.unscored("changed", "cat", "train", null, "OK");
    tables.said(RelabelTables.MODEL, "changed", "other content", 1, 0, 1, 0);
    tables.unscored("failed", "cat", "train", null, "OK");
    tables.said(RelabelTables.MODEL, "failed", RelabelTables.sha256("failed"), 1);

    assertThat(decisions(run()))
        .containsOnly(
            Map.entry("agrees", "keep agrees cat"),
            Map.entry("agrees-barely", "keep agrees cat"),
            Map.entry("at-floor", "change confident dog"),
            Map.entry("under-floor", "review below_floor cat"),
            Map.entry("at-review", "review below_floor cat"),
            Map.entry("unsure", "keep unsure cat"),
            Map.entry("in-test", "review protected_split cat"),
            Map.entry("in-validation", "review protected_split cat"),
            Map.entry("in-test-low", "review below_floor cat"),
            Map.entry("in-no-split", "change confident dog"),
            Map.entry("new", "change newly_labelled bird"),
            Map.entry("new-low", "review unlabelled null"),
            Map.entry("new-lowest", "review unlabelled null"),
            Map.entry("horse", "keep unknown_label horse"),
            Map.entry("unscored", "keep no_prediction cat"),
            Map.entry("changed", "keep no_prediction cat"),
            Map.entry("failed", "keep failed cat"));
    assertThat(said)
        .anyMatch(line -> line.contains("of 17 images 2 change their label, 1 without one get one"))
        .anyMatch(line -> line.contains("cat -> dog: 2"))
        .anyMatch(line -> line.contains("3 of 17 usable images have no prediction"))
        .anyMatch(line -> line.contains("1 images have labels that the model does not know"));
  }

  @Test
  void figuresOfARow() {
    tables.image("a", "cat", "train", 0.25f, 0.625f, 0.125f);
    tables.image("new", null, null, 0.25f, 0.625f, 0.125f);
    tables.image("horse", "horse", null, 0.25f, 0.625f, 0.125f);
    tables.image("unscored", "cat", "test");
    Dataset<Row> rows = run().read(RelabelsTable.SPEC);
    assertThat(
            rows.select("path", "predicted", "confidence", "margin", "value", "split", "model")
                .orderBy("path")
                .collectAsList())
        .extracting(row -> row.mkString("|"))
        .containsExactly(
            "file:/x/data/a|dog|0.625|0.375|0.75|train|abc123",
            "file:/x/data/horse|dog|0.625|0.375|null|null|abc123",
            "file:/x/data/new|dog|0.625|0.375|0.375|null|abc123",
            "file:/x/data/unscored|null|null|null|null|test|abc123");
  }

  @Test
  void floorsOfClassesAndTheMarginHoldToo() {
    floors = Map.of("dog", 0.97, "bird", 0.6);
    minMargin = 0.3;
    reviewConfidence = 0.5;
    tables.image("dog-low", "cat", null, 0.04f, 0.96f, 0);
    tables.image("dog-high", "cat", null, 0.03f, 0.97f, 0);
    tables.image("bird", "cat", null, 0.25f, 0.125f, 0.625f);
    tables.image("bird-close", "cat", null, 0.375f, 0, 0.625f);
    tables.image("cat", "dog", null, 0.92f, 0.08f, 0);
    assertThat(decisions(run()))
        .containsOnly(
            Map.entry("dog-low", "review below_floor cat"),
            Map.entry("dog-high", "change confident dog"),
            Map.entry("bird", "change confident bird"),
            Map.entry("bird-close", "review small_margin cat"),
            Map.entry("cat", "change confident cat"));
  }

  @Test
  void aSplitThatTheCatalogNamesIsProtectedWithoutATableOfSplits() {
    tables.unscored("t", "cat", null, "test", "OK");
    tables.said(RelabelTables.MODEL, "t", RelabelTables.sha256("t"), 1, 0, 1, 0);
    tables.unscored("u", null, null, "test", "OK");
    tables.said(RelabelTables.MODEL, "u", RelabelTables.sha256("u"), 1, 0, 1, 0);
    tables.image("free", "cat", null, 0, 1, 0);
    Map<String, String> decisions = decisions(run());
    assertThat(decisions)
        .containsEntry("t", "review protected_split cat")
        .containsEntry("u", "review protected_split null")
        .containsEntry("free", "change confident dog");
    protectedSplits = List.of();
    overwrite = true;
    assertThat(decisions(run()))
        .containsEntry("t", "change confident dog")
        .containsEntry("u", "change newly_labelled dog");
  }

  @Test
  void tooManyChangesPublishNothing() {
    for (int i = 0; i < 10; i++) {
      tables.image("right-" + i, "cat", "train", 1, 0, 0);
    }
    tables.image("wrong-1", "cat", "train", 0, 1, 0);
    tables.image("wrong-2", "bird", "train", 0, 1, 0);
    tables.image("wrong-3", "bird", "train", 0, 1, 0);
    // None of these counts: not scored, in a protected split, without a label, unknown.
    tables.image("unscored", "cat", "train");
    tables.image("test", "cat", "test", 0, 1, 0);
    tables.image("new", null, null, 0, 1, 0);
    tables.image("horse", "horse", "train", 0, 1, 0);
    maxChangeRate = 3.0 / 13 - 1e-9;
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("3 labels would change")
        .hasMessageContaining("23.08 % of the 13 labels that could")
        .hasMessageContaining("bird -> dog: 2, cat -> dog: 1")
        .hasMessageContaining("--max-change-rate")
        .hasMessageContaining("nothing was published");
    Workspace workspace = Workspace.at(spark, folder.resolve("w2").toString());
    assertThat(workspace.has(RelabelsTable.SPEC)).isFalse();
    assertThat(folder.resolve("w2/relabels")).doesNotExist();
    assertThat(folder.resolve("w2/review")).doesNotExist();
    assertThat(folder.resolve("w2/exports")).doesNotExist();

    maxChangeRate = 3.0 / 13;
    assertThat(decisions(run())).containsEntry("wrong-2", "change confident dog");
  }

  @Test
  void theSummaryCountsEveryImageOnceInEachSlice() {
    tables.image("a1", "cat", null, 0, 1, 0);
    tables.image("a2", "cat", null, 0, 1, 0);
    tables.image("b1", "cat", null, 0, 1, 0);
    tables.image("b22", "cat", null, 1, 0, 0);
    tables.image("c22", "cat", null);
    Dataset<Row> summary = run().read(RelabelSummaryTable.SPEC);
    assertThat(
            summary
                .select(
                    "slice",
                    "slice_value",
                    "old_label",
                    "predicted",
                    "new_label",
                    "decision",
                    "reason",
                    "images")
                .filter(col("slice").notEqual("name"))
                .collectAsList())
        .extracting(row -> row.mkString("|"))
        .containsExactlyInAnyOrder(
            "(all)|(all)|cat|dog|dog|change|confident|3",
            "(all)|(all)|cat|cat|cat|keep|agrees|1",
            "(all)|(all)|cat|null|cat|keep|no_prediction|1",
            "kind|a|cat|dog|dog|change|confident|2",
            "kind|b|cat|dog|dog|change|confident|1",
            "kind|b|cat|cat|cat|keep|agrees|1",
            "kind|c|cat|null|cat|keep|no_prediction|1",
            "year taken|2|cat|dog|dog|change|confident|3",
            "year taken|3|cat|cat|cat|keep|agrees|1",
            "year taken|3|cat|null|cat|keep|no_prediction|1");
    slices = Optional.of(List.of());
    overwrite = true;
    assertThat(run().read(RelabelSummaryTable.SPEC).count()).isEqualTo(3);
    slices = Optional.of(List.of("colour"));
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("colour")
        .hasMessageContaining("kind");
  }

  @Test
  void theReviewQueueIsSortedByValueAndLimited() throws IOException {
    reviewLimit = 3;
    tables.image("b", "cat", null, 0.25f, 0.75f, 0);
    tables.image("d, \"x\" ", "cat", "test", 0, 1, 0);
    tables.image("c", "cat", null, 0.25f, 0.75f, 0);
    tables.image("new", null, null, 0.25f, 0.75f, 0);
    tables.image("a", "cat", null, 0.125f, 0.75f, 0.125f);
    tables.image("kept", "cat", null, 1, 0, 0);
    Workspace workspace = run(3);
    List<Row> queue = workspace.read(ReviewTable.SPEC).orderBy(ReviewTable.RANK).collectAsList();
    assertThat(queue).extracting(row -> row.getLong(0)).containsExactly(1L, 2L, 3L);
    assertThat(queue)
        .extracting(row -> row.<Float>getAs(RelabelsTable.VALUE))
        .containsExactly(1f, 0.875f, 0.75f);
    assertThat(said).anyMatch(line -> line.contains("the 3 most worthwhile of 5"));

    Path csv = export(workspace).resolve("review.csv");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("rank,id,path,old_label,predicted,confidence");
    assertThat(lines.get(1))
        .startsWith("1,")
        .contains("\"file:/x/data/d, \"\"x\"\" \",cat,dog,1.0,1.0,protected_split,1.0,test");
    assertThat(lines.get(2)).contains("file:/x/data/a,cat,dog,0.75");
    assertThat(csv.resolveSibling("_review")).doesNotExist();
  }

  @Test
  void labelsThatASpreadsheetWouldRunAreTextInTheReviewFileAndComeBackFromIt() throws IOException {
    List<String> labels =
        List.of(
            "=cmd|' /C calc'!A0", "+1", "-1", "@sum(1,2)", "'=x", "\t=1", "\r=1", "'tis", "a=b");
    tables.model("def456", labels);
    for (int i = 0; i < labels.size(); i++) {
      String name = "=" + i + ".png";
      tables.unscored(name, labels.get(i), "test", null, "OK");
      float[] next = new float[labels.size()];
      next[(i + 1) % next.length] = 1;
      tables.said("def456", name, RelabelTables.sha256(name), 1, next);
    }
    Workspace workspace = run(2);
    Path csv = export(workspace).resolve("review.csv");
    Dataset<Row> cells =
        spark
            .read()
            .options(Map.of("header", "true", "multiLine", "true", "escape", "\"", "lineSep", "\n"))
            .csv(csv.toString());
    assertThat(cells.columns()).noneMatch(name -> name.matches("(?s)[=+\\-@\t\r].*"));
    List<String> read = new ArrayList<>();
    for (Row row : cells.orderBy(col("rank").cast("int")).collectAsList()) {
      for (int i = 0; i < row.length(); i++) {
        assertThat(row.getString(i)).doesNotMatch("(?s)[=+\\-@\t\r].*");
      }
      String label = row.getAs(RelabelsTable.OLD_LABEL);
      read.add(label.replaceFirst("^'(?='*[=+\\-@\t\r])", ""));
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(labels);
    assertThat(read)
        .isEqualTo(
            workspace.read(ReviewTable.SPEC).orderBy(ReviewTable.RANK).collectAsList().stream()
                .map(row -> row.<String>getAs(RelabelsTable.OLD_LABEL))
                .toList());
  }

  @Test
  void partitionsChangeNothing() {
    String[] labels = {"cat", "dog", "bird", null};
    for (int i = 0; i < 60; i++) {
      float p = (i % 10) / 10f;
      float q = (1 - p) * (i % 7) / 7f;
      tables.image(
          "i" + i, labels[i % 4], i % 3 == 0 && i % 4 != 3 ? "test" : null, p, q, 1 - p - q);
    }
    Workspace once = run(1);
    for (int partitions : new int[] {3, 7}) {
      Workspace again = run(partitions);
      for (TableSpec table :
          List.of(RelabelsTable.SPEC, RelabelSummaryTable.SPEC, ReviewTable.SPEC)) {
        assertThat(sorted(again.read(table))).as(table.name()).isEqualTo(sorted(once.read(table)));
      }
    }
    assertThat(once.read(ReviewTable.SPEC).count()).isGreaterThan(10);
  }

  private static List<String> sorted(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @Test
  void oneModelDecides() {
    tables.image("a", "cat", null, 0, 1, 0);
    tables.model("def456", RelabelTables.CLASSES);
    tables.said("def456", "a", RelabelTables.sha256("a"), 9, 0, 0, 1);
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2 models")
        .hasMessageContaining("--model")
        .hasMessageContaining("abc123, def456");
    model = Optional.of("of-def456");
    assertThat(decisions(run())).containsEntry("a", "change confident bird");
    model = Optional.of("abc");
    overwrite = true;
    assertThat(decisions(run())).containsEntry("a", "change confident dog");
    model = Optional.of("nobody");
    assertThatThrownBy(this::run).isInstanceOf(UserException.class).hasMessageContaining("nobody");
  }

  @Test
  void tablesOfOneRunStayTogether() {
    tables.image("a", "cat", null, 0, 1, 0);
    Workspace workspace = run();
    JsonNode record = workspace.record(RelabelsTable.SPEC);
    assertThat(workspace.record(RelabelSummaryTable.SPEC).path("run"))
        .isEqualTo(record.path("run"));
    assertThat(workspace.record(ReviewTable.SPEC).path("results"))
        .isEqualTo(record.path("results"));
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");
  }

  @Test
  void predictionsThatCannotBeAreRefused() {
    tables.image("a", "cat", null, 0, 1);
    assertThatThrownBy(this::run)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("probabilities");
    assertThat(folder.resolve("w2/exports")).doesNotExist();
  }

  @Test
  void withoutAnyPredictionOfThePresentContentThereIsNothingToDo() {
    tables.unscored("a", "cat", null, null, "OK");
    tables.said(RelabelTables.MODEL, "a", "old content", 1, 0, 1, 0);
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spark-vit score");
  }

  @Test
  void optionsHaveRanges() {
    minConfidence = 1.5;
    assertMistake("--min-confidence is 1.5");
    minConfidence = 0.9;
    reviewConfidence = 0.95;
    assertMistake("--review-confidence 0.95 is above");
    reviewConfidence = 0.5;
    minMargin = Double.NaN;
    assertMistake("--min-margin is NaN");
    minMargin = 0;
    floors = Map.of("dog", -0.1);
    assertMistake("--class-floor is -0.1");
    floors = Map.of();
    protectedSplits = List.of("holdout");
    assertMistake("holdout");
    protectedSplits = List.of();
    reviewLimit = -1;
    assertMistake("--review-limit is -1");
    reviewLimit = 1;
    slices = Optional.of(List.of("a", "a"));
    assertMistake("--slices");
    slices = Optional.empty();
    floors = Map.of("horse", 0.9);
    tables.image("a", "cat", null, 0, 1, 0);
    assertThatThrownBy(this::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("horse")
        .hasMessageContaining("bird");
  }

  private void assertMistake(String message) {
    assertThatThrownBy(() -> Options.check(config("w")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  private static Path export(Workspace workspace) throws IOException {
    try (Stream<Path> exports =
        Files.list(Path.of(java.net.URI.create(workspace.uri())).resolve("exports"))) {
      return exports.findFirst().orElseThrow();
    }
  }
}
