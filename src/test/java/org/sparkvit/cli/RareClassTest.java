package org.sparkvit.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Forty classes, one of which has a single image, judged by models that have the same classes, the
 * same in another order, one more or one less.
 */
@Tag("slow")
class RareClassTest extends SparkTest {
  private static final List<String> CLASSES =
      IntStream.range(0, 40).mapToObj(c -> String.format(Locale.ROOT, "kind %02d", c)).toList();

  private static final String RARE = CLASSES.get(0);

  private static final int EACH = 4;

  private static final int IMAGES = 39 * EACH + 1;

  @TempDir private Path folder;

  private Workspace workspace;

  private void run(String line, String... more) {
    List<String> all = new ArrayList<>(List.of(line.split(" ")));
    all.addAll(List.of(more));
    all.addAll(List.of("-w", workspace.uri()));
    Main.run(all.toArray(String[]::new));
  }

  @BeforeEach
  void catalogAndSplits() throws Exception {
    workspace = Workspace.at(spark, folder.resolve("w").toString());
    Path files = Files.createDirectories(folder.resolve("files"));
    StringBuilder manifest = new StringBuilder("path,label\n");
    SplittableRandom random = new SplittableRandom(1);
    for (int c = 0; c < CLASSES.size(); c++) {
      for (int i = 0; i < (c == 0 ? 1 : EACH); i++) {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 256; p++) {
          image.setRGB(p % 16, p / 16, random.nextInt(1 << 24));
        }
        String name = c + "-" + i + ".png";
        ImageIO.write(image, "png", files.resolve(name).toFile());
        manifest.append(name).append(',').append(CLASSES.get(c)).append('\n');
      }
    }
    Path list = Files.writeString(files.resolve("images.csv"), manifest);
    run("catalog", "--input", list.toString());
    run("split");
  }

  /** What a model of these classes says: mostly the label, or the class after it. */
  private void predictions(List<String> classes) {
    List<Row> rows = new ArrayList<>();
    for (Row image :
        workspace
            .read(ImagesTable.SPEC)
            .select("id", "path", "label", "sha256")
            .orderBy("path")
            .collectAsList()) {
      int label = CLASSES.indexOf(image.getString(2));
      String best = CLASSES.get(rows.size() % 3 == 0 ? (label + 1) % CLASSES.size() : label);
      float[] p = new float[classes.size()];
      for (int c = 0; c < p.length; c++) {
        int place = CLASSES.indexOf(classes.get(c));
        // Eighths, and what is left in unequal parts: all are exact, so their order is no matter.
        p[c] = classes.get(c).equals(best) ? 0.75f : (place + 2) * 0x1p-13f;
      }
      String predicted = classes.contains(best) ? best : classes.get(most(p));
      rows.add(
          TableRow.prediction(image.getString(0), image.getString(1), "m", predicted, p)
              .with(PredictionsTable.LABEL, image.getString(2))
              .with(PredictionsTable.SHA256, image.getString(3))
              .build());
    }
    RunRecord record = RunRecord.start("score", Map.of());
    workspace.replace(
        ModelsTable.SPEC,
        spark.createDataFrame(
            List.of(RowFactory.create("m", "file:/m", classes, Timestamp.from(Instant.EPOCH))),
            ModelsTable.SPEC.schema()),
        record);
    workspace.replace(
        PredictionsTable.SPEC, spark.createDataFrame(rows, PredictionsTable.SPEC.schema()), record);
  }

  private static int most(float[] p) {
    return IntStream.range(0, p.length).reduce(0, (a, b) -> p[b] > p[a] ? b : a);
  }

  /** Figures by split, class and metric. */
  private Map<String, Object> evaluated() {
    run("evaluate --resamples 0 --overwrite");
    Map<String, Object> figures = new TreeMap<>();
    workspace
        .read(MetricsTable.SPEC)
        .where("slice = '(all)'")
        .selectExpr("concat_ws('|', split, class, metric)", "value")
        .collectAsList()
        .forEach(row -> figures.put(row.getString(0), row.get(1)));
    return figures;
  }

  /** Means over classes are summed in their order, which moves last digits. */
  private static BiConsumer<String, Object> like(Map<String, Object> others) {
    return (key, value) -> {
      if (value == null) {
        assertThat(others).containsEntry(key, null);
      } else {
        assertThat((Double) others.get(key)).as(key).isCloseTo((Double) value, within(1e-12));
      }
    };
  }

  /** The new label of each image, and why. */
  private Map<String, String> relabelled() {
    run("relabel --min-confidence 0.5 --max-change-rate 1 --overwrite");
    return workspace
        .read(RelabelsTable.SPEC)
        .selectExpr("id", "concat_ws('|', old_label, reason, new_label)")
        .collectAsList()
        .stream()
        .collect(Collectors.toMap(row -> row.getString(0), row -> row.getString(1)));
  }

  private static long count(Map<String, String> decisions, String part) {
    return decisions.values().stream().filter(decision -> decision.contains(part)).count();
  }

  @Test
  void everyStageRunsOrSaysWhatAClassOfOneImageLacks() throws Exception {
    assertThat(
            workspace
                .read(SplitsTable.SPEC)
                .where(col("label").equalTo(RARE).and(col("split").equalTo("train")))
                .count())
        .isEqualTo(1);
    predictions(CLASSES);
    Map<String, Object> figures = evaluated();
    assertThat(figures)
        .containsEntry("train|" + RARE + "|support", 1.0)
        .containsEntry("test|" + RARE + "|support", 0.0)
        .containsEntry("test|" + RARE + "|recall", 0.0)
        .containsEntry("test|" + RARE + "|roc_auc", null)
        .containsEntry("test|(all)|images", 39.0);
    assertThat((Double) figures.get("test|(all)|roc_auc_macro")).isBetween(0.0, 1.0);

    for (String method : List.of("platt", "isotonic")) {
      assertThatThrownBy(() -> run("calibrate --method " + method))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no scored image of class '" + RARE + "'")
          .hasMessageContaining("use --method temperature");
    }
    assertThatThrownBy(() -> run("calibrate", "--positive", RARE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no image of class '" + RARE + "'");
    // Names of forty classes are too many for one line.
    for (String stage : List.of("evaluate --overwrite", "calibrate")) {
      assertThatThrownBy(() -> run(stage, "--positive", "none"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'none' is no class of the model")
          .hasMessageEndingWith(CLASSES.get(19) + "] and 20 more");
    }
    run("calibrate");
    assertThat(workspace.read(CalibrationsTable.SPEC).count()).isEqualTo(2);
    assertThat(count(relabelled(), RARE + "|confident|" + CLASSES.get(1))).isEqualTo(1);
    run("relabel --calibrated --max-change-rate 1 --overwrite");
    assertThat(workspace.read(RelabelsTable.SPEC).count()).isEqualTo(IMAGES);

    // One image cannot be mixed with another of its class, but can get the look of any.
    assertThatThrownBy(() -> run("synthesize --target 3 --methods mixup"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("class '" + RARE + "' has one image to train on");
    run("synthesize --target 3");
    Map<String, Long> made =
        workspace
            .read(SyntheticTable.SPEC)
            .groupBy("label", "method")
            .count()
            .collectAsList()
            .stream()
            .collect(
                Collectors.toMap(
                    row -> row.getString(0) + " " + row.getString(1), row -> row.getLong(2)));
    assertThat(made).containsEntry(RARE + " fourier", 2L);
    assertThat(made.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(39 + 2);

    run("report");
    try (Stream<Path> pages = Files.walk(folder.resolve("w/reports"))) {
      Path page = pages.filter(file -> file.toString().endsWith(".html")).findFirst().orElseThrow();
      assertThat(Files.readString(page)).contains(RARE);
    }
  }

  @Test
  void theOrderAndTheNumberOfAModelsClassesDoNotChangeWhatIsSaidOfTheOthers() {
    predictions(CLASSES);
    Map<String, Object> same = evaluated();
    Map<String, String> decided = relabelled();
    assertThat(count(decided, "|confident|")).isPositive();

    List<String> turned = new ArrayList<>(CLASSES);
    Collections.reverse(turned);
    predictions(turned);
    assertThat(evaluated()).hasSameSizeAs(same).allSatisfy(like(same));
    assertThat(relabelled()).isEqualTo(decided);

    List<String> more = new ArrayList<>(CLASSES);
    more.add(7, "never seen");
    predictions(more);
    Map<String, Object> withMore = evaluated();
    assertThat(withMore).containsEntry("(all)|never seen|support", 0.0);
    withMore.keySet().removeIf(key -> key.contains("never seen"));
    // Its probability is new, and it is no mistake that was made: the rest is as it was.
    List<String> probabilities = List.of("log_loss", "brier", "ece", "mce", "top_2", "top_5");
    withMore.keySet().removeIf(key -> probabilities.stream().anyMatch(key::contains));
    assertThat(withMore).hasSizeGreaterThan(1000).allSatisfy(like(same));
    assertThat(relabelled()).isEqualTo(decided);

    List<String> fewer = new ArrayList<>(CLASSES);
    String gone = fewer.remove(5);
    predictions(fewer);
    Map<String, Object> withFewer = evaluated();
    assertThat(withFewer)
        .containsEntry("(all)|" + gone + "|support", (double) EACH)
        .containsEntry("(all)|" + gone + "|recall", 0.0)
        .containsEntry("(all)|" + gone + "|roc_auc", null)
        .containsEntry("(all)|(all)|images", (double) IMAGES);
    assertThat(withFewer.get("test|" + CLASSES.get(20) + "|recall"))
        .isEqualTo(same.get("test|" + CLASSES.get(20) + "|recall"));
    assertThat(count(relabelled(), gone + "|unknown_label|" + gone)).isEqualTo(EACH);
    run("calibrate --overwrite");
    assertThat(
            workspace
                .read(CalibrationsTable.SPEC)
                .where("split = 'test'")
                .select("images")
                .first()
                .getLong(0))
        .isEqualTo(38);
  }

  @Test
  void aModelOfQuiteOtherClassesIsSaidInALine() {
    predictions(List.of("circle", "square"));
    Map<String, Object> figures = evaluated();
    assertThat(figures).containsEntry("test|(all)|accuracy", 0.0);
    assertThat(count(relabelled(), "|unknown_label|")).isEqualTo(IMAGES);
    assertThatThrownBy(() -> run("calibrate"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no scored images of two classes in the validation split");
    // A list of classes that is not that of the probabilities.
    workspace.replace(
        ModelsTable.SPEC,
        spark.createDataFrame(
            List.of(RowFactory.create("m", "file:/m", CLASSES, Timestamp.from(Instant.EPOCH))),
            ModelsTable.SPEC.schema()),
        RunRecord.start("score", Map.of()));
    for (String stage : List.of("evaluate --overwrite", "calibrate", "relabel --overwrite")) {
      assertThatThrownBy(() -> run(stage))
          .as(stage)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("table 'predictions'")
          .hasMessageContaining("another length than the classes");
    }
  }
}
