package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.stats.search.Trial;
import org.sparkvit.tracking.Tracking;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.loop.RemoteTraining;
import org.sparkvit.training.recipe.InitialCheckpoint;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.Recipe;

/**
 * Searches for good settings of a training. It reads the images with their labels, {@code splits},
 * {@code plan} and perhaps {@code synthetic}, and a search space. It writes the files of a study.
 * Each trial is one training within one executor, and each of its legs is a Spark job with one
 * task. The lines of the study say more than Spark's own, which are not shown.
 */
@StageDescription(
    name = "tune",
    group = Group.TRAIN,
    help = {
      "Looks for the settings of 'train' that are best by --metric on the validation split.",
      "Each trial is a training within one executor; bad ones end early. What happens is in"
          + " WORKSPACE/studies/NAME/study.jsonl at any time, and the best settings are in"
          + " best.properties beside it, for 'spark-vit train --config'."
    },
    showsSparkProgress = false)
public final class TuneStage extends Stage<TuneConfig> {
  /** Creates the stage. */
  public TuneStage() {
    super(TuneConfig.class);
  }

  @Override
  protected void check(TuneConfig config) {
    // A mistake in the options for all trials should show before one in the space.
    config.recipeWith(Map.of());
    config.readSpace();
  }

  @Override
  protected void run(StageContext context, TuneConfig config) {
    SparkSession spark = context.spark();
    SearchSpace space = config.readSpace();
    Recipe base = config.recipeWith(Map.of());
    Metric metric = base.selection().metric();
    Initialization begin = config.initialization().initialization().pinned(context.workspace());
    config.fingerprint(begin, space).forEach(context.record()::option);
    TrainingRows rows =
        TrainingRows.read(
            context.workspace(),
            context.labels(),
            config.usePlan(),
            config.useSynthetic(),
            config.rare(),
            context.record());
    Labels labels = rows.labels();
    Path folder = new Path(context.workspace().study(config.name()));
    FileSystem fs = fileSystem(folder, spark.sparkContext().hadoopConfiguration());
    StudyFile file = open(config, fs, folder, metric, config.fingerprint(begin, space));
    rows.notes().forEach(note -> context.say("warning: %s", note));
    context.say("%s", rows.describe());
    ImageLocations.findPackAdvice(context.workspace(), rows.rows())
        .ifPresent(line -> context.say("%s", line));

    InitialCheckpoint from =
        InitialCheckpoint.open(
            spark, context.workspace(), begin, labels, base.seed(), context.record());
    from.notes().forEach(note -> context.say("%s", note));
    Checkpoint start = from.checkpoint();
    base.augmentation().requireFits(start.config().imageSize());
    PreprocessSpec input = InputSpec.of(start.preprocessor(), start.config());
    String data = "tune-" + context.record().runId();
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
    SparkLegs legs =
        new SparkLegs(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            data,
            together(context.workspace(), rows),
            training,
            fs,
            folder);
    int parallel = config.parallel() > 0 ? config.parallel() : executors(spark);
    context.say(
        "%d trials at most, %d at a time, %d of them have ended; %s in %s",
        config.trials(),
        parallel,
        file.log().trials().stream().filter(trial -> trial.state() != Trial.State.RUNNING).count(),
        StudyLog.FILE,
        folder);
    try (Tracking tracking =
        Tracking.begin(
            config.mlflow(),
            context.record(),
            config.workspace(),
            config.name(),
            spark.sparkContext().hadoopConfiguration(),
            line -> context.say("%s", line))) {
      try {
        new Study(
                context,
                config,
                rows,
                file,
                config.sampler(space),
                metric,
                legs,
                new TrialTracking(tracking))
            .run(parallel);
      } finally {
        if (!spark.sparkContext().isStopped()) {
          legs.release();
        }
      }
      StudyResult result = new StudyResult(config, begin, space, file.log());
      result.write(context, fs, folder);
      result.log(tracking);
      tracking.finished();
    }
  }

  private static StudyFile open(
      TuneConfig config,
      FileSystem fs,
      Path folder,
      Metric metric,
      Map<String, String> fingerprint) {
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

  /** Checks that a folder which will be replaced is a study, as it may be somebody's data. */
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

  /**
   * Returns all rows in one partition, which any executor can process. Neighbours in shards follow
   * one another.
   */
  private static JavaRDD<Row> together(Workspace workspace, TrainingRows rows) {
    return ImageLocations.inOrder(workspace, rows.rows(), 1, unpacked -> unpacked.repartition(1))
        .toJavaRDD();
  }

  private static int executors(SparkSession spark) {
    // The driver is one of them.
    return Math.max(1, spark.sparkContext().statusTracker().getExecutorInfos().length - 1);
  }

  private static int coresOfAnExecutor(SparkSession spark) {
    int all = spark.sparkContext().defaultParallelism();
    return spark
        .sparkContext()
        .conf()
        .getInt("spark.executor.cores", Math.max(1, all / executors(spark)));
  }

  private static FileSystem fileSystem(Path folder, Configuration hadoop) {
    try {
      return folder.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new UserException("'" + folder + "' cannot be reached: " + e.getMessage(), e);
    }
  }
}
