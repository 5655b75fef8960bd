package org.sparkvit.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.table.LabelChecksTable;
import org.sparkvit.table.MetricsTable;
import org.sparkvit.table.PredictionsTable;
import org.sparkvit.table.RelabelsTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.Workspace;
import org.sparkvit.vit.ModelDirectory;

/** Many classes of four images each, one of them of one, through every stage. */
@Tag("slow")
class ManyClassesTest extends SparkTest {
  private static final int EACH = 4;

  @TempDir Path folder;

  private String workspace;

  private void run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-w", workspace));
    long began = System.nanoTime();
    Main.run(all.toArray(String[]::new));
    Runtime java = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f s, %,d MB of heap%n",
        words[0],
        (System.nanoTime() - began) / 1e9,
        (java.totalMemory() - java.freeMemory()) >> 20);
  }

  private static int images(int classes) {
    return (classes - 1) * EACH + 1;
  }

  private static String label(int index) {
    return String.format(Locale.ROOT, "class %04d", index);
  }

  /** A CSV manifest and its images, each class of a colour. */
  private Path draw(int classes) throws Exception {
    Path files = Files.createDirectories(folder.resolve("files"));
    StringBuilder manifest = new StringBuilder("path,label\n");
    for (int c = 0; c < classes; c++) {
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

  /** Catalog, splits, a trained model and one with a probed head, which knows all classes. */
  private void models(int classes) throws Exception {
    workspace = folder.resolve("w").toString();
    run("catalog", "--input", draw(classes).toString());
    run("split");
    run("balance", "--weights", "inverse");
    Dataset<Row> splits = Workspace.at(spark, workspace).read(SplitsTable.SPEC);
    assertThat(splits.where(col("split").equalTo("validation")).count()).isEqualTo(classes - 1);
    run(
        ("train --hidden-size 32 --layers 2 --heads 2 --image-size 32 --patch-size 8 --epochs 1"
                + " --batch-size 64 --device cpu --precision fp32")
            .split(" "));
    run("probe", "--from", "vit", "--regularization", "0.01", "--max-iterations", "2");
    for (String model : List.of("vit", "probe")) {
      assertThat(ModelDirectory.read(Path.of(workspace, "models", model)).config().labels())
          .hasSize(classes)
          .startsWith(label(0), label(1))
          .endsWith(label(classes - 1));
    }
  }

  /** What is planned by class and not by image grows with the classes, which Spark's plans feel. */
  @Test
  void modelsAndLabelChecksOfMoreThanAThousandClasses() throws Exception {
    int classes = 1100;
    models(classes);
    Workspace tables = Workspace.at(spark, workspace);
    run("score", "--model", "probe");
    assertThat(
            tables
                .read(PredictionsTable.SPEC)
                .where("size(probabilities) = " + classes + " and predicted is not null")
                .count())
        .isEqualTo(images(classes));
    run("labels", "--from", "vit", "--folds", "2", "--neighbors", "5");
    assertThat(tables.read(LabelChecksTable.SPEC).count()).isEqualTo(images(classes));
  }

  @Test
  void everyStageCopesWithHundredsOfClasses() throws Exception {
    int classes = 250;
    models(classes);
    Workspace tables = Workspace.at(spark, workspace);
    run("audit");
    run("score", "--model", "probe");
    run("evaluate", "--resamples", "10");
    Dataset<Row> recalls =
        tables
            .read(MetricsTable.SPEC)
            .where("split = 'test' and slice = 'all' and metric = 'recall' and class <> 'all'");
    assertThat(recalls.where("value is not null").count()).isGreaterThanOrEqualTo(classes - 1);
    run("calibrate");
    run("explain", "--model", "probe", "--per-group", "2", "--nearest", "0");
    run("relabel");
    assertThat(tables.read(RelabelsTable.SPEC).count()).isEqualTo(images(classes));
    run("labels", "--from", "vit", "--folds", "2");
    run("gate");
    run("report");

    try (Stream<Path> pages = Files.walk(Path.of(workspace, "reports"))) {
      List<Path> all = pages.filter(page -> page.toString().endsWith(".html")).toList();
      assertThat(all).isNotEmpty();
      // What a browser opens at once, most of it pictures; tables of classes name some of them.
      assertThat(all).allMatch(page -> page.toFile().length() < 4_000_000);
      assertThat(Files.readString(all.get(0)))
          .contains("250")
          .doesNotContain(label(classes - 40) + "</td><td>");
    }
  }
}
