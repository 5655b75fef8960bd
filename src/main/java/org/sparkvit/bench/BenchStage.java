package org.sparkvit.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.inference.ModelThroughput;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.score.ScoreConfig;
import org.sparkvit.score.ScoreStage;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.Workspace;
import org.sparkvit.vit.Checkpoint;
import org.sparkvit.vit.ModelDirectory;
import org.sparkvit.vit.PreprocessorConfig;
import org.sparkvit.vit.ViTConfig;
import org.sparkvit.vit.ViTSize;

/**
 * Images a second of the whole score stage (listing to published table) and of the model alone, and
 * their ratio: the share of the device's capacity that scoring turns into labels. Both are taken in
 * turn in one run, because machines are shared and drift. The weights are random, which changes no
 * timing.
 */
public final class BenchStage {
  private static final int SIDE = 224;
  private static final int PATCH = 16;

  private final BenchConfig config;
  private final Progress progress;

  public BenchStage(BenchConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    Dataset<Row> images =
        Workspace.at(spark, config.workspace())
            .read(ImagesTable.SPEC)
            .where(col(ImagesTable.STATUS).equalTo("OK"));
    long available = images.count();
    if (available == 0) {
      throw new UserException(
          "workspace '" + config.workspace() + "' has no readable image to measure with");
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "%d tasks at a time, batch %d, %,d different images; median of %d rounds",
            spark.sparkContext().defaultParallelism(),
            config.batchSize(),
            available,
            config.rounds()));
    Map<ViTSize, Double> fp32 = new LinkedHashMap<>();
    for (ViTSize size : config.sizes()) {
      for (String precision : config.precisions()) {
        double model = measure(spark, images, available, size, precision);
        if (precision.equals("fp32")) {
          fp32.put(size, model);
        } else if (fp32.containsKey(size)) {
          progress.say(
              String.format(
                  Locale.ROOT,
                  "ViT-%s/%d %s is %.2f times as fast as fp32 (model only)",
                  size,
                  PATCH,
                  precision,
                  model / fp32.get(size)));
        }
      }
    }
  }

  private double measure(
      SparkSession spark, Dataset<Row> images, long available, ViTSize size, String precision) {
    Path directory = randomModel(size);
    String scratch = config.workspace() + "/bench-" + RunRecord.start("bench", Map.of()).runId();
    try {
      SharedModel model = SharedModel.distribute(spark, directory, config.device(), precision);
      int tasks = spark.sparkContext().defaultParallelism();
      double guess = ModelThroughput.measure(spark, model, config.batchSize(), 2);
      int batches =
          (int) Math.max(1, Math.round(guess * config.seconds() / tasks / config.batchSize()));
      long count = (long) batches * tasks * config.batchSize();
      fill(spark, scratch, images, available, count);
      List<Double> whole = new ArrayList<>();
      List<Double> alone = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < config.rounds(); round++) {
        alone.add(ModelThroughput.measure(spark, model, config.batchSize(), batches));
        whole.add(count / scoringSeconds(spark, scratch, directory, precision));
        ratios.add(whole.get(round) / alone.get(round));
      }
      progress.say(
          String.format(
              Locale.ROOT,
              "ViT-%s/%d %s: end to end %.1f images/s, model only %.1f images/s, ratio %.2f (of each"
                  + " round: %s)",
              size,
              PATCH,
              precision,
              median(whole),
              median(alone),
              median(ratios),
              String.join(
                  ", ", ratios.stream().map(r -> String.format(Locale.ROOT, "%.2f", r)).toList())));
      return median(alone);
    } finally {
      delete(spark, scratch);
      FileUtil.fullyDelete(directory.toFile());
    }
  }

  /** A catalog of {@code count} rows: the images there are, as often as it takes. */
  private static void fill(
      SparkSession spark, String scratch, Dataset<Row> images, long available, long count) {
    long copies = (count + available - 1) / available;
    Dataset<Row> rows =
        images
            .withColumn("copy", explode(sequence(lit(1L), lit(copies))))
            .withColumn(ImagesTable.ID, concat(col(ImagesTable.ID), lit("-"), col("copy")))
            .orderBy(col("copy"), col(ImagesTable.ID))
            .limit((int) count)
            .drop("copy");
    Workspace.at(spark, scratch)
        .replace(ImagesTable.SPEC, rows, RunRecord.start("bench", Map.of("images", count)));
  }

  /** Seconds of one score stage into a new predictions table. */
  private double scoringSeconds(
      SparkSession spark, String scratch, Path directory, String precision) {
    delete(spark, scratch + "/predictions");
    ScoreConfig score =
        new ScoreConfig(
            scratch,
            directory.toUri().toString(),
            config.device(),
            precision,
            config.batchSize(),
            config.decodeThreads(),
            0,
            0,
            false,
            0);
    long started = System.nanoTime();
    new ScoreStage(score, Progress.SILENT).run(spark);
    return (System.nanoTime() - started) / 1e9;
  }

  private static Path randomModel(ViTSize size) {
    try {
      Path directory = Files.createTempDirectory("spark-vit-bench");
      ViTConfig vit = ViTConfig.of(size, SIDE, PATCH, List.of("ordinary", "sensitive"));
      ModelDirectory.write(directory, Checkpoint.random(vit, PreprocessorConfig.squash(SIDE), 1));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(SparkSession spark, String folder) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder);
    try {
      FileSystem fs = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      fs.delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + folder, e);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
