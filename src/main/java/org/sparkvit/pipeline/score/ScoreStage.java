package org.sparkvit.pipeline.score;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.Deadline;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.inference.Agreement;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.IncrementalTable;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Scores the images of the catalog with a model, chunk by chunk. A chunk takes some minutes and
 * becomes visible in one step, so a run that is killed loses no more than its current chunk. The
 * next run scores the images that have no row yet for their content by this model in this
 * precision. Unless scaled decoding is allowed, the row must come from all pixels.
 *
 * <p>Runs at the same time begin in different places and skip what the other has done. Where they
 * still score the same images, the rows of the later run count. The table has one row per (image,
 * model).
 */
@StageDescription(
    name = "score",
    group = Group.LABEL,
    help = {
      "Scores every image of the catalog with a model, on the executors, and writes the table"
          + " predictions.",
      "A rerun scores only what is new, changed or not yet scored by this model, in this precision"
          + " where one is named."
    })
public final class ScoreStage extends Stage<ScoreConfig> {
  public ScoreStage() {
    super(ScoreConfig.class);
  }

  @Override
  protected List<TableSpec> appends(ScoreConfig config) {
    return config.dryRun()
        ? List.of()
        : List.of(PredictionsTable.SPEC, ModelsTable.SPEC, CostsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, ScoreConfig config) {
    Deadline deadline = Deadline.inMinutes(config.maxMinutes());
    SparkSession spark = context.spark();
    Dataset<Row> images = context.labels();
    String location = context.model(config.model());
    Background background = CatalogBackground.of(context.workspace());
    SharedModel loaded = model(spark, config, location, config.precision(), background);
    loaded.differs(background).ifPresent(context::say);
    SharedModel model = config.scaledDecoding() ? loaded.withScaledDecoding() : loaded;
    model.input().requireFits(config.batchSize());
    model.notes().forEach(context::say);
    context.noteModel(config.model(), model.hash());
    if (config.agreementSample() > 0) {
      compare(context, config, images, model, background);
    }
    IncrementalTable table =
        new IncrementalTable(
                context.workspace(),
                PredictionsTable.SPEC,
                images,
                rows -> done(rows, config, model.hash()))
            .inPartitions(config.partitions())
            .until(deadline);
    if (config.chunkImages() > 0) {
      table.inChunksOf(config.chunkImages());
    }
    IdRanges ranges = table.cut(context.record());
    long count = ranges.images();
    if (config.dryRun()) {
      context.say(
          "%,d images would be scored with model %.12s, %,d others have been scored before;"
              + " nothing was written, as --dry-run asks for",
          count, model.hash(), images.count() - count);
      return;
    }
    if (count == 0) {
      if (!isLastUsed(context, model, location)) {
        registerModel(context, model, location);
      }
      context.say("nothing to do, every image has been scored by this model");
      return;
    }
    context.say(
        "%,d images with model %.12s; %,d others have been scored before",
        count, model.hash(), images.count() - count);

    // A run that tries known failures again expects failures.
    FailureLimit failures = new FailureLimit(config.retryFailed() ? 1 : config.maxErrorRate());
    IncrementalTable.Outcome outcome =
        table.fill(
            ranges,
            "scored",
            new Scoring(context, config, model, location, failures),
            context.record(),
            context.progress());
    context.compact(ModelsTable.SPEC);
    context.compact(CostsTable.SPEC);
    if (failures.failed() > 0) {
      context.say(
          "%,d of %,d images have no prediction (see reason)",
          failures.failed(), failures.images());
    }
    double rate = failures.images() / context.seconds();
    if (failures.images() > 0) {
      Cost cost = new Cost(model.parameters(spark), model.multiplyAdds(), rate, failures.images());
      cost.write(spark, context.workspace(), model, config.precision(), context.record());
      context.say(cost.line());
    }
    context.say("%,d images (%.1f images/s, loading included)", failures.images(), rate);
    context.left(outcome.left());
    // Without labels the model cannot be evaluated, but it can give labels.
    context.next(
        outcome.left() > 0
            ? "score"
            : images.where(ImagesTable.labelled()).isEmpty() ? "relabel" : "evaluate");
  }

  private static SharedModel model(
      SparkSession spark,
      ScoreConfig config,
      String location,
      String precision,
      Background background) {
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      return SharedModel.distribute(spark, files.directory(), config.device(), precision)
          .on(background);
    }
  }

  /**
   * Compares the model with fp32 on a sample of images. Ids are hashes, so the images with the
   * first ids are a sample, and the same one each time.
   */
  private static void compare(
      StageContext context,
      ScoreConfig config,
      Dataset<Row> images,
      SharedModel model,
      Background background) {
    SparkSession spark = context.spark();
    Dataset<Row> sample =
        ImageLocations.of(context.workspace(), images)
            .where(ImagesTable.usable())
            .orderBy(ImagesTable.ID)
            .limit(config.agreementSample())
            .repartition(spark.sparkContext().defaultParallelism());
    double share =
        Agreement.measure(
            spark,
            sample,
            model,
            model(spark, config, context.model(config.model()), "fp32", background),
            config.batchSize(),
            config.decodeThreads());
    if (Double.isNaN(share)) {
      context.say("none of the images of the sample can be scored, so nothing compares");
      return;
    }
    context.record().result("agreement", share);
    context.say(
        "of a sample of %,d images %.2f %% get the same label as in fp32%s",
        sample.count(), 100 * share, config.scaledDecoding() ? " of all pixels" : "");
  }

  /** Returns the rows of the model that need not be computed again. */
  private static Dataset<Row> done(Dataset<Row> predictions, ScoreConfig config, String model) {
    Dataset<Row> done = predictions.where(col(PredictionsTable.MODEL).equalTo(model));
    if (config.retryFailed()) {
      done = done.where(col(PredictionsTable.PROBABILITIES).isNotNull());
    }
    if (!config.precision().equals("auto")) {
      // A row without a precision is of an image without pixels, for which the precision does not
      // matter.
      Column precision = col(PredictionsTable.PRECISION);
      done = done.where(precision.isNull().or(precision.equalTo(config.precision())));
    }
    if (!config.scaledDecoding()) {
      done = done.where(not(coalesce(col(PredictionsTable.SCALED_DECODING), lit(false))));
    }
    return done.select(PredictionsTable.ID, PredictionsTable.SHA256);
  }

  /** Computes the predictions of the images of a chunk. */
  private record Scoring(
      StageContext context,
      ScoreConfig config,
      SharedModel model,
      String location,
      FailureLimit failures)
      implements IncrementalTable.Work {
    @Override
    public Optional<Dataset<Row>> rows(IncrementalTable.Chunk chunk) {
      Dataset<Row> scored =
          BatchInference.score(
              context.spark(), chunk.spread(), model, config.batchSize(), config.decodeThreads());
      return Optional.of(predictions(scored, model, Timestamp.from(context.started())));
    }

    @Override
    public void check(Dataset<Row> written) {
      failures.add(written);
      context.metrics().imagesFailed(failures.failed());
      context
          .record()
          .result("scored", failures.images() - failures.failed())
          .result("failed", failures.failed());
    }

    /** Registers the model, so that no prediction refers to a model that is not in its table. */
    @Override
    public void beforeFirst() {
      registerModel(context, model, location);
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

  /**
   * Returns whether the table already has the model as the one that was used last. A run that has
   * nothing to do then writes nothing.
   */
  private static boolean isLastUsed(StageContext context, SharedModel model, String location) {
    return context
        .readIfPresent(ModelsTable.SPEC)
        .map(
            models ->
                models
                    .orderBy(col(ModelsTable.USED_AT).desc(), col(ModelsTable.MODEL))
                    .select(ModelsTable.MODEL, ModelsTable.LOCATION)
                    .first())
        .filter(last -> last.getString(0).equals(model.hash()))
        .filter(last -> last.getString(1).equals(location))
        .isPresent();
  }

  private static void registerModel(StageContext context, SharedModel model, String location) {
    Row row =
        RowFactory.create(
            model.hash(), location, ScalaCells.seq(model.labels()), Timestamp.from(Instant.now()));
    context.append(
        ModelsTable.SPEC,
        context.spark().createDataFrame(List.of(row), ModelsTable.SPEC.schema()).coalesce(1));
  }
}
