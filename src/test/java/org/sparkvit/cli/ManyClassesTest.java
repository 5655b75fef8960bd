package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.ModelDirectory;

/** 1,100 classes of four images each, one of them of one, through every stage. */
@Tag("slow")
class ManyClassesTest extends SparkTest {
  private static final int CLASSES = 1100;

  private static final int EACH = 4;

  private static final int IMAGES = (CLASSES - 1) * EACH + 1;

  @TempDir private Path folder;

  private String workspace;

  private final List<String> costs = new ArrayList<>();

  /** Most of the heap that was in use at one time, in all stages, in bytes. */
  private long most;

  private void run(String line) {
    run(List.of(line.split(" ")));
  }

  private void run(List<String> words) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("-w", workspace));
    List<MemoryPoolMXBean> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    long began = System.nanoTime();
    Main.run(all.toArray(String[]::new));
    double seconds = (System.nanoTime() - began) / 1e9;
    // Peaks of the pools need not be of one time, so this is the most that it can have been.
    long peak = heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    most = Math.max(most, peak);
    costs.add(String.format(Locale.ROOT, "%-10s %6.1f s %,6d MB", all.get(0), seconds, peak >> 20));
  }

  private static String label(int index) {
    return String.format(Locale.ROOT, "class %04d", index);
  }

  /** A CSV manifest and its images, each class of a colour. */
  private Path draw() throws Exception {
    Path files = Files.createDirectories(folder.resolve("files"));
    StringBuilder manifest = new StringBuilder("path,label\n");
    for (int c = 0; c < CLASSES; c++) {
      SplittableRandom random = new SplittableRandom(c);
      int base = random.nextInt(1 << 24);
      for (int i = 0; i < (c == 0 ? 1 : EACH); i++) {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 32 * 32; p++) {
          image.setRGB(p % 32, p / 32, base ^ random.nextInt(1 << 4) * 0x10101);
        }
        String name = c + "-" + i + ".png";
        ImageIO.write(image, "png", files.resolve(name).toFile());
        manifest.append(name).append(',').append(label(c)).append('\n');
      }
    }
    return Files.writeString(files.resolve("images.csv"), manifest);
  }

  /**
   * An image and what the model says of it.
   *
   * @param label place of its class
   * @param predicted the first of the most likely
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Scored(String split, int label, int predicted, float[] p) {
    boolean right() {
      return label == predicted;
    }

    float second() {
      float second = 0;
      for (int c = 0; c < p.length; c++) {
        second = c == predicted ? second : Math.max(second, p[c]);
      }
      return second;
    }
  }

  @Test
  void everyStageCopesWithMoreThanAThousandClasses() throws Exception {
    workspace = folder.resolve("w").toString();
    Path manifest = draw();
    try {
      run("catalog --input " + manifest);
      run("audit");
      run("split");
      run("gate");
      run("balance --weights inverse");
      run(
          "train --hidden-size 32 --layers 2 --heads 2 --image-size 32 --patch-size 8 --epochs 1"
              + " --batch-size 64 --device cpu --precision fp32");
      run("probe --from vit --regularization 0.01 --max-iterations 2");
      for (String model : List.of("vit", "probe")) {
        assertThat(
                ModelDirectory.read(TestModels.current(Path.of(workspace), model))
                    .config()
                    .labels())
            .hasSize(CLASSES)
            .startsWith(label(0), label(1))
            .endsWith(label(CLASSES - 1));
      }
      run("score --model probe");
      List<Scored> scored = scored();
      run("evaluate");
      metricsAreRight(scored);
      run("calibrate");
      calibrationIsRight(scored);
      run("explain --model probe --per-group 2 --nearest 0");
      relabelsAreRight(scored);
      run("labels --from vit --folds 2 --neighbors 5");
      labelChecksAreRight();
      run("report");
      reportIsRight();
    } finally {
      costs.forEach(System.out::println);
      System.out.printf(
          Locale.ROOT,
          "most heap at one time, what could be collected included: %,d MB%n",
          most >> 20);
    }
  }

  private List<Row> rows(TableSpec spec, String... columns) {
    return Workspace.at(spark, workspace).read(spec).selectExpr(columns).collectAsList();
  }

  /** What the tables say, read by no stage; checks that every image is there once. */
  private List<Scored> scored() {
    Map<String, String> splits = new HashMap<>();
    rows(SplitsTable.SPEC, "id", "split").forEach(r -> splits.put(r.getString(0), r.getString(1)));
    List<Scored> scored = new ArrayList<>();
    for (Row row : rows(PredictionsTable.SPEC, "id", "path", "probabilities", "predicted")) {
      List<Float> list = row.getList(2);
      float[] p = new float[list.size()];
      int best = 0;
      for (int c = 0; c < p.length; c++) {
        p[c] = list.get(c);
        best = p[c] > p[best] ? c : best;
      }
      assertThat(p).hasSize(CLASSES);
      assertThat(row.getString(3)).isEqualTo(label(best));
      int label = Integer.parseInt(row.getString(1).replaceAll(".*/|-.*", ""));
      scored.add(new Scored(splits.get(row.getString(0)), label, best, p));
    }
    assertThat(scored).hasSize(IMAGES);
    Map<String, Long> sizes =
        scored.stream().collect(Collectors.groupingBy(Scored::split, Collectors.counting()));
    assertThat(sizes).containsEntry("validation", CLASSES - 1L).containsEntry("test", CLASSES - 1L);
    // Something to tell apart: a model that says one thing of all would make all figures alike.
    assertThat(scored.stream().map(Scored::predicted).distinct().count()).isGreaterThan(100);
    return scored;
  }

  private void metricsAreRight(List<Scored> scored) {
    Map<String, Double> figures = new HashMap<>();
    for (Row row :
        rows(MetricsTable.SPEC, "concat_ws('|', split, slice, class, metric)", "value")) {
      figures.put(row.getString(0), row.isNullAt(1) ? null : row.getDouble(1));
    }
    for (String split : List.of("(all)", "train", "validation", "test")) {
      List<Scored> here =
          scored.stream().filter(s -> split.equals("(all)") || s.split().equals(split)).toList();
      String whole = split + "|(all)|";
      double[] support = counts(here, s -> true, Scored::label);
      double[] said = counts(here, s -> true, Scored::predicted);
      double[] right = counts(here, Scored::right, Scored::label);
      double f1 = 0;
      double recall = 0;
      double roc = 0;
      for (int c = 0; c < CLASSES; c++) {
        String name = whole + label(c) + "|";
        assertThat(figures).containsEntry(name + "support", support[c]);
        assertThat(figures).containsEntry(name + "precision", ratio(right[c], said[c]));
        assertThat(figures).containsEntry(name + "recall", ratio(right[c], support[c]));
        assertThat(figures).containsEntry(name + "f1", ratio(2 * right[c], support[c] + said[c]));
        Double auc =
            c % 20 == 0 || split.equals("test") ? auc(here, c) : figures.get(name + "roc_auc");
        assertThat(figures.get(name + "roc_auc")).as(name).isEqualTo(auc);
        f1 += ratio(2 * right[c], support[c] + said[c]);
        recall += ratio(right[c], support[c]);
        roc += auc == null ? 0 : auc;
      }
      long seen = IntStream.range(0, CLASSES).filter(c -> support[c] > 0).count();
      long known = IntStream.range(0, CLASSES).filter(c -> support[c] + said[c] > 0).count();
      Map<String, Double> overall = new LinkedHashMap<>();
      overall.put("images", (double) here.size());
      overall.put("accuracy", mean(here, s -> s.right() ? 1 : 0));
      overall.put("balanced_accuracy", recall / seen);
      overall.put("recall_macro", recall / known);
      overall.put("f1_macro", f1 / known);
      overall.put("roc_auc_macro", roc / seen);
      overall.put("log_loss", mean(here, s -> -Math.log(Math.max(s.p()[s.label()], 0x1p-23))));
      overall.put("top_5_accuracy", mean(here, s -> above(s) < 5 ? 1 : 0));
      overall.forEach(
          (metric, value) ->
              assertThat(figures.get(whole + "(all)|" + metric))
                  .as(split + " " + metric)
                  .isCloseTo(value, within(1e-9)));
    }
    Map<String, Long> pairs =
        scored.stream()
            .collect(
                Collectors.groupingBy(
                    s -> label(s.label()) + ">" + label(s.predicted()), Collectors.counting()));
    Map<String, Long> confusion = new HashMap<>();
    for (Row row :
        Workspace.at(spark, workspace)
            .read(ConfusionTable.SPEC)
            .where("split = '(all)' and slice = '(all)'")
            .selectExpr("concat(actual, '>', predicted)", "count")
            .collectAsList()) {
      confusion.put(row.getString(0), row.getLong(1));
    }
    assertThat(confusion).isEqualTo(pairs);
    Dataset<Row> curves = Workspace.at(spark, workspace).read(CurvesTable.SPEC);
    // Of class 0 no image was put aside, so where the model is judged it has no curve.
    assertThat(curves.where("split = 'test'").select("class").distinct().count())
        .isEqualTo(CLASSES - 1);
    List<Row> ends =
        curves
            .where("split = 'test' and curve = 'roc' and class = '" + label(7) + "'")
            .orderBy("point")
            .select("x", "y")
            .collectAsList();
    assertThat(ends.get(0)).hasToString("[0.0,0.0]");
    assertThat(ends.get(ends.size() - 1)).hasToString("[1.0,1.0]");
  }

  private static double[] counts(
      List<Scored> scored, Predicate<Scored> of, Function<Scored, Integer> by) {
    double[] counts = new double[CLASSES];
    scored.stream().filter(of).forEach(s -> counts[by.apply(s)]++);
    return counts;
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  private static double mean(List<Scored> scored, ToDoubleFunction<Scored> value) {
    return scored.stream().mapToDouble(value).average().orElseThrow();
  }

  /** Classes that come before that of the image: more likely, or as likely and earlier. */
  private static int above(Scored s) {
    int above = 0;
    for (int c = 0; c < s.p().length; c++) {
      float own = s.p()[s.label()];
      above += s.p()[c] > own || (s.p()[c] == own && c < s.label()) ? 1 : 0;
    }
    return above;
  }

  /** The share of pairs that are in order, by comparing all; null where there are none. */
  private static Double auc(List<Scored> scored, int c) {
    double twice = 0;
    long pairs = 0;
    for (Scored one : scored) {
      for (Scored other : one.label() == c ? scored : List.<Scored>of()) {
        if (other.label() != c) {
          pairs++;
          twice += 1 + Math.signum(one.p()[c] - other.p()[c]);
        }
      }
    }
    return pairs == 0 ? null : twice / (2.0 * pairs);
  }

  private void calibrationIsRight(List<Scored> scored) {
    List<Row> rows =
        rows(CalibrationsTable.SPEC, "split", "method", "temperature", "images", "log_loss");
    assertThat(rows).hasSize(2);
    for (Row row : rows) {
      List<Scored> here = scored.stream().filter(s -> s.split().equals(row.getString(0))).toList();
      assertThat(row.getString(1)).isEqualTo("temperature");
      assertThat(row.getDouble(2)).isPositive();
      assertThat(row.getLong(3)).isEqualTo(CLASSES - 1L);
      double loss = mean(here, s -> -Math.log(Math.max(s.p()[s.label()], 0x1p-23)));
      assertThat(row.getDouble(4)).isCloseTo(loss, within(1e-6));
    }
    // The first fifty that have images to choose by: class 0 has none.
    assertThat(
            rows(ThresholdsTable.SPEC, "class").stream()
                .map(row -> row.getString(0))
                .distinct()
                .sorted())
        .isEqualTo(IntStream.rangeClosed(1, 50).mapToObj(ManyClassesTest::label).toList());
  }

  /** With thresholds among the confidences that there are, so that all kinds of reasons occur. */
  private void relabelsAreRight(List<Scored> scored) {
    double[] confidences =
        scored.stream().mapToDouble(s -> s.p()[s.predicted()]).sorted().toArray();
    float floor = (float) confidences[IMAGES / 2];
    float review = (float) confidences[IMAGES / 4];
    float own = (float) confidences[IMAGES / 3];
    double[] margins =
        scored.stream().mapToDouble(s -> s.p()[s.predicted()] - s.second()).sorted().toArray();
    float margin = (float) margins[IMAGES / 2];
    // A class that is often predicted has a floor of its own.
    int often =
        scored.stream()
            .collect(Collectors.groupingBy(Scored::predicted, TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey();
    run(
        List.of(
            "relabel",
            "--min-confidence",
            Float.toString(floor),
            "--review-confidence",
            Float.toString(review),
            "--min-margin",
            Float.toString(margin),
            "--class-floor",
            label(often) + "=" + own,
            "--max-change-rate",
            "1"));
    Map<String, Long> expected = new TreeMap<>();
    for (Scored s : scored) {
      float confidence = s.p()[s.predicted()];
      boolean high = confidence >= (s.predicted() == often ? own : floor);
      boolean clear = confidence - s.second() >= margin;
      String reason;
      if (s.right()) {
        reason = "agrees";
      } else if (high && clear) {
        reason = s.split().equals("train") ? "confident" : "protected_split";
      } else if (high) {
        reason = "small_margin";
      } else {
        reason = confidence >= review ? "below_floor" : "unsure";
      }
      String to = reason.equals("confident") ? label(s.predicted()) : label(s.label());
      expected.merge(label(s.label()) + " " + reason + " " + to, 1L, Long::sum);
    }
    Map<String, Long> found = new TreeMap<>();
    rows(RelabelsTable.SPEC, "concat_ws(' ', old_label, reason, new_label)")
        .forEach(row -> found.merge(row.getString(0), 1L, Long::sum));
    assertThat(found).isEqualTo(expected);
    assertThat(found.keySet().stream().map(key -> key.split(" ", -1)[2]).distinct())
        .contains(
            "agrees", "confident", "protected_split", "small_margin", "below_floor", "unsure");
    long summed =
        rows(RelabelSummaryTable.SPEC, "images", "slice").stream()
            .filter(row -> row.getString(1).equals("(all)"))
            .mapToLong(row -> row.getLong(0))
            .sum();
    assertThat(summed).isEqualTo(IMAGES);
  }

  private void labelChecksAreRight() {
    List<Row> checks = rows(LabelChecksTable.SPEC, "path", "label", "suggested", "differs");
    assertThat(checks).hasSize(IMAGES);
    for (Row row : checks) {
      int c = Integer.parseInt(row.getString(0).replaceAll(".*/|-.*", ""));
      assertThat(row.getString(1)).isEqualTo(label(c));
      assertThat(row.getBoolean(3)).isEqualTo(!row.getString(1).equals(row.getString(2)));
    }
    Map<String, Long> noise = new HashMap<>();
    rows(LabelNoiseTable.SPEC, "label", "images")
        .forEach(row -> noise.merge(row.getString(0), row.getLong(1), Long::sum));
    assertThat(noise).hasSize(CLASSES).containsEntry(label(0), 1L);
    assertThat(noise.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(IMAGES);
  }

  private void reportIsRight() throws Exception {
    try (Stream<Path> pages = Files.walk(Path.of(workspace, "reports"))) {
      List<Path> all = pages.filter(page -> page.toString().endsWith(".html")).toList();
      assertThat(all).isNotEmpty();
      // What a browser opens at once, most of it pictures; tables of classes name some of them.
      assertThat(all).allMatch(page -> page.toFile().length() < 4_000_000);
      String page = Files.readString(all.get(0));
      assertThat(page).contains("1,100");
      long named = IntStream.range(0, CLASSES).filter(c -> page.contains(label(c))).count();
      System.out.printf(
          Locale.ROOT, "report: %,d bytes, %,d classes named%n", page.length(), named);
      assertThat(named).isBetween(50L, (long) CLASSES / 2);
    }
  }
}
