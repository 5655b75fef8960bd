package org.sparkvit.score;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.ModelFiles;
import org.sparkvit.inference.PrecisionAgreement;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.ModelsTable;
import org.sparkvit.table.PredictionsTable;
import org.sparkvit.table.Workspace;

/**
 * Images and a model to predictions. An image is scored unless the table already holds a row for
 * its content by this model, so that a rerun does only what is new, changed or missing. The table
 * has one row per (image, model).
 */
public final class ScoreStage {
  /** Enough for a task to be worth its start, few enough that losing one costs little. */
  private static final int IMAGES_PER_PARTITION = 2000;

  private static final int REASONS_NAMED = 3;

  private final ScoreConfig config;
  private final Progress progress;

  public ScoreStage(ScoreConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    Instant started = Instant.now();
    Workspace workspace = Workspace.at(spark, config.workspace());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    String location =
        config.model().contains("/") || config.model().contains(":")
            ? config.model()
            : workspace.model(config.model());
    SharedModel model = model(spark, location, config.precision());
    model.input().requireFits(config.batchSize());
    RunRecord record =
        RunRecord.start("score", config.toMap())
            .input("images", workspace.version(ImagesTable.SPEC))
            .input("model", location)
            .input("model_hash", model.hash());

    if (config.agreementSample() > 0) {
      compare(spark, images, model, location, record);
    }
    Dataset<Row> former =
        workspace.has(PredictionsTable.SPEC)
            ? workspace.read(PredictionsTable.SPEC)
            : spark.createDataFrame(List.<Row>of(), PredictionsTable.SPEC.schema());
    Dataset<Row> missing = missing(images, former, model.hash(), config.retryFailed());
    long count = missing.count();
    if (count == 0) {
      // It may be that an earlier run was interrupted before this.
      registerModel(spark, workspace, model, location, started);
      progress.say("score: nothing to do, every image has been scored by this model");
      return;
    }
    progress.say(
        String.format(Locale.ROOT, "score: %,d images with model %.12s", count, model.hash()));

    // In turn, so that every task has as many images and no folder of large ones ends up in one;
    // Spark sorts first, so that a retried task deals them out in the same way.
    Dataset<Row> spread = missing.repartition(partitions(spark, count));
    Dataset<Row> predictions =
        predictions(
            BatchInference.score(spark, spread, model, config.batchSize(), config.decodeThreads()),
            model,
            Timestamp.from(started));
    // Rows that this run does over (changed images, failures tried again) give way to the new.
    Dataset<Row> kept =
        former.join(
            missing.select(col(ImagesTable.ID), lit(model.hash()).as(PredictionsTable.MODEL)),
            scala.collection.JavaConverters.asScalaBuffer(
                    List.of(ImagesTable.ID, PredictionsTable.MODEL))
                .toSeq(),
            "left_anti");
    Consumer<Dataset<Row>> check = rows -> checkErrorRate(rows, model.hash(), started, record);
    if (kept.count() == former.count()) {
      workspace.append(PredictionsTable.SPEC, predictions, record, check);
    } else {
      workspace.replace(PredictionsTable.SPEC, kept.unionByName(predictions), record, check);
    }
    registerModel(spark, workspace, model, location, started);
    double seconds = (Instant.now().toEpochMilli() - started.toEpochMilli()) / 1000.0;
    progress.say(
        String.format(
            Locale.ROOT,
            "score: %,d images in %.1f s (%.1f images/s, loading included); next: spark-vit evaluate",
            count,
            seconds,
            count / seconds));
  }

  private SharedModel model(SparkSession spark, String location, String precision) {
    try (ModelFiles files = ModelFiles.fetch(spark, location)) {
      return SharedModel.distribute(spark, files.directory(), config.device(), precision);
    }
  }

  /** Ids are hashes, so the images with the first ones are a sample, and the same one each time. */
  private void compare(
      SparkSession spark,
      Dataset<Row> images,
      SharedModel model,
      String location,
      RunRecord record) {
    Dataset<Row> sample =
        images
            .where(ImagesTable.usable())
            .orderBy(ImagesTable.ID)
            .limit(config.agreementSample())
            .repartition(spark.sparkContext().defaultParallelism());
    double share =
        PrecisionAgreement.measure(
            spark,
            sample,
            model,
            model(spark, location, "fp32"),
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
            "score: of a sample of %,d images %.2f %% get the same label as in fp32",
            sample.count(),
            100 * share));
  }

  /** Images without a row for their present content by this model. */
  static Dataset<Row> missing(
      Dataset<Row> images, Dataset<Row> predictions, String model, boolean retryFailed) {
    Dataset<Row> done = predictions.where(col(PredictionsTable.MODEL).equalTo(model));
    if (retryFailed) {
      done = done.where(col(PredictionsTable.PROBABILITIES).isNotNull());
    }
    Dataset<Row> keys =
        done.select(
            col(PredictionsTable.ID).as("done_id"), col(PredictionsTable.SHA256).as("done_sha256"));
    // Both are null where neither the catalog nor the scoring could read the image.
    Column same =
        col(ImagesTable.ID)
            .equalTo(col("done_id"))
            .and(col(ImagesTable.SHA256).eqNullSafe(col("done_sha256")));
    return images.join(keys, same, "left_anti");
  }

  private static Dataset<Row> predictions(Dataset<Row> scored, SharedModel model, Timestamp time) {
    Column best = array_max(col(PredictionsTable.PROBABILITIES));
    Column classes =
        functions.array(model.labels().stream().map(functions::lit).toArray(Column[]::new));
    Column position = array_position(col(PredictionsTable.PROBABILITIES), best).cast("int");
    return scored
        .withColumn(
            PredictionsTable.PREDICTED,
            when(col(PredictionsTable.PROBABILITIES).isNotNull(), element_at(classes, position)))
        .withColumn(PredictionsTable.CONFIDENCE, best)
        .withColumn(PredictionsTable.MODEL, lit(model.hash()))
        .withColumn(PredictionsTable.SCORED_AT, lit(time));
  }

  private void checkErrorRate(Dataset<Row> rows, String model, Instant started, RunRecord record) {
    Dataset<Row> own =
        rows.where(
            col(PredictionsTable.MODEL)
                .equalTo(model)
                .and(col(PredictionsTable.SCORED_AT).equalTo(lit(Timestamp.from(started)))));
    Row counts =
        own.agg(count(lit(1)), count(when(col(PredictionsTable.PROBABILITIES).isNull(), 1))).head();
    long total = counts.getLong(0);
    long failed = counts.getLong(1);
    record.result("scored", total - failed).result("failed", failed);
    // Who tries known failures again expects failures.
    if (!config.retryFailed() && failed > config.maxErrorRate() * total) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d of %,d images could not be scored, more than --max-error-rate %s allows; nothing"
                  + " was published. The most frequent reasons: %s",
              failed,
              total,
              config.maxErrorRate(),
              reasons(own)));
    }
    if (failed > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "score: %,d of %,d images have no prediction (see reason)",
              failed,
              total));
    }
  }

  private static String reasons(Dataset<Row> rows) {
    return rows
        .where(col(PredictionsTable.PROBABILITIES).isNull())
        .groupBy(PredictionsTable.STATUS, PredictionsTable.REASON)
        .agg(count(lit(1)).as("images"), min(PredictionsTable.PATH).as("example"))
        .orderBy(col("images").desc(), col(PredictionsTable.STATUS), col(PredictionsTable.REASON))
        .limit(REASONS_NAMED)
        .collectAsList()
        .stream()
        .map(
            row ->
                String.format(
                    Locale.ROOT,
                    "%s%s, %,d images, e.g. '%s'",
                    row.getString(0),
                    row.isNullAt(1) ? "" : " (" + row.getString(1) + ")",
                    row.getLong(2),
                    row.getString(3)))
        .collect(Collectors.joining("; "));
  }

  private int partitions(SparkSession spark, long count) {
    if (config.partitions() > 0) {
      return config.partitions();
    }
    int cores = spark.sparkContext().defaultParallelism();
    long wanted = Math.max(cores, count / IMAGES_PER_PARTITION);
    // Whole rounds: a last round with half of the cores idle would cost as much as a full one.
    return (int) Math.min(100_000, (wanted + cores - 1) / cores * cores);
  }

  private static void registerModel(
      SparkSession spark, Workspace workspace, SharedModel model, String location, Instant time) {
    Row row =
        RowFactory.create(
            model.hash(),
            location,
            scala.collection.JavaConverters.asScalaBuffer(model.labels()).toSeq(),
            Timestamp.from(time));
    Dataset<Row> models = spark.createDataFrame(List.of(row), ModelsTable.SPEC.schema());
    if (workspace.has(ModelsTable.SPEC)) {
      models =
          workspace
              .read(ModelsTable.SPEC)
              .where(col(ModelsTable.MODEL).notEqual(model.hash()))
              .unionByName(models);
    }
    workspace.replace(
        ModelsTable.SPEC, models.coalesce(1), RunRecord.start("score", java.util.Map.of()));
  }
}
