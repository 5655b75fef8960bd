package org.sparkvit.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.pipeline.report.MistakeSection.Mistake;
import org.sparkvit.pipeline.report.ReportWorkspace.Sample;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;
import org.w3c.dom.Document;

class ReportStageTest extends SparkTest {
  private static final String EVIL = "<script>alert(1)</script>";
  private static final String QUOTED = "plain\" onerror=\"alert(2) ${7*7}";
  private static final String LONG = "\u202E" + "\u4E2D\u6587 \uD83D\uDE00 x\u0007'&".repeat(40);

  @TempDir static Path folder;
  private static ReportWorkspace two;
  private static Report report;

  /** Of the files of {@link #two}. */
  private static String html;

  @BeforeAll
  static void draw() throws IOException {
    two =
        ReportWorkspace.draw(
                spark,
                folder.resolve("two"),
                List.of(QUOTED, EVIL),
                new int[] {270, 50},
                "<img src=x onerror=alert(3)>\".png")
            .catalog("ends early: " + LONG)
            .splits()
            .balance()
            .predictions()
            .relabels()
            .labelChecks()
            .findings("<b>plain</b>")
            .gate()
            .calibration()
            .gaps()
            .explanations()
            .metrics(Map.of());
    report = gather(two, null, null, 10);
    html = run(two, "two", false);
  }

  private static Report gather(ReportWorkspace from, String model, String positive, int mistakes) {
    ReportConfig config =
        new ReportConfig(
            from.workspace.uri(),
            "latest",
            Optional.ofNullable(model),
            Optional.ofNullable(positive),
            mistakes,
            96,
            false,
            Optional.empty(),
            false);
    return gather(from, config);
  }

  private static Report gather(ReportWorkspace from, ReportConfig config) {
    return new ReportGatherer(spark, from.workspace, config)
        .gather(from.workspace.read(ImagesTable.SPEC), "run");
  }

  private static String run(ReportWorkspace from, String name, boolean overwrite)
      throws IOException {
    Path about = folder.resolve("about.properties");
    Files.writeString(about, "license = CC0\ncollection = drawn\n");
    ReportConfig config =
        with(
            "workspace",
            from.workspace.uri(),
            "name",
            name,
            "mistakes",
            12,
            "thumbnail-size",
            96,
            "blur-sensitive",
            false,
            "about",
            about,
            "overwrite",
            overwrite);
    new ReportStage().run(spark, config, Progress.SILENT);
    return keep(Files.readString(file(from, name, ReportStage.PAGE)), name);
  }

  private static String page(Report report, String name) throws IOException {
    return keep(new ReportPage().render(report), name);
  }

  /** Leaves a page behind, so that somebody can look at it. */
  private static String keep(String html, String name) throws IOException {
    Path kept = Files.createDirectories(Path.of("target/report-test"));
    Files.writeString(kept.resolve(name + ".html"), html);
    return html;
  }

  private static Path file(ReportWorkspace from, String report, String name) {
    return Path.of(URI.create(from.workspace.report(report)).getPath(), name);
  }

  @Test
  void findingsAreCountedAndTheWorstOfEachKindShown() {
    AuditSection audit = report.audit();
    assertThat(audit.images()).isEqualTo(323);
    assertThat(audit.kinds())
        .extracting(Count::name, Count::count)
        .containsExactly(tuple("low information", 2L), tuple("exact duplicate", 1L));
    assertThat(audit.leakage())
        .containsExactly(new AuditSection.Leak("test", "train", "the same file", 2, 0.25, 3, 1));
    List<AuditSection.Item> worst = audit.galleries().get(0).items();
    assertThat(worst)
        .extracting(AuditSection.Item::note)
        .containsExactly("score 0.100, <b>plain</b>", "score 0.200, <b>plain</b>");
    assertThat(worst).allMatch(item -> item.image() != null || item.problem() != null);
    assertThat(audit.galleries().get(1).items())
        .extracting(AuditSection.Item::label, AuditSection.Item::note)
        // The label of now, though there was none when it was found.
        .containsExactly(tuple(QUOTED, "the same file"));
  }

  @Test
  void scoresAreDrawnWithTheirLimits() {
    List<Histogram> histograms = report.audit().histograms();
    assertThat(histograms)
        .extracting(Histogram::name, Histogram::below, Histogram::total)
        .containsExactly(tuple("bright enough", 32L, 101L), tuple("sharp", 0L, 101L));
    List<Histogram.Bar> bars = histograms.get(0).bars();
    assertThat(bars).hasSize(20);
    // The last bar has the best score as well.
    assertThat(bars.get(19).count()).isEqualTo(6);
    assertThat(bars.stream().mapToLong(Histogram.Bar::count).sum()).isEqualTo(101);
    assertThat(histograms.get(1).bars().get(19).height()).isEqualTo(1);
  }

  @Test
  void figuresHaveTheirRanges() {
    MetricsSection metrics = report.metrics();
    double accuracy = report.headline().accuracy();
    assertThat(metrics.range("(all)", "accuracy"))
        .isEqualTo(new MetricsSection.Range(accuracy - 0.0625, accuracy + 0.0625));
    double recall = report.headline().focus().recall();
    assertThat(metrics.range(report.headline().focus().label(), "recall"))
        .isEqualTo(new MetricsSection.Range(recall - 0.125, recall + 0.125));
    assertThat(metrics.range("(all)", "no such metric")).isNull();
    NumberFormats figures = new NumberFormats();
    assertThat(new ReportPage().render(report))
        .contains(figures.metric(accuracy - 0.0625) + " to " + figures.metric(accuracy + 0.0625));
  }

  @Test
  void mapsLieOverWhatTheModelSawAndMistakesComeFirst() throws IOException {
    AttentionSection attention = report.attention();
    assertThat(attention.images()).isEqualTo(2);
    assertThat(attention.measured()).isEqualTo(1);
    assertThat(attention.methods())
        .contains(
            new AttentionSection.Method("gradient", 0.25, 0.25),
            new AttentionSection.Method("random", 0.75, 0.75));
    AttentionSection.Card gone = attention.cards().get(0);
    // The label of now, and not the one that was explained.
    assertThat(gone.label()).isEqualTo(QUOTED);
    assertThat(gone.image()).isNull();
    assertThat(gone.problem()).isEqualTo("READ_FAILED: it is gone");
    assertThat(gone.nearest())
        .extracting(AttentionSection.Near::label, AttentionSection.Near::cosine)
        .containsExactly(tuple("<i>near</i>", 0.875), tuple(null, 0.5));
    assertThat(gone.nearest().get(0).image()).isNotNull();
    assertThat(gone.nearest().get(1).image()).isNull();
    AttentionSection.Card right = attention.cards().get(1);
    assertThat(right.nearest()).isEmpty();
    assertThat(right.image()).isEqualTo("AQID");
    int[][] alphas = {{0, 95, 190, 0}, {0, 0, 0, 0}, {0, 95, 190, 0}};
    for (int map = 0; map < 3; map++) {
      BufferedImage png =
          ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(right.maps().get(map))));
      for (int patch = 0; patch < 4; patch++) {
        assertThat(png.getRGB(patch % 2, patch / 2) >>> 24).isEqualTo(alphas[map][patch]);
      }
    }
    assertThat(new ReportPage().render(report))
        .contains("&lt;b&gt;uncertain&lt;/b&gt;; confident and right", "READ_FAILED: it is gone")
        .contains("&lt;i&gt;near&lt;/i&gt;", "cosine 0.875");
    assertThat(ReportJson.write(report)).doesNotContain("AQID");
  }

  @Test
  void whatAModelIsWorthStandsBesideWhatItCosts() {
    assertThat(report.models()).hasSize(1);
    ModelRow model = report.models().get(0);
    assertThat(model.name()).isEqualTo("vit");
    assertThat(model.values().get(0)).isEqualTo(report.headline().accuracy());
    assertThat(model.parameters()).isEqualTo(5_717_416);
    assertThat(model.multiplyAdds()).isNaN();
    assertThat(new ReportPage().render(report))
        .contains(
            "<td class=\"number\">5,717,416</td><td class=\"number\">unknown</td><td"
                + " class=\"number\">123.5</td>");
  }

  @Test
  void thresholdsAreThoseOfTheTestSplit() {
    CalibrationSection calibration = report.calibration();
    assertThat(calibration.split()).isEqualTo("test");
    assertThat(calibration.figures())
        .contains(
            new CalibrationSection.Figure(
                "Calibration error, bins of equal width", 0.2, 0.02, "lower"),
            new CalibrationSection.Figure(
                "Calibration error, bins of as many images", 0.25, 0.125, "lower"),
            new CalibrationSection.Figure("less resolution", 0.03, 0.02, "higher"));
    CalibrationSection.Diagram width = calibration.diagrams().get(0);
    assertThat(width.before()).hasSize(2);
    assertThat(width.after()).containsExactly(new CalibrationSection.Bin(10, 0.75, 0.5));
    CalibrationSection.Diagram mass = calibration.diagrams().get(1);
    assertThat(mass.before()).isEmpty();
    assertThat(mass.after()).containsExactly(new CalibrationSection.Bin(10, 0.5, 0.75));
    assertThat(calibration.thresholds())
        .extracting(CalibrationSection.Threshold::objective, CalibrationSection.Threshold::flagged)
        .containsExactly(tuple("cost", 0.25), tuple("review band", 0.1));
    assertThat(new ReportPage().render(report))
        .contains("<td class=\"number\">never</td>", "0.500 <span class=\"range\">0.300")
        // On the first screen: a quarter of the images.
        .contains(
            "of 0.400 or more is flagged: of 50,000 images a day <strong>12,500</strong>,"
                + " 40.0\u00a0% of them rightly (20.0\u00a0% to 60.0\u00a0%), which finds"
                + " 50.0\u00a0% of the class (30.0\u00a0% to 70.0\u00a0%)");
  }

  @Test
  void imagesOfADayAreOfThePrevalenceThatWasAskedFor() {
    CalibrationSection said = report.calibration();
    CalibrationSection asked =
        new CalibrationSection(
            said.split(),
            said.method(),
            said.temperature(),
            said.shifted(),
            said.figures(),
            said.diagrams(),
            said.thresholds(),
            said.imagesPerDay(),
            0.02);
    Report other =
        new Report(
            report.workspace(),
            report.created(),
            report.blurred(),
            report.model(),
            report.headline(),
            report.cautions(),
            report.data(),
            report.splits(),
            report.balance(),
            report.scoring(),
            report.metrics(),
            report.models(),
            report.gaps(),
            report.confusion(),
            report.curves(),
            asked,
            report.mistakes(),
            report.attention(),
            report.relabel(),
            report.audit(),
            report.labels(),
            report.gate(),
            report.training(),
            report.studies(),
            report.provenance());
    assertThat(new ReportPage().render(other))
        .contains("a day, 2.0\u00a0% of them <bdi", "data-prevalence=\"0.02\"")
        .contains("40.0\u00a0% of them rightly, which finds");
    assertThat(new ReportPage().render(report)).doesNotContain("data-prevalence");
  }

  @Test
  void machinesGetTheFiguresAndADescriptionOfTheData() throws IOException {
    JsonNode figures = Json.read("report", Files.readString(file(two, "two", ReportStage.FIGURES)));
    assertThat(figures.path("headline").path("accuracy").asDouble())
        .isEqualTo(report.headline().accuracy());
    assertThat(figures.path("audit").path("galleries").get(0).path("items").get(0).has("image"))
        .isFalse();
    assertThat(figures.path("calibration").path("thresholds").get(1).path("threshold").isNull())
        .isTrue();
    assertThat(Files.readString(file(two, "two", ReportStage.FIGURES)))
        .doesNotContain("NaN", "Infinity");

    JsonNode croissant =
        Json.read("croissant", Files.readString(file(two, "two", ReportStage.CROISSANT)));
    assertThat(croissant.path("@type").asText()).isEqualTo("sc:Dataset");
    assertThat(croissant.path("license").asText()).isEqualTo("CC0");
    assertThat(croissant.path("rai:dataCollection").asText()).isEqualTo("drawn");
    assertThat(croissant.path("rai:dataLimitations").toString()).contains("low information");
    assertThat(croissant.path("rai:dataBiases").toString()).contains("kind (Cram\u00e9r");
    List<String> names = new ArrayList<>();
    croissant
        .path("recordSet")
        .get(0)
        .path("field")
        .forEach(field -> names.add(field.path("name").asText()));
    assertThat(names).containsExactly(two.workspace.read(ImagesTable.SPEC).schema().fieldNames());
    String includes = croissant.path("distribution").get(1).path("includes").asText();
    Path part = Path.of(URI.create(two.workspace.uri()).getPath(), includes).getParent();
    assertThat(part).isDirectory();

    assertThatThrownBy(() -> About.parse("licence = CC0", "f"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is no 'licence'");
  }

  @Test
  void gapsBeyondChanceAreShownTheLargestFirst() {
    assertThat(report.gaps())
        .extracting(GapRow::value, GapRow::measure)
        .containsExactly(tuple("scan", "false positive rate"), tuple("<i>web</i>", "recall"));
    assertThat(new ReportPage().render(report))
        .contains("&lt;i&gt;web&lt;/i&gt;</bdi></th><td>recall");
  }

  @Test
  void checksAreShownWithWhatHasMoved() {
    GateSection gate = report.gate();
    assertThat(gate.failed()).isEqualTo(1);
    assertThat(gate.warned()).isEqualTo(1);
    assertThat(gate.checks())
        .extracting(GateSection.Check::metric)
        .containsExactly("finding_share", "leakage_share", "images");
    assertThat(gate.moves())
        .extracting(GateSection.Move::metric, GateSection.Move::before, GateSection.Move::now)
        .containsExactly(
            tuple("finding_share.<b>", Double.NaN, 0.1),
            tuple("finding_share", 0.5, 0.25),
            tuple("images", 100.0, 110.0));
  }

  @Test
  void labelsThatLookWrongAreShownTheWorstFirst() {
    LabelsSection labels = report.labels();
    assertThat(labels.images()).isEqualTo(20);
    assertThat(labels.issues()).isEqualTo(2);
    assertThat(labels.confusions())
        .extracting(LabelsSection.Confusion::images, LabelsSection.Confusion::share)
        .containsExactly(tuple(2L, 2 / 18.0));
    assertThat(labels.galleries())
        .extracting(AuditSection.Gallery::finding, AuditSection.Gallery::count)
        .containsExactly(tuple("labels that look wrong", 2L), tuple("like no other image", 1L));
    assertThat(labels.galleries().get(0).items())
        .extracting(AuditSection.Item::note)
        .satisfiesExactly(
            note -> assertThat(note).endsWith("the label has 1.4 %"),
            note -> assertThat(note).endsWith("the label has 2.5 %"));
    assertThat(labels.galleries().get(1).items())
        .extracting(AuditSection.Item::note)
        .containsExactly("1.25 from its neighbours");
  }

  @Test
  void kindsOfImagesAndTiesWithTheLabelAreShown() {
    AuditSection audit = report.audit();
    assertThat(audit.worse())
        .extracting(AuditSection.Kind::value, AuditSection.Kind::rate)
        .containsExactly(tuple("<b>scan</b>", 0.5));
    assertThat(audit.ties())
        .extracting(AuditSection.Tie::attribute, AuditSection.Tie::cramersV)
        .containsExactly(tuple("kind", 0.9), tuple("brightness", 0.2));
  }

  @Test
  void aPageShowsTheFiguresAndLoadsNothing() throws IOException {
    // Names from the data are text and nothing else.
    assertThat(html)
        .doesNotContain("<script>alert", "<img src=x", "\" onerror", "alert(2) 49", "\u0007")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("plain&quot; onerror=&quot;alert(2) ${7*7}")
        .contains("&lt;img src=x onerror=alert(3)&gt;&quot;.png")
        .contains("web &lt;b&gt;", "&lt;b&gt;here&lt;/b&gt;", "&lt;b&gt;plain&lt;/b&gt;")
        .contains("\u4E2D\u6587 \uD83D\uDE00 x\uFFFD&#39;&amp;");

    Evaluation test = two.book(s -> s.split().equals(SplitsTable.TEST)).evaluation();
    NumberFormats figures = new NumberFormats();

    assertThat(html)
        .contains(figures.share(test.value(ClassMetric.RECALL, 1)) + " found")
        .contains(figures.metric(test.value(Metric.F1_MINORITY_WEIGHTED)))
        .contains(figures.metric(test.value(Metric.ROC_AUC_MACRO)))
        .contains("ROC-AUC", "Precision-recall curve", "Read with care", ReportWorkspace.MODEL)
        .doesNotContain(
            "http:", "https:", "//cdn", "url(", "@import", "<link", "class=\"missing\"");
    assertThat(Pattern.compile("src=(.{10})").matcher(html).results().map(m -> m.group(1)))
        .contains("\"data:imag")
        // What an escaped file name says is no attribute.
        .allMatch(value -> value.equals("\"data:imag") || value.equals("x onerror="));
    assertThat(Json.read("run.json", Files.readString(file(two, "two", "run.json"))).path("inputs"))
        .anySatisfy(
            input -> assertThat(input.asText()).isEqualTo(two.workspace.version(ImagesTable.SPEC)));
  }

  @Test
  void oneScriptMayRunAndItIsThePagesOwn() throws Exception {
    String html = new ReportPage().render(report);
    Matcher script = Pattern.compile("<script[^>]*>(.*?)</script>", Pattern.DOTALL).matcher(html);
    assertThat(script.results()).hasSize(1);
    assertThat(script.reset().find()).isTrue();
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(script.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(html)
        .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
        .doesNotContain("unsafe-eval", "script-src 'unsafe");
  }

  @Test
  void aThresholdOfTheReadersOwnComesToWhatTheImagesSay() {
    CurveSection.Ladder ladder = report.curves().ladders().get(0);
    String focus = report.headline().focus().label();
    assertThat(ladder.name()).isEqualTo(focus);
    assertThat(ladder.steps()).hasSizeGreaterThan(5).hasSizeLessThanOrEqualTo(200);
    int place = List.of(QUOTED, EVIL).indexOf(focus);
    List<Sample> test = two.samples(s -> s.split().equals(SplitsTable.TEST));
    double before = Double.NEGATIVE_INFINITY;
    for (CurveSection.Step step : ladder.steps()) {
      assertThat(step.threshold()).isGreaterThan(before);
      before = step.threshold();
      List<Sample> flagged =
          test.stream().filter(s -> s.probabilities()[place] >= step.threshold()).toList();
      double right = flagged.stream().filter(s -> s.label().equals(focus)).count();
      double all = test.stream().filter(s -> s.label().equals(focus)).count();
      assertThat(step.precision()).isCloseTo(right / flagged.size(), within(1e-12));
      assertThat(step.recall()).isCloseTo(right / all, within(1e-12));
      assertThat(step.falsePositiveRate())
          .isCloseTo((flagged.size() - right) / (test.size() - all), within(1e-12));
      assertThat(step.flagged()).isCloseTo((double) flagged.size() / test.size(), within(1e-12));
    }
    // Everything is flagged from the lowest on, and the highest flags least.
    assertThat(ladder.steps().get(0).flagged()).isCloseTo(1, within(1e-12));
  }

  @Test
  void drawingsAreFilesOfTheirOwn() throws Exception {
    Path plots = file(two, "two", ReportStage.PLOTS);
    List<String> names;
    try (Stream<Path> files = Files.list(plots)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    assertThat(names).contains("precision-recall.svg", "reliability.svg", "roc.svg");
    for (String name : names) {
      Document svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(plots.resolve(name).toFile());
      assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(3);
      String text = svg.getDocumentElement().getTextContent();
      assertThat(text).doesNotContain("var(").contains("stroke");
      if (!name.startsWith("reliability")) {
        assertThat(text).contains(report.headline().focus().label() + ", area");
      }
    }
  }

  @Test
  void imagesAreAsManyAsAskedForAndBlurredWhenAskedFor() {
    Report asked = gather(two, with("workspace", two.workspace.uri(), "name", "b", "mistakes", 1));
    assertThat(report.attention().cards()).hasSize(2);
    assertThat(asked.attention().cards()).hasSize(1);
    assertThat(new ReportPage().render(asked)).contains("id=\"blur\" checked>", "<li tabindex");
    assertThat(new ReportPage().render(report))
        .contains("id=\"blur\">")
        .doesNotContain("<li tabindex");
  }

  @Test
  void theWorstMistakesComeFirst() {
    List<Sample> wrong =
        new ArrayList<>(
            two.samples(
                s ->
                    s.split().equals(SplitsTable.TEST)
                        && !s.label().equals(List.of(QUOTED, EVIL).get(s.predicted()))));
    assertThat(wrong).hasSizeGreaterThan(3);
    assertThat(report.mistakes().wrong()).isEqualTo(wrong.size());
    wrong.sort(
        Comparator.comparing((Sample s) -> -s.probabilities()[s.predicted()])
            .thenComparing(Sample::id));
    assertThat(report.mistakes().confident())
        .extracting(Mistake::id)
        .containsExactlyElementsOf(wrong.stream().limit(10).map(Sample::id).toList());

    wrong.removeIf(s -> !s.label().equals(EVIL));
    assertThat(wrong).isNotEmpty();
    wrong.sort(Comparator.comparing((Sample s) -> s.probabilities()[1]).thenComparing(Sample::id));
    assertThat(report.mistakes().positive()).isEqualTo(EVIL);
    assertThat(report.mistakes().missedCount()).isEqualTo(wrong.size());
    assertThat(report.mistakes().missed())
        .extracting(Mistake::id)
        .containsExactlyElementsOf(wrong.stream().limit(10).map(Sample::id).toList());
  }

  @Test
  void decisionsAboutLabelsAreCountedAndTheQueueIsShown() {
    List<Sample> wrong =
        two.samples(s -> !s.label().equals(List.of(QUOTED, EVIL).get(s.predicted())));
    List<Sample> test =
        wrong.stream()
            .filter(s -> s.split().equals(SplitsTable.TEST))
            .sorted(Comparator.comparing(Sample::id))
            .toList();
    RelabelSection relabel = report.relabel();
    assertThat(relabel.model()).isEqualTo(ReportWorkspace.MODEL);
    assertThat(relabel.images()).isEqualTo(320);
    assertThat(relabel.changed()).isEqualTo(wrong.size() - test.size()).isPositive();
    assertThat(relabel.review()).isEqualTo(test.size());
    assertThat(relabel.reasons())
        .extracting(RelabelSection.ReasonRow::reason)
        .containsExactly("confident", "agrees", "protected split");
    assertThat(relabel.reasons().stream().mapToDouble(RelabelSection.ReasonRow::share).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(relabel.changes().stream().mapToLong(RelabelSection.Change::count).sum())
        .isEqualTo(relabel.changed());
    assertThat(relabel.queue())
        .extracting(Mistake::id)
        .containsExactlyElementsOf(test.stream().limit(10).map(Sample::id).toList());
    assertThat(relabel.queue())
        .allMatch(item -> item.image() != null && item.givenProbability() == 0.25);
  }

  @Test
  void theCatalogIsCounted() {
    DataSetSection data = report.data();
    assertThat(data.images()).isEqualTo(323);
    assertThat(data.usable()).isEqualTo(321);
    assertThat(data.classes()).isEqualTo(2);
    assertThat(data.labels()).extracting(Count::count).containsExactly(270L, 51L);
    assertThat(data.sizes()).extracting(Count::name).containsExactly("65 to 128 px", "unknown");
    assertThat(data.duplicates()).isEqualTo(new DataSetSection.Duplicates(1, 1, 1, 0));
    assertThat(data.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.count()).isEqualTo(2))
        .satisfies(p -> assertThat(p.example()).endsWith("bad0"));
  }

  @Test
  void scoringTellsFailedFromUntried() {
    ScoringSection scoring = report.scoring();
    assertThat(scoring.scored()).isEqualTo(320);
    assertThat(scoring.failed()).isEqualTo(1);
    assertThat(scoring.untried()).isEqualTo(2);
    assertThat(scoring.confidence().stream().mapToLong(Count::count).sum()).isEqualTo(320);
  }

  @Test
  void slicesAreRankedByBalancedAccuracy() {
    MetricsSection metrics = report.metrics();
    assertThat(metrics.splits()).containsExactly("test", "validation", "train", MetricsTable.ALL);
    assertThat(metrics.sizes().get(3)).isEqualTo(320);
    assertThat(metrics.counts().get(0).values().get(3)).isEqualTo(325);
    assertThat(metrics.slices()).hasSize(3);
    assertThat(metrics.slices().stream().map(row -> row.values().get(0)).toList()).isSorted();
    assertThat(metrics.slices().stream().mapToLong(MetricsSection.SliceRow::n).sum())
        .isEqualTo(metrics.size());
  }

  @Test
  void partitioningChangesNothing() {
    Dataset<Row> images = two.workspace.read(ImagesTable.SPEC);
    Dataset<Row> splits = two.workspace.read(SplitsTable.SPEC);
    Dataset<Row> predictions = two.workspace.read(PredictionsTable.SPEC);
    Dataset<Row> metrics = two.workspace.read(MetricsTable.SPEC);
    List<List<Object>> results =
        IntStream.of(1, 7)
            .mapToObj(
                n -> {
                  Dataset<Row> scored =
                      ReportedImages.of(
                          images.repartition(n),
                          Optional.of(splits.repartition(n)),
                          predictions.repartition(n),
                          predictions.first().getAs(PredictionsTable.MODEL),
                          List.of(QUOTED, EVIL));
                  return List.<Object>of(
                      DataSetSection.gather(images.repartition(n), splits.repartition(n)),
                      SplitSection.gather(splits.repartition(n)),
                      ScoringSection.gather(scored),
                      MetricsSection.gather(metrics.repartition(n)),
                      MistakeSection.gather(
                          scored,
                          "test",
                          images,
                          EVIL,
                          20,
                          new Thumbnails(spark, two.workspace, 64)));
                })
            .toList();
    assertThat(results.get(1)).isEqualTo(results.get(0));
  }

  @Test
  void manyClassesAreNotDrawnButRanked() throws IOException {
    List<String> labels = IntStream.range(0, 30).mapToObj("class-%02d"::formatted).toList();
    ReportWorkspace many =
        ReportWorkspace.draw(
                spark,
                folder.resolve("many"),
                labels,
                IntStream.generate(() -> 12).limit(30).toArray(),
                ".png")
            .catalog("short")
            .splits()
            .balance()
            .predictions()
            .metrics(Map.of("positive", "class-03"));
    Report report = gather(many, null, null, 3);
    assertThat(report.headline().focus().label()).isEqualTo("class-03");
    assertThat(
            Headline.gather(
                    report.metrics(), many.workspace.read(MetricsTable.SPEC), "class-05", true)
                .focus()
                .label())
        .isEqualTo("class-05");
    assertThat(report.confusion().matrices())
        .hasSize(4)
        .allSatisfy(m -> assertThat(m.names()).isEmpty())
        .allSatisfy(m -> assertThat(m.pairs()).hasSizeBetween(1, 10));
    assertThat(report.curves().roc()).hasSize(CurveSection.LINES);
    assertThat(report.curves().pr())
        .isSortedAccordingTo(Comparator.comparingDouble(CurveSection.Curve::area));
    assertThat(page(report, "many")).contains("of 30 classes", "8 classes with the lowest");
  }

  @Test
  void tenClassesAreDrawn() throws IOException {
    List<String> labels =
        List.of(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck");
    ReportWorkspace ten =
        ReportWorkspace.draw(
                spark,
                folder.resolve("ten"),
                labels,
                IntStream.generate(() -> 15).limit(10).toArray(),
                ".png")
            .catalog("short")
            .splits()
            .balance()
            .predictions()
            .metrics(Map.of());
    Report report = gather(ten, null, null, 12);
    ConfusionSection.Matrix matrix = report.confusion().matrices().get(0);
    assertThat(matrix.names()).isEqualTo(labels);
    assertThat(matrix.rows().stream().mapToLong(ConfusionSection.MatrixRow::total).sum())
        .isEqualTo(report.metrics().size());
    assertThat(page(report, "ten")).contains("class=\"heat dense\"");
  }

  @Test
  void whatIsNotThereYetIsNamedAndAReportIsReplacedOnlyOnRequest() throws IOException {
    ReportWorkspace bare =
        ReportWorkspace.draw(
            spark, folder.resolve("bare"), List.of("a", "b"), new int[] {3, 2}, ".png");
    assertThatThrownBy(() -> run(bare, "bare", false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spark-vit catalog");
    assertThat(file(bare, "bare", ReportStage.PAGE)).doesNotExist();

    bare.catalog("short");
    String html = run(bare, "bare", false);
    for (String command :
        List.of(
            "split",
            "balance",
            "score",
            "evaluate",
            "relabel",
            "audit",
            "labels",
            "gate",
            "calibrate")) {
      assertThat(html).contains("run <code>spark-vit " + command + "</code>");
    }
    assertThat(html).contains("The model has not been judged yet");

    assertThatThrownBy(() -> run(bare, "bare", false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'bare' exists already")
        .hasMessageContaining("--overwrite");
    Path old = Files.createDirectories(file(bare, "bare", ReportStage.PLOTS)).resolve("old.svg");
    Files.writeString(old, "left over");
    assertThat(run(bare, "bare", true)).endsWith("</html>\n");
    assertThat(old).doesNotExist();

    bare.splits().predictions();
    assertThat(gather(bare, null, null, 5).mistakes().split()).isEqualTo("test");
  }

  @Test
  void theModelIsTheLastOneUsedOrTheOneNamed() {
    assertThat(report.model().hash()).isEqualTo(ReportWorkspace.MODEL);
    Report old = gather(two, "ffff", null, 0);
    assertThat(old.model().location()).isEqualTo("s3a://b/old");
    assertThat(old.metrics()).isNull();
    assertThat(old.scoring().scored()).isZero();
    assertThat(new ReportPage().render(old)).contains("No metrics of this model yet");
    assertThatThrownBy(() -> gather(two, "resnet", null, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is no model 'resnet'")
        .hasMessageContaining(ReportWorkspace.MODEL.substring(0, 12));
    assertThatThrownBy(
            () ->
                Headline.gather(
                    report.metrics(), two.workspace.read(MetricsTable.SPEC), "giraffe", true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--positive is 'giraffe'");
  }

  @Test
  void badOptionsAreNamed() {
    assertThatThrownBy(() -> with("workspace", "w", "name", "../x"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--name is '../x'");
    assertThatThrownBy(() -> with("workspace", "w", "mistakes", 501))
        .hasMessageContaining("--mistakes is 501; use from 0 to 500");
    assertThatThrownBy(() -> with("workspace", "w", "thumbnail-size", 8))
        .hasMessageContaining("--thumbnail-size is 8");
    assertThatThrownBy(() -> gather(two, " ", null, 1))
        .hasMessageContaining("the name of a model is empty");
  }

  private static ReportConfig with(Object... values) {
    return Options.with(ReportConfig.class, values);
  }
}
