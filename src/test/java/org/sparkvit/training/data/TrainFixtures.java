package org.sparkvit.training.data;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.TableRow;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.recipe.Augmentation;
import org.sparkvit.training.recipe.CropPadding;
import org.sparkvit.training.recipe.Freezing;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.InitializationOptions;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;
import org.sparkvit.training.recipe.Regularization;
import org.sparkvit.training.recipe.Schedule;
import org.sparkvit.training.recipe.Selection;

/** A model and data sets that are small enough for a test. */
public final class TrainFixtures {
  public static final int SIDE = 16;
  public static final Labels LABELS = new Labels(List.of("cold", "warm"));

  /** The workspaces that have been written, by their number of partitions. */
  private static final Map<Integer, Path> WRITTEN = new HashMap<>();

  private static Path kept;

  private TrainFixtures() {}

  public static ViTConfig tinyViT() {
    return ViTConfig.of(32, 2, 2, 64, SIDE, 8, LABELS.names());
  }

  /** Random weights of the tiny model. */
  public static InitializationOptions scratch() {
    return InitializationOptions.of(new Initialization.Scratch(tinyViT()));
  }

  /** The options of {@link #recipe(int, double, double)}. */
  public static RecipeOptions options(int epochs, double learningRate, double warmupRatio) {
    return RecipeOptions.of(recipe(epochs, learningRate, warmupRatio));
  }

  public static Recipe recipe(int epochs, double learningRate, double warmupRatio) {
    return recipe(epochs, learningRate, warmupRatio, Metric.ACCURACY, 0);
  }

  public static Recipe recipe(
      int epochs, double learningRate, double warmupRatio, Metric metric, int patience) {
    return new Recipe(
        epochs,
        8,
        1,
        Schedule.cosine(learningRate, warmupRatio),
        Freezing.NONE,
        Regularization.of(0.01, 1),
        new Loss.CrossEntropy(),
        Augmentation.of(new CropPadding(2), true, 0.2, 0.1),
        new Selection(metric, patience, 0),
        false,
        5);
  }

  /** Noise with more blue (label 0) or more red (label 1). */
  public static byte[] pixels(int label, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[SIDE * SIDE * 3];
    random.nextBytes(pixels);
    for (int i = label == 0 ? 2 : 0; i < pixels.length; i += 3) {
      pixels[i] |= (byte) 0x80;
    }
    for (int i = label == 0 ? 0 : 2; i < pixels.length; i += 3) {
      pixels[i] &= 0x7f;
    }
    return pixels;
  }

  /** Train images of one class come first and are three times as many as the others. */
  public static TrainingSet drawn(PixelCache cache) {
    List<Example> train = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int label = i % 4 == 3 ? 1 : 0;
      int slot = cache.append(pixels(label, i));
      (i < 48 ? train : validation).add(new Example("id" + i, label, 1, 1, slot));
    }
    cache.seal();
    return new TrainingSet(train, validation, cache);
  }

  /**
   * Makes a workspace of 65 PNG files with the tables images, splits and plan, each in so many
   * partitions. The last train file is damaged. All workspaces of a JVM are about the same files,
   * so no test may change these.
   */
  public static void workspace(SparkSession spark, Path workspace, int partitions)
      throws IOException {
    synchronized (WRITTEN) {
      Path written = WRITTEN.get(partitions);
      if (written == null) {
        written = kept().resolve("workspace-" + partitions);
        write(spark, kept().resolve("files"), written, partitions);
        WRITTEN.put(partitions, written);
      }
      FileUtils.copyDirectory(written.toFile(), workspace.toFile());
    }
  }

  /** The folder of what tests share, until the JVM ends. */
  private static Path kept() throws IOException {
    if (kept == null) {
      Path folder = Files.createTempDirectory("train-fixtures");
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(folder.toFile())));
      kept = folder;
    }
    return kept;
  }

  private static void write(SparkSession spark, Path files, Path workspace, int partitions)
      throws IOException {
    Files.createDirectories(files);
    List<Row> images = new ArrayList<>();
    List<Row> splits = new ArrayList<>();
    List<Row> plan = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      int label = i % 4 == 3 ? 1 : 0;
      Path file = files.resolve(i + ".png");
      if (i == 64) {
        Files.write(file, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3});
      } else {
        ImageIO.write(image(pixels(label, i)), "png", file.toFile());
      }
      String id = StableHash.id(file.getFileName().toString());
      boolean train = i < 48 || i == 64;
      images.add(
          TableRow.image(id, file.toUri().toString())
              .with(ImagesTable.LABEL, LABELS.name(label))
              .with(ImagesTable.BYTES, Files.size(file))
              .with(ImagesTable.MODIFIED, new Timestamp(0))
              .with(ImagesTable.SHA256, StableHash.sha256(Files.readAllBytes(file)))
              .with(ImagesTable.WIDTH, SIDE)
              .with(ImagesTable.HEIGHT, SIDE)
              .build());
      splits.add(
          RowFactory.create(
              id, LABELS.name(label), train ? SplitsTable.TRAIN : SplitsTable.VALIDATION, null));
      if (train) {
        plan.add(RowFactory.create(id, LABELS.name(label), label == 1 ? 2 : 1, 1.5 - label * 0.5));
      }
    }
    Workspace tables = Workspace.at(spark, workspace.toString());
    RunRecord record = RunRecord.start("test", Map.of());
    tables.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(images, ImagesTable.SPEC.schema()).repartition(partitions),
        record);
    tables.replace(
        SplitsTable.SPEC,
        spark.createDataFrame(splits, SplitsTable.SPEC.schema()).repartition(partitions),
        record);
    tables.replace(
        PlanTable.SPEC,
        spark.createDataFrame(plan, PlanTable.SPEC.schema()).repartition(partitions),
        record);
  }

  private static BufferedImage image(byte[] rgb) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      Color color = new Color(rgb[3 * i] & 0xff, rgb[3 * i + 1] & 0xff, rgb[3 * i + 2] & 0xff);
      image.setRGB(i % SIDE, i / SIDE, color.getRGB());
    }
    return image;
  }
}
