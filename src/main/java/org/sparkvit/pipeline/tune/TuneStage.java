package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.search.Importance;
import org.sparkvit.stats.search.Trial;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.loop.RemoteTraining;
import org.sparkvit.training.recipe.InitialCheckpoint;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.Recipe;

/**
 * Images, splits, plan and a search space to a study: each trial is one training within one
 * executor, and a leg of it one Spark job of one task.
 */
public final class TuneStage {
  private final TuneConfig config;
  private final Progress progress;

  public TuneStage(TuneConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("tune", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    TrainingRows rows =
        TrainingRows.read(
            workspace, config.usePlan(), config.useSynthetic(), config.rare(), record);
    Labels labels = rows.labels();
    Recipe base = config.recipes().of(config.options());
    Metric metric = base.selection().metric();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path folder = new Path(workspace.study(config.name()));
    FileSystem fs = fileSystem(folder, hadoop);
    Initialization begin = config.initialization().pinned(workspace);
    StudyFile file = open(fs, folder, metric, begin);
    rows.notes().forEach(note -> progress.say("tune: warning: " + note));
    progress.say("tune: " + rows.describe());

    InitialCheckpoint from =
        InitialCheckpoint.of(spark, workspace, begin, labels, base.seed(), record);
    from.notes().forEach(note -> progress.say("tune: " + note));
    Checkpoint start = from.checkpoint();
    base.augmentation().requireFits(start.config().imageSize());
    PreprocessSpec input = InputSpec.of(start.preprocessor(), start.config());
    String data = "tune-" + record.runId();
    RemoteTraining training =
        new RemoteTraining(
            spark,
            data,
            labels,
            start,
            input,
            new CatalogImages(new ImageFiles(spark)),
            config.decodeThreads(),
            coresOfAnExecutor(spark),
            config.device(),
            config.precision(),
            rows.rarestClass());
    JavaRDD<Row> all = together(workspace, rows);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Study.Legs legs =
        new Study.Legs() {
          @Override
          public RemoteTraining.Leg run(int trial, Recipe recipe, int until) {
            context.setJobGroup(data, "trial " + trial + " to epoch " + until, true);
            String states = states(trial).toString();
            return all.mapPartitions(
                    part -> List.of(training.run(part, recipe, until, states)).iterator())
                .collect()
                .get(0);
          }

          @Override
          public void cancel() {
            context.cancelJobGroup(data);
          }

          @Override
          public void forget(int trial) {
            try {
              fs.delete(states(trial), true);
            } catch (IOException e) {
              throw new UncheckedIOException("deleting " + states(trial), e);
            }
          }

          private Path states(int trial) {
            return new Path(folder, "trial-" + trial);
          }
        };
    int parallel = parallel(spark);
    progress.say(
        String.format(
            Locale.ROOT,
            "tune: %d trials at most, %d at a time, %d of them have ended; %s in %s",
            config.trials(),
            parallel,
            file.log().trials().stream()
                .filter(trial -> trial.state() != Trial.State.RUNNING)
                .count(),
            StudyLog.FILE,
            folder));
    try {
      new Study(config, rows, file, metric, legs, progress).run(parallel);
    } finally {
      if (!spark.sparkContext().isStopped()) {
        // At best; what is left behind goes with the executors.
        context.parallelize(List.of(1, 2, 3, 4), 4).foreach(i -> RemoteTraining.release(data));
      }
    }
    finish(fs, folder, file.log(), begin, record);
  }

  private StudyFile open(FileSystem fs, Path folder, Metric metric, Initialization begin) {
    Map<String, String> fingerprint = new LinkedHashMap<>(config.fingerprint());
    if (begin instanceof Initialization.Pretrained pretrained) {
      // Another version of a model is another model.
      fingerprint.put("from", pretrained.model());
    }
    if (config.overwrite()) {
      try {
        requireStudy(fs, folder);
        fs.delete(folder, true);
      } catch (IOException e) {
        throw new UncheckedIOException("deleting " + folder, e);
      }
    } else {
      Optional<StudyFile> former = StudyFile.read(fs, folder, fingerprint);
      if (former.isPresent() && !config.resume()) {
        throw new UserException(
            "there is a study '"
                + config.name()
                + "' already; pass --resume to go on with it, --overwrite to begin anew, or choose"
                + " another --name");
      } else if (former.isPresent()) {
        return former.get();
      }
    }
    return StudyFile.begin(
        fs, folder, StudyLog.begin(metric.label(), metric.higherIsBetter(), fingerprint));
  }

  /** What is to be replaced has to be a study, not somebody's data. */
  private static void requireStudy(FileSystem fs, Path folder) throws IOException {
    if (!Presence.list(fs, folder).isEmpty()
        && !Presence.exists(fs, new Path(folder, StudyLog.FILE))) {
      throw new UserException(
          "'"
              + folder
              + "' is there and is no study, for it has no "
              + StudyLog.FILE
              + "; choose another --name");
    }
  }

  /** All rows in one partition, which any executor can have; neighbours in shards together. */
  private static JavaRDD<Row> together(Workspace workspace, TrainingRows rows) {
    return ImageLocations.inOrder(workspace, rows.rows(), 1, unpacked -> unpacked.repartition(1))
        .toJavaRDD();
  }

  private int parallel(SparkSession spark) {
    if (config.parallel() > 0) {
      return config.parallel();
    }
    return executors(spark);
  }

  private static int executors(SparkSession spark) {
    // The driver is among them.
    return Math.max(1, spark.sparkContext().statusTracker().getExecutorInfos().length - 1);
  }

  private static int coresOfAnExecutor(SparkSession spark) {
    int all = spark.sparkContext().defaultParallelism();
    return spark
        .sparkContext()
        .conf()
        .getInt("spark.executor.cores", Math.max(1, all / executors(spark)));
  }

  private void finish(
      FileSystem fs, Path folder, StudyLog log, Initialization begin, RunRecord record) {
    Trial best =
        log.best()
            .orElseThrow(
                () ->
                    new UserException(
                        "no trial is complete; --resume with more --trials or --minutes goes on"));
    Map<String, Double> importance = Importance.of(config.space(), log.trials());
    Map<String, Long> states =
        log.trials().stream()
            .collect(
                Collectors.groupingBy(
                    trial -> trial.state().name().toLowerCase(Locale.ROOT),
                    TreeMap::new,
                    Collectors.counting()));
    record
        .result("metric", log.metric())
        .result("best_trial", best.number())
        .result("best_value", log.value(best.loss()))
        .result("best_values", new TreeMap<>(best.values()))
        .result("trials", states)
        .result("importance", importance);
    Path conf = new Path(folder, "best.properties");
    try {
      AtomicFiles.write(fs, new Path(folder, "summary.json"), Json.write(record.toMap()));
      AtomicFiles.write(fs, conf, properties(best, log.value(best.loss()), log.metric(), begin));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to " + folder, e);
    }
    progress.say(
        "tune: importance: "
            + importance.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(
                    entry ->
                        String.format(
                            Locale.ROOT, "%s %.0f %%", entry.getKey(), 100 * entry.getValue()))
                .collect(Collectors.joining(", ")));
    progress.say(
        String.format(
            Locale.ROOT,
            "tune: trial %d of %d is the best, %s %.4f: %s; next: spark-vit train --config %s",
            best.number(),
            log.trials().size(),
            log.metric(),
            log.value(best.loss()),
            Study.describe(best),
            conf.toUri().getScheme() == null || conf.toUri().getScheme().equals("file")
                ? conf.toUri().getPath()
                : conf));
  }

  /** A file for {@code train --config}. */
  private String properties(Trial best, double value, String metric, Initialization begin) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "# Trial %d of the study '%s': %s %.4f on the validation split%n",
            best.number(),
            config.name(),
            metric,
            value));
    Map<String, String> all = new LinkedHashMap<>();
    begin.toMap().forEach((name, option) -> all.put(name, String.valueOf(option)));
    all.putAll(config.optionsWith(best.values()));
    all.put("precision", config.precision());
    if (!config.usePlan()) {
      all.put("no-plan", "true");
    }
    if (config.useSynthetic()) {
      all.put("synthetic", "true");
    }
    config.rare().toMap().forEach((name, option) -> all.put(name, String.valueOf(option)));
    all.forEach((name, option) -> text.append(name).append(" = ").append(option).append('\n'));
    return text.toString();
  }

  private static FileSystem fileSystem(Path folder, Configuration hadoop) {
    try {
      return folder.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new UserException("'" + folder + "' cannot be reached: " + e.getMessage(), e);
    }
  }
}
