package org.sparkvit.pipeline.score;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.Agreement;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.IncrementalTable;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageLocations;

/**
 * Images and a model to predictions, chunk by chunk. A chunk takes some minutes and becomes visible
 * in one step, so that a run which is killed loses no more than the chunk it was in: the next one
 * scores what has no row yet for its content by this model in this precision, of all its pixels
 * unless scaled decoding is allowed. Runs at the same time begin in different places and leave out
 * what the other has done; where they still meet, the rows of the later one count. The table has
 * one row per (image, model).
 */
public final class ScoreStage {
  private final ScoreConfig config;
  private final Progress progress;

  public ScoreStage(ScoreConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    Instant started = Instant.now();
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    workspace.requireWritable(PredictionsTable.SPEC, ModelsTable.SPEC, CostsTable.SPEC);
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    String location = workspace.modelAt(config.model());
    Background background = CatalogBackground.of(workspace);
    SharedModel loaded = model(spark, location, config.precision(), background);
    loaded.differs(background).ifPresent(line -> progress.say("score: " + line));
    SharedModel model = config.scaledDecoding() ? loaded.withScaledDecoding() : loaded;
    model.input().requireFits(config.batchSize());
    model.notes().forEach(note -> progress.say("score: " + note));
    RunRecord record =
        RunRecord.start("score", config.toMap())
            .input("images", workspace.version(ImagesTable.SPEC))
            .input("model", location)
            .input("model_hash", model.hash());

    if (config.agreementSample() > 0) {
      compare(spark, ImageLocations.of(workspace, images), model, location, background, record);
    }
    IncrementalTable table =
        new IncrementalTable(
                workspace, PredictionsTable.SPEC, images, rows -> done(rows, model.hash()))
            .inPartitions(config.partitions());
    if (config.chunkImages() > 0) {
      table.inChunksOf(config.chunkImages());
    }
    IdRanges ranges = table.cut(record);
    long count = ranges.images();
    if (count == 0) {
      if (!isLastUsed(workspace, model, location)) {
        registerModel(spark, workspace, model, location, record);
      }
      progress.say("score: nothing to do, every image has been scored by this model");
      return;
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "score: %,d images with model %.12s; %,d others have been scored before",
            count,
            model.hash(),
            images.count() - count));

    // Who tries known failures again expects failures.
    FailureLimit failures = new FailureLimit(config.retryFailed() ? 1 : config.maxErrorRate());
    table.fill(
        ranges,
        "scored",
        new Scoring(spark, workspace, model, location, failures, Timestamp.from(started), record),
        record,
        progress);
    workspace.compact(ModelsTable.SPEC, record);
    workspace.compact(CostsTable.SPEC, record);
    if (failures.failed() > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "score: %,d of %,d images have no prediction (see reason)",
              failures.failed(),
              failures.images()));
    }
    double time = seconds(started);
    Cost cost =
        new Cost(
            model.parameters(spark),
            model.multiplyAdds(),
            failures.images() / time,
            failures.images());
    cost.write(spark, workspace, model, config.precision(), record);
    progress.say("score: " + cost.line());
    progress.say(
        String.format(
            Locale.ROOT,
            "score: %,d images in %.1f s (%.1f images/s, loading included); next: spark-vit %s",
            failures.images(),
            time,
            failures.images() / time,
            // Without a label there is nothing to judge the model by, but it can give labels.
            images.where(ImagesTable.labelled()).isEmpty() ? "relabel" : "evaluate"));
  }

  private static double seconds(Instant since) {
    return Duration.between(since, Instant.now()).toMillis() / 1000.0;
  }

  private SharedModel model(
      SparkSession spark, String location, String precision, Background background) {
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      return SharedModel.distribute(spark, files.directory(), config.device(), precision)
          .on(background);
    }
  }

  /** Ids are hashes, so the images with the first ones are a sample, and the same one each time. */
  private void compare(
      SparkSession spark,
      Dataset<Row> images,
      SharedModel model,
      String location,
      Background background,
      RunRecord record) {
    Dataset<Row> sample =
        images
            .where(ImagesTable.usable())
            .orderBy(ImagesTable.ID)
            .limit(config.agreementSample())
            .repartition(spark.sparkContext().defaultParallelism());
    double share =
        Agreement.measure(
            spark,
            sample,
            model,
            model(spark, location, "fp32", background),
            config.batchSize(),
            config.decodeThreads());
    if (Double.isNaN(share)) {
      progress.say("score: none of the images of the sample can be scored, so nothing compares");
      return;
    }
    record.result("agreement", share);
    progress.say(
        String.format(
            Locale.ROOT,
            "score: of a sample of %,d images %.2f %% get the same label as in fp32%s",
            sample.count(),
            100 * share,
            config.scaledDecoding() ? " of all pixels" : ""));
  }

  /** Rows of the model that need not be made again. */
  private Dataset<Row> done(Dataset<Row> predictions, String model) {
    Dataset<Row> done = predictions.where(col(PredictionsTable.MODEL).equalTo(model));
    if (config.retryFailed()) {
      done = done.where(col(PredictionsTable.PROBABILITIES).isNotNull());
    }
    if (!config.precision().equals("auto")) {
      // Where the image gave no pixels, none was used.
      Column precision = col(PredictionsTable.PRECISION);
      done = done.where(precision.isNull().or(precision.equalTo(config.precision())));
    }
    if (!config.scaledDecoding()) {
      done = done.where(not(coalesce(col(PredictionsTable.SCALED_DECODING), lit(false))));
    }
    return done.select(PredictionsTable.ID, PredictionsTable.SHA256);
  }

  /** Predictions of the images of a chunk. */
  private final class Scoring implements IncrementalTable.Work {
    private final SparkSession spark;
    private final Workspace workspace;
    private final SharedModel model;
    private final String location;
    private final FailureLimit failures;
    private final Timestamp time;
    private final RunRecord record;

    Scoring(
        SparkSession spark,
        Workspace workspace,
        SharedModel model,
        String location,
        FailureLimit failures,
        Timestamp time,
        RunRecord record) {
      this.spark = spark;
      this.workspace = workspace;
      this.model = model;
      this.location = location;
      this.failures = failures;
      this.time = time;
      this.record = record;
    }

    @Override
    public Optional<Dataset<Row>> rows(IncrementalTable.Chunk chunk) {
      Dataset<Row> scored =
          BatchInference.score(
              spark, chunk.spread(), model, config.batchSize(), config.decodeThreads());
      return Optional.of(predictions(scored, model, time));
    }

    @Override
    public void check(Dataset<Row> written) {
      failures.add(written);
      record
          .result("scored", failures.images() - failures.failed())
          .result("failed", failures.failed());
    }

    /** No prediction refers to a model that is not there. */
    @Override
    public void beforeFirst() {
      registerModel(spark, workspace, model, location, record);
    }
  }

  private static Dataset<Row> predictions(Dataset<Row> scored, SharedModel model, Timestamp time) {
    Column probabilities = col(PredictionsTable.PROBABILITIES);
    return scored
        .withColumn(
            PredictionsTable.PREDICTED,
            ClassIndex.of(model.labels()).name(ClassIndex.mostProbable(probabilities)))
        .withColumn(PredictionsTable.CONFIDENCE, array_max(probabilities))
        .withColumn(PredictionsTable.MODEL, lit(model.hash()))
        .withColumn(
            PredictionsTable.SCALED_DECODING,
            when(probabilities.isNotNull(), lit(model.input().scaledDecoding())))
        .withColumn(PredictionsTable.SCORED_AT, lit(time));
  }

  /** Whether the table says so already; a run that has nothing to do then writes nothing. */
  private static boolean isLastUsed(Workspace workspace, SharedModel model, String location) {
    if (!workspace.has(ModelsTable.SPEC)) {
      return false;
    }
    Row last =
        workspace
            .read(ModelsTable.SPEC)
            .orderBy(col(ModelsTable.USED_AT).desc(), col(ModelsTable.MODEL))
            .select(ModelsTable.MODEL, ModelsTable.LOCATION)
            .first();
    return last.getString(0).equals(model.hash()) && last.getString(1).equals(location);
  }

  private static void registerModel(
      SparkSession spark,
      Workspace workspace,
      SharedModel model,
      String location,
      RunRecord record) {
    Row row =
        RowFactory.create(
            model.hash(),
            location,
            scala.collection.JavaConverters.asScalaBuffer(model.labels()).toSeq(),
            Timestamp.from(Instant.now()));
    Dataset<Row> models = spark.createDataFrame(List.of(row), ModelsTable.SPEC.schema());
    workspace.append(ModelsTable.SPEC, record.runId(), models.coalesce(1), record, written -> {});
  }
}
