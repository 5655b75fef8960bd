package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ChecksTable;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.HistoryTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.CurvePoint;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;

/** A workspace with drawn images, a made-up model and its figures, for tests. */
final class ReportWorkspace {
  private static final StructType IMAGES =
      ImagesTable.SPEC.schema().add("source", DataTypes.StringType);

  static final String MODEL = "ab12".repeat(16);

  /** Of that model, whose name is {@code vit}. */
  static final String VERSION = "20261101T080000000Z-0a1b2c3d";

  /** One image and what the model said. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(
      String id, String path, String label, String split, String source, float[] probabilities) {
    int predicted() {
      int best = 0;
      for (int c = 1; c < probabilities.length; c++) {
        best = probabilities[c] > probabilities[best] ? c : best;
      }
      return best;
    }
  }

  private static final scala.collection.Map<String, Double> CURVE =
      ScalaCells.map(Map.of("attention", 0.5, "rollout", 0.4, "gradient", 0.25, "random", 0.75));

  private final SparkSession spark;
  private final Path folder;
  private final List<String> labels;
  private final List<Sample> samples = new ArrayList<>();
  final Workspace workspace;

  private ReportWorkspace(SparkSession spark, Path folder, List<String> labels) {
    this.spark = spark;
    this.folder = folder;
    this.labels = labels;
    this.workspace = Workspace.at(spark, folder.resolve("workspace").toUri().toString());
  }

  /**
   * Draws images and makes up the model's answers.
   *
   * @param sizes images of each label
   * @param fileName the name of every file after its number
   */
  static ReportWorkspace draw(
      SparkSession spark, Path folder, List<String> labels, int[] sizes, String fileName)
      throws IOException {
    ReportWorkspace made = new ReportWorkspace(spark, folder, labels);
    Files.createDirectories(folder.resolve("images"));
    for (int c = 0; c < sizes.length; c++) {
      for (int i = 0; i < sizes[c]; i++) {
        made.add(c, i, fileName);
      }
    }
    return made;
  }

  private void add(int label, int number, String fileName) throws IOException {
    String id = StableHash.id(label + "/" + number);
    Path file = folder.resolve("images").resolve(label + "-" + number + fileName);
    BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(label / (float) labels.size(), .6f, .9f));
    graphics.fillRect(0, 0, 96, 64);
    graphics.setColor(Color.DARK_GRAY);
    graphics.fillOval(number % 60, number % 30, 30, 30);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());

    float[] probabilities = new float[labels.size()];
    double sum = 0;
    for (int c = 0; c < probabilities.length; c++) {
      double noise = uniform("logit" + c, id) + uniform("more" + c, id);
      probabilities[c] = (float) Math.exp(4 * noise + (c == label ? 3.5 : 0));
      sum += probabilities[c];
    }
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = (float) (probabilities[c] / sum);
    }
    double u = uniform("split", id);
    String split = u < .6 ? SplitsTable.TRAIN : u < .75 ? SplitsTable.VALIDATION : SplitsTable.TEST;
    String source = List.of("camera", "scan", "web <b>").get((int) (3 * uniform("source", id)));
    samples.add(new Sample(id, "file:" + file, labels.get(label), split, source, probabilities));
  }

  private static double uniform(String purpose, String id) {
    return StableHash.uniform(StableHash.hash64(7, purpose, id));
  }

  List<Sample> samples(Predicate<Sample> condition) {
    return samples.stream().filter(condition).toList();
  }

  /** The figures of some of the samples, by the mathematics that the pipeline uses. */
  ClassificationEvaluator book(Predicate<Sample> condition) {
    ClassificationEvaluator book = new ClassificationEvaluator(labels.size());
    samples(condition)
        .forEach(sample -> book.add(labels.indexOf(sample.label()), sample.probabilities()));
    return book;
  }

  /** The catalog: the samples, a copy of the first, and two files that cannot be read. */
  ReportWorkspace catalog(String reason) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Sample sample : samples) {
      long bytes = Files.size(Path.of(sample.path().substring("file:".length())));
      rows.add(
          image(sample.id(), sample.path(), sample.label(), bytes, "OK", null, sample.source()));
    }
    Row first = rows.get(0);
    rows.add(
        TableRow.image(IMAGES, StableHash.id("copy"), first.getString(1))
            .with(ImagesTable.LABEL, labels.get(1))
            .with(ImagesTable.BYTES, first.get(4))
            .with(ImagesTable.SHA256, first.get(7))
            .with(ImagesTable.WIDTH, 96)
            .with(ImagesTable.HEIGHT, 64)
            .with("source", "scan")
            .build());
    for (int i = 0; i < 2; i++) {
      rows.add(
          image(
              StableHash.id("bad" + i), folder + "/bad" + i, null, i, "TRUNCATED", reason, "web"));
    }
    put(ImagesTable.SPEC, IMAGES, rows, RunRecord.start("catalog", Map.of("input", "<b>here</b>")));
    return this;
  }

  private static Row image(
      String id,
      String path,
      String label,
      long bytes,
      String status,
      String reason,
      String source) {
    TableRow image =
        TableRow.image(IMAGES, id, path)
            .with(ImagesTable.LABEL, label)
            .with(ImagesTable.BYTES, bytes)
            .with("source", source);
    return (status.equals("OK")
            ? image
                .with(ImagesTable.SHA256, StableHash.sha256(id.getBytes(StandardCharsets.UTF_8)))
                .with(ImagesTable.WIDTH, 96)
                .with(ImagesTable.HEIGHT, 64)
            : image.unusable(status, reason))
        .build();
  }

  ReportWorkspace splits() {
    List<Row> rows = new ArrayList<>();
    samples.forEach(s -> rows.add(RowFactory.create(s.id(), s.label(), s.split(), null)));
    put(SplitsTable.SPEC, rows, "split");
    return this;
  }

  ReportWorkspace balance() {
    List<Row> rows = new ArrayList<>();
    for (String label : labels) {
      long n = samples(s -> s.label().equals(label) && s.split().equals(SplitsTable.TRAIN)).size();
      rows.add(RowFactory.create(label, n, n + 1, 100.0));
    }
    put(BalanceTable.SPEC, rows, "balance");
    return this;
  }

  ReportWorkspace predictions() {
    List<Row> rows = new ArrayList<>();
    Timestamp time = Timestamp.from(Instant.parse("2026-01-02T03:04:05Z"));
    for (Sample s : samples) {
      rows.add(
          TableRow.prediction(s.id(), s.path(), MODEL, labels.get(s.predicted()), s.probabilities())
              .with(PredictionsTable.LABEL, s.label())
              .with(
                  PredictionsTable.SHA256,
                  StableHash.sha256(s.id().getBytes(StandardCharsets.UTF_8)))
              .with(PredictionsTable.SCORED_AT, time)
              .build());
    }
    rows.add(
        TableRow.prediction(StableHash.id("bad0"), "bad0", MODEL, null)
            .with(PredictionsTable.STATUS, "TRUNCATED")
            .with(PredictionsTable.REASON, "short")
            .with(PredictionsTable.SCORED_AT, time)
            .build());
    put(PredictionsTable.SPEC, rows, "score");
    put(
        ModelsTable.SPEC,
        List.of(
            RowFactory.create("ff".repeat(32), "s3a://b/old", List.of("x"), new Timestamp(0)),
            RowFactory.create(
                MODEL, workspace.model("vit") + "/versions/" + VERSION, labels, time)),
        "score");
    return this;
  }

  /** Each image whose label is not predicted changes it, but those of the test split wait. */
  /** Two of a kind, the second worse, with a note that is no markup; one pair across splits. */
  ReportWorkspace findings(String note) {
    List<Row> findings = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Sample s = samples.get(i);
      findings.add(
          RowFactory.create(
              s.id(), s.path(), s.label(), "LOW_INFORMATION", 0.2 - 0.1 * i, 0.3, note, null));
    }
    Sample copy = samples.get(2);
    findings.add(
        RowFactory.create(
            copy.id(),
            copy.path(),
            null,
            "EXACT_DUPLICATE",
            null,
            null,
            "the same file",
            samples.get(3).id()));
    Row leak = RowFactory.create(SplitsTable.TEST, SplitsTable.TRAIN, "BYTES", 3L, 1L, 2L, 0.25);
    RunRecord record = RunRecord.start("audit", Map.of());
    workspace.replace(
        FindingsTable.SPEC, spark.createDataFrame(findings, FindingsTable.SPEC.schema()), record);
    workspace.replace(
        LeakageTable.SPEC,
        spark.createDataFrame(List.of(leak), LeakageTable.SPEC.schema()),
        record);
    workspace.replace(
        SliceIssuesTable.SPEC,
        spark.createDataFrame(
            List.of(
                RowFactory.create(
                    "source", "<b>scan</b>", "findings", 40L, 20L, 0.5, 0.4, 0.6, 0.1, 0.001),
                RowFactory.create(
                    "source", "web", "findings", 40L, 2L, 0.05, 0.01, 0.1, 0.3, 0.001),
                RowFactory.create("source", "app", "findings", 40L, 20L, 0.5, 0.4, 0.6, 0.4, 0.2),
                RowFactory.create(
                    "source", "<b>scan</b>", "duplicates", 40L, 20L, 0.5, 0.4, 0.6, 0.1, 0.001)),
            SliceIssuesTable.SPEC.schema()),
        record);
    workspace.replace(
        AssociationsTable.SPEC,
        spark.createDataFrame(
            List.of(
                RowFactory.create(
                    "brightness", 0.2, 0.01, "the brightest fifth", labels.get(0), 1.5),
                RowFactory.create("kind", 0.9, 0.0, "<i>", labels.get(1), 4.0),
                RowFactory.create("format", 0.02, 0.6, "PNG", labels.get(1), 1.01)),
            AssociationsTable.SPEC.schema()),
        record);
    // Brightness from 0 to 1 in hundredths; one row is of a file that has changed since.
    Dataset<Row> pixels =
        workspace
            .read(ImagesTable.SPEC)
            .orderBy(ImagesTable.ID)
            .limit(101)
            .selectExpr(
                "id",
                "sha256",
                "(row_number() over (order by id) - 1) / 100d as dark",
                "cast(null as double) as light",
                "1d as sharpness",
                "'OK' as status");
    pixels = pixels.union(pixels.limit(1).withColumn("sha256", lit("gone")));
    for (StructField field : PixelsTable.SPEC.schema().fields()) {
      if (!List.of(pixels.columns()).contains(field.name())) {
        pixels = pixels.withColumn(field.name(), lit(null).cast(field.dataType()));
      }
    }
    workspace.append(
        PixelsTable.SPEC,
        "part",
        pixels.select(
            Arrays.stream(PixelsTable.SPEC.schema().fieldNames())
                .map(name -> col(name))
                .toArray(Column[]::new)),
        record,
        written -> {});
    return this;
  }

  /** Three gaps of the test split, one of them by chance, and one of another split. */
  /** A right answer with maps of 2 x 2 patches, and a mistake whose image is gone; a cost. */
  ReportWorkspace explanations() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Sample s = samples.get(i);
      boolean gone = i == 1;
      rows.add(
          RowFactory.create(
              s.id(),
              s.path(),
              gone ? "another" : labels.get(0),
              MODEL,
              "test",
              labels.get(gone ? 1 : 0),
              0.75f,
              List.of("<b>uncertain</b>", "confident and right"),
              gone ? null : 2,
              gone ? null : 2,
              gone ? null : 2,
              gone ? null : 1,
              gone ? null : List.of(0.9f, 0f, 0f, 0f, 0.1f, 0.2f, 0.3f, 0.1f),
              gone ? null : List.of(0.1f, 0.1f, 0.1f, 0.1f),
              gone ? null : List.of(0f, 0.5f, 1f, 0f),
              gone ? null : CURVE,
              gone ? null : CURVE,
              gone
                  ? List.of(
                      RowFactory.create(
                          1, samples.get(5).id(), samples.get(5).path(), "<i>near</i>", 0.875f),
                      RowFactory.create(2, "not-there", "s3a://b/gone.png", null, 0.5f))
                  : null,
              gone ? null : new byte[] {1, 2, 3},
              gone ? "READ_FAILED" : "OK",
              gone ? "it is gone" : null));
    }
    put(ExplanationsTable.SPEC, rows, "explain");
    put(
        CostsTable.SPEC,
        List.of(RowFactory.create(MODEL, 5_717_416L, null, 123.45, 1000L, "auto")),
        "score");
    return this;
  }

  ReportWorkspace gaps() {
    String name = labels.get(1);
    put(
        SliceGapsTable.SPEC,
        SliceGapsTable.SPEC.schema(),
        List.of(
            RowFactory.create(
                MODEL,
                "test",
                "source",
                "<i>web</i>",
                name,
                "recall",
                40L,
                0.5,
                0.4,
                0.6,
                0.9,
                0.3,
                0.625,
                0.001),
            RowFactory.create(
                MODEL,
                "test",
                "source",
                "scan",
                name,
                "false_positive_rate",
                40L,
                0.5,
                0.4,
                0.6,
                null,
                0.4,
                null,
                0.01),
            RowFactory.create(
                MODEL, "test", "source", "app", name, "recall", 40L, 0.5, 0.4, 0.6, 0.9, 0.3, 0.6,
                0.2),
            RowFactory.create(
                MODEL, "train", "source", "app", name, "recall", 40L, 0.5, 0.4, 0.6, 0.9, 0.3, 0.6,
                0.001)),
        RunRecord.start("evaluate", Map.of()));
    return this;
  }

  /** Thresholds of the second class, and two bins of confidence. */
  private static Row calibrated(
      String split, List<Double> shift, long images, double error, double after) {
    return RowFactory.create(
        MODEL,
        "temperature",
        1.5,
        shift,
        null,
        null,
        null,
        null,
        split,
        images,
        0.6,
        0.5,
        0.4,
        0.3,
        error,
        after,
        0.25,
        0.125,
        0.05,
        0.04,
        0.03,
        0.02,
        0.24,
        0.24);
  }

  ReportWorkspace calibration() {
    RunRecord record = RunRecord.start("calibrate", Map.of("images-per-day", 50_000));
    String name = labels.get(1);
    List<Double> shift = List.of(0.0, 0.5);
    put(
        CalibrationsTable.SPEC,
        CalibrationsTable.SPEC.schema(),
        List.of(
            calibrated("validation", shift, 9L, 0.1, 0.01),
            calibrated("test", shift, 10L, 0.2, 0.02)),
        record);
    put(
        ReliabilityTable.SPEC,
        ReliabilityTable.SPEC.schema(),
        List.of(
            RowFactory.create(MODEL, "test", false, "equal_width", 0.4, 0.5, 4L, 0.45, 0.25),
            RowFactory.create(MODEL, "test", false, "equal_width", 0.6, 0.7, 6L, 0.65, 0.5),
            RowFactory.create(MODEL, "test", false, "equal_width", 0.7, 0.8, 0L, null, null),
            RowFactory.create(MODEL, "test", true, "equal_mass", 0.2, 0.9, 10L, 0.5, 0.75),
            RowFactory.create(MODEL, "test", true, "equal_width", 0.7, 0.8, 10L, 0.75, 0.5),
            RowFactory.create(MODEL, "validation", true, "equal_width", 0.7, 0.8, 9L, 0.75, 0.5)),
        record);
    put(
        ThresholdsTable.SPEC,
        ThresholdsTable.SPEC.schema(),
        List.of(
            RowFactory.create(
                MODEL,
                name,
                "review_band",
                Double.POSITIVE_INFINITY,
                0.2,
                "test",
                20L,
                2L,
                5L,
                1L,
                4L,
                0.5,
                0.3,
                0.7,
                0.25,
                0.1,
                0.5,
                2.5,
                0.1,
                0.5),
            RowFactory.create(
                MODEL, name, "cost", 0.4, null, "test", 20L, 5L, 0L, 2L, 4L, 0.4, 0.2, 0.6, 0.5,
                0.3, 0.7, 2.0, 0.25, 0.4),
            RowFactory.create(
                MODEL,
                name,
                "cost",
                0.4,
                null,
                "validation",
                20L,
                5L,
                0L,
                2L,
                4L,
                0.4,
                0.2,
                0.6,
                0.5,
                0.3,
                0.7,
                2.0,
                0.25,
                0.4)),
        record);
    return this;
  }

  /** Three runs of the gate; the last has a limit broken, and a figure that is new. */
  ReportWorkspace gate() {
    RunRecord record = RunRecord.start("gate", Map.of());
    workspace.append(
        HistoryTable.SPEC,
        "part",
        spark.createDataFrame(
            List.of(
                RowFactory.create("run1", "images", 90.0),
                RowFactory.create("run2", "images", 100.0),
                RowFactory.create("run2", "finding_share", 0.5),
                RowFactory.create("run2", "classes", 2.0),
                RowFactory.create("run3", "images", 110.0),
                RowFactory.create("run3", "finding_share", 0.25),
                RowFactory.create("run3", "classes", 2.0),
                RowFactory.create("run3", "finding_share.<b>", 0.1)),
            HistoryTable.SPEC.schema()),
        record,
        written -> {});
    workspace.replace(
        ChecksTable.SPEC,
        spark.createDataFrame(
            List.of(
                RowFactory.create("images", 110.0, "fail < 10", ChecksTable.PASS),
                RowFactory.create("leakage_share", null, "warn > 0", ChecksTable.WARN),
                RowFactory.create("finding_share", 0.25, "fail > 0.2", ChecksTable.FAIL)),
            ChecksTable.SPEC.schema()),
        record);
    return this;
  }

  ReportWorkspace labelChecks() {
    List<Row> checks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Sample s = samples.get(i);
      boolean issue = i == 4 || i == 7;
      checks.add(
          RowFactory.create(
              s.id(),
              s.path(),
              s.label(),
              labels.get(issue ? 1 - labels.indexOf(s.label()) : labels.indexOf(s.label())),
              issue ? 0.1 / i : 0.9,
              issue ? 0.1 / i : 0.9,
              issue,
              issue,
              issue,
              issue,
              issue,
              issue ? 0.2 : 1.0,
              s.label(),
              i == 9 ? 1.25 : 0.3,
              i == 9));
    }
    RunRecord record = RunRecord.start("labels", Map.of());
    workspace.replace(
        LabelChecksTable.SPEC,
        spark.createDataFrame(checks, LabelChecksTable.SPEC.schema()),
        record);
    workspace.replace(
        LabelNoiseTable.SPEC,
        spark.createDataFrame(
            List.of(
                RowFactory.create(labels.get(0), labels.get(0), 16L),
                RowFactory.create(labels.get(0), labels.get(1), 2L),
                RowFactory.create(labels.get(1), labels.get(1), 2L)),
            LabelNoiseTable.SPEC.schema()),
        record);
    return this;
  }

  ReportWorkspace relabels() {
    Map<List<String>, Long> counts = new LinkedHashMap<>();
    List<Sample> waiting = new ArrayList<>();
    for (Sample s : samples) {
      boolean agrees = s.label().equals(labels.get(s.predicted()));
      boolean test = s.split().equals(SplitsTable.TEST);
      String predicted = labels.get(s.predicted());
      List<String> what =
          agrees
              ? List.of(s.label(), predicted, s.label(), "keep", "agrees")
              : test
                  ? List.of(s.label(), predicted, s.label(), "review", "protected_split")
                  : List.of(s.label(), predicted, predicted, "change", "confident");
      counts.merge(what, 1L, Long::sum);
      if (!agrees && test) {
        waiting.add(s);
      }
    }
    List<Row> summary = new ArrayList<>();
    counts.forEach(
        (what, n) -> {
          List<Object> row = new ArrayList<>(List.of(MODEL, MetricsTable.ALL, MetricsTable.ALL));
          row.addAll(what);
          row.add(n);
          summary.add(RowFactory.create(row.toArray()));
        });
    waiting.sort(Comparator.comparing(Sample::id));
    List<Row> review = new ArrayList<>();
    for (Sample s : waiting) {
      review.add(
          RowFactory.create(
              review.size() + 1L,
              s.id(),
              s.path(),
              s.label(),
              labels.get(s.predicted()),
              s.probabilities()[s.predicted()],
              0.5f,
              "protected_split",
              0.75f,
              s.split(),
              MODEL));
    }
    RunRecord record = RunRecord.start("relabel", Map.of());
    put(RelabelSummaryTable.SPEC, RelabelSummaryTable.SPEC.schema(), summary, record);
    put(ReviewTable.SPEC, ReviewTable.SPEC.schema(), review, record);
    return this;
  }

  ReportWorkspace metrics(Map<String, Object> config) {
    Map<String, Predicate<Sample>> splits = new LinkedHashMap<>();
    splits.put(MetricsTable.ALL, s -> true);
    SplitsTable.NAMES.forEach(name -> splits.put(name, s -> s.split().equals(name)));
    List<Row> figures = new ArrayList<>();
    List<Row> counts = new ArrayList<>();
    List<Row> curves = new ArrayList<>();
    splits.forEach(
        (split, of) -> {
          ClassificationEvaluator book = book(of);
          figures(figures, split, MetricsTable.ALL, MetricsTable.ALL, book.evaluation());
          book.evaluation()
              .confusion()
              .forEach(
                  (a, p, n) ->
                      counts.add(
                          RowFactory.create(
                              MODEL,
                              split,
                              MetricsTable.ALL,
                              MetricsTable.ALL,
                              labels.get(a),
                              labels.get(p),
                              n)));
          for (int c = 0; c < labels.size(); c++) {
            curves(curves, split, c, book.ranking(c).drawnPoints());
          }
        });
    samples.stream()
        .map(Sample::source)
        .distinct()
        .forEach(
            source ->
                figures(
                    figures,
                    SplitsTable.TEST,
                    "source",
                    source,
                    book(s -> s.source().equals(source) && s.split().equals(SplitsTable.TEST))
                        .evaluation()));
    RunRecord record = RunRecord.start("evaluate", config);
    put(ConfusionTable.SPEC, ConfusionTable.SPEC.schema(), counts, record);
    put(CurvesTable.SPEC, CurvesTable.SPEC.schema(), curves, record);
    put(MetricsTable.SPEC, MetricsTable.SPEC.schema(), figures, record);
    return this;
  }

  private void figures(
      List<Row> rows, String split, String slice, String value, Evaluation evaluation) {
    long n = evaluation.confusion().total();
    rows.add(
        RowFactory.create(
            MODEL, split, slice, value, MetricsTable.ALL, "images", n + 5.0, n + 5, null, null));
    for (Metric metric : Metric.values()) {
      rows.add(
          RowFactory.create(
              MODEL,
              split,
              slice,
              value,
              MetricsTable.ALL,
              metric.label(),
              orNull(evaluation.value(metric)),
              n,
              orNull(evaluation.value(metric) - 0.0625),
              orNull(evaluation.value(metric) + 0.0625)));
    }
    for (int c = 0; c < labels.size(); c++) {
      for (ClassMetric metric : ClassMetric.values()) {
        rows.add(
            RowFactory.create(
                MODEL,
                split,
                slice,
                value,
                labels.get(c),
                metric.label(),
                orNull(evaluation.value(metric, c)),
                n,
                orNull(evaluation.value(metric, c) - 0.125),
                orNull(evaluation.value(metric, c) + 0.125)));
      }
    }
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private void curves(List<Row> rows, String split, int c, List<CurvePoint> points) {
    for (int i = 0; i < points.size(); i++) {
      CurvePoint p = points.get(i);
      String label = labels.get(c);
      rows.add(
          RowFactory.create(
              MODEL,
              split,
              label,
              CurvesTable.ROC,
              i,
              p.falsePositiveRate(),
              p.recall(),
              p.threshold()));
      rows.add(
          RowFactory.create(
              MODEL, split, label, CurvesTable.PR, i, p.recall(), p.precision(), p.threshold()));
    }
  }

  private void put(TableSpec spec, List<Row> rows, String stage) {
    put(spec, spec.schema(), rows, RunRecord.start(stage, Map.of()));
  }

  private void put(TableSpec spec, StructType schema, List<Row> rows, RunRecord record) {
    Dataset<Row> table = spark.createDataFrame(rows, schema);
    workspace.replace(spec, table, record);
  }
}
