package org.sparkvit.pipeline.probe;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.ResampledTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.output.ModelDestination;
import org.sparkvit.training.output.TrainedModel;

/**
 * Images, splits, plan and a model to a model directory with a new head and the old body. The
 * embeddings are computed by the executors and stay in the workspace; what the head learns from
 * them, it learns in fp32 for a model that is to score in fp32.
 */
public final class ProbeStage {
  /**
   * Sums over several partitions add up in another order on another cluster, which changes the last
   * digits; so most data sets are one partition.
   */
  private static final int EMBEDDINGS_PER_PARTITION = 50_000;

  private final ProbeConfig config;
  private final Progress progress;

  public ProbeStage(ProbeConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("probe", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    TrainingRows rows =
        TrainingRows.read(workspace, config.usePlan(), false, config.rare(), record);
    rows.notes().forEach(note -> progress.say("probe: warning: " + note));
    Labels labels = rows.labels();
    ModelDestination output =
        ModelDestination.at(spark, workspace.model(config.name()), config.overwrite());
    progress.say("probe: " + rows.describe());

    String location = workspace.modelAt(config.model());
    // What is mapped stays readable when its file is deleted.
    Checkpoint start;
    EmbeddingStore store;
    Optional<String> startCard;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      startCard = ModelCard.read(files.directory());
      start =
          ModelDirectory.readForTraining(
                  files.directory(), labels.names(), OptionalInt.empty(), true, config.seed())
              .checkpoint();
      store = EmbeddingStore.open(spark, workspace, files, location, config.embedding(), record);
    }
    Dataset<Row> embeddings = store.embed(rows.rows(), record, progress, "probe");
    Dataset<Row> embedded = embedded(rows, embeddings, labels);
    Dataset<Row> real = embedded.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    Dataset<Row> train =
        (config.resampled() ? resampled(workspace, rows, real, store.modelHash(), record) : real)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long unreadable = unreadable(embeddings, rows, labels, train);
      HeadSearch.Found found = new HeadSearch(config, progress).search(train);
      Evaluation evaluation =
          evaluate(
              found.head(),
              labels,
              embedded.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.VALIDATION)));
      int rarest = rows.rarestClass();
      Map<String, Double> figures = EpochResult.figures(evaluation, rarest);
      Map<String, Double> recall = EpochResult.recall(evaluation, labels);
      record
          .result("labels", labels.names())
          .result("label_counts", rows.countsToMap())
          .result("unreadable", unreadable)
          .result("regularization", found.regularization())
          .result("elastic_net", found.elasticNet())
          .result("iterations", found.iterations())
          .result("cross_validation", found.candidates())
          .result("validation", defined(figures))
          .result("recall", defined(recall))
          .result("rarest_class", labels.name(rarest));
      Checkpoint probed =
          start
              .withHead(labels.names(), found.head().weight(), found.head().bias())
              .on(store.background());
      ModelCard card = card(probed, rows, figures, recall, found, startCard);
      TrainedModel.Published published =
          new TrainedModel(record, spark.version())
              .publish(output, probed, Map.of(), Map.of(ModelCard.FILE, card.text()));
      published.warning().ifPresent(line -> progress.say("probe: warning: " + line));
      progress.say(
          String.format(
              Locale.ROOT,
              "probe: regularization %s, elastic net %s; on the validation split accuracy %.4f,"
                  + " f1_macro %.4f; model %.12s is in %s; next: spark-vit score --model %s",
              found.regularization(),
              found.elasticNet(),
              figures.get("accuracy"),
              figures.get("f1_macro"),
              published.hash(),
              published.location(),
              config.name()));
    } finally {
      train.unpersist();
    }
  }

  /** Those with embeddings, in partitions that depend on their number and ids alone. */
  private static Dataset<Row> embedded(TrainingRows rows, Dataset<Row> embeddings, Labels labels) {
    Dataset<Row> joined =
        rows.rows()
            .withColumn(
                HeadSearch.LABEL, ClassIndex.of(labels.names()).index(col(SplitsTable.LABEL)))
            .join(
                embeddings
                    .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
                    .select(
                        col(EmbeddingsTable.ID).as("embedded_id"), col(EmbeddingsTable.EMBEDDING)),
                col(ImagesTable.ID).equalTo(col("embedded_id")))
            .select(
                col(ImagesTable.ID).as(HeadSearch.ID),
                col(SplitsTable.SPLIT),
                col(HeadSearch.LABEL).cast("double").as(HeadSearch.LABEL),
                col(PlanTable.WEIGHT).multiply(col(PlanTable.COPIES)).as(HeadSearch.WEIGHT),
                col(EmbeddingsTable.EMBEDDING),
                functions
                    .array_to_vector(col(EmbeddingsTable.EMBEDDING).cast("array<double>"))
                    .as(HeadSearch.FEATURES));
    return inOrder(joined, rows.images());
  }

  private static Dataset<Row> inOrder(Dataset<Row> rows, long images) {
    int partitions =
        (int) Math.max(1, (images + EMBEDDINGS_PER_PARTITION - 1) / EMBEDDINGS_PER_PARTITION);
    return rows.repartition(partitions, col(HeadSearch.ID)).sortWithinPartitions(HeadSearch.ID);
  }

  /**
   * With the points that were made up, and without those removed. What was made of images that have
   * another class now, or are not trained on, is left out and counted.
   */
  private Dataset<Row> resampled(
      Workspace workspace, TrainingRows rows, Dataset<Row> real, String model, RunRecord record) {
    Dataset<Row> all = workspace.read(ResampledTable.SPEC);
    record.input("resampled", workspace.version(ResampledTable.SPEC));
    Dataset<Row> mine =
        all.where(
            col(ResampledTable.MODEL)
                .equalTo(model)
                .and(col(ResampledTable.PRECISION).equalTo(config.embedding().precision())));
    if (mine.isEmpty() && !all.isEmpty()) {
      throw new UserException(
          "the table 'resampled' is of another model or precision: run 'spark-vit resample' with"
              + " the same --from and --precision");
    }
    Dataset<Row> labels = rows.trainLabels();
    Dataset<Row> made =
        stillOfItsClass(
            stillOfItsClass(
                mine.where(col(ResampledTable.KIND).equalTo(ResampledTable.SYNTHETIC)),
                ResampledTable.PARENT,
                labels),
            ResampledTable.NEIGHBOR,
            labels);
    Dataset<Row> synthetic =
        made.withColumn(
                HeadSearch.LABEL,
                ClassIndex.of(rows.labels().names()).index(col(ResampledTable.LABEL)))
            .select(
                col(ResampledTable.ID).as(HeadSearch.ID),
                org.apache.spark.sql.functions.lit(SplitsTable.TRAIN).as(SplitsTable.SPLIT),
                col(HeadSearch.LABEL).cast("double").as(HeadSearch.LABEL),
                org.apache.spark.sql.functions.lit(1.0).as(HeadSearch.WEIGHT),
                col(ResampledTable.EMBEDDING).as(EmbeddingsTable.EMBEDDING),
                functions
                    .array_to_vector(col(ResampledTable.EMBEDDING).cast("array<double>"))
                    .as(HeadSearch.FEATURES));
    Dataset<Row> removed =
        stillOfItsClass(
            mine.where(col(ResampledTable.KIND).equalTo(ResampledTable.REMOVED)),
            ResampledTable.ID,
            labels);
    long points = synthetic.count();
    long stale = mine.count() - points - removed.count();
    if (stale > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "probe: warning: %,d rows of the table 'resampled' are left out, as their images have"
                  + " another class now or are not trained on; run 'spark-vit resample' again",
              stale));
    }
    record.result("resampled_left_out", stale);
    Dataset<Row> kept =
        real.join(
            removed.select(col(ResampledTable.ID).as(HeadSearch.ID)),
            new String[] {HeadSearch.ID},
            "left_anti");
    Dataset<Row> together = kept.unionByName(synthetic);
    long images = together.count();
    progress.say(
        String.format(
            Locale.ROOT,
            "probe: %,d points to train on, %,d of them made up by resample",
            images,
            points));
    return inOrder(together, images);
  }

  /** The rows whose image of a column is trained on with the class of the row. */
  private static Dataset<Row> stillOfItsClass(
      Dataset<Row> resampled, String column, Dataset<Row> labels) {
    Dataset<Row> now = labels.toDF("now_id", "now_label");
    return resampled.join(
        now,
        col(column).equalTo(col("now_id")).and(col(ResampledTable.LABEL).equalTo(col("now_label"))),
        "left_semi");
  }

  /** How many images have no embedding, when what has one is enough to train on. */
  private long unreadable(
      Dataset<Row> embeddings, TrainingRows rows, Labels labels, Dataset<Row> train) {
    List<Row> present = train.groupBy(HeadSearch.LABEL).count().collectAsList();
    boolean[] has = new boolean[labels.size()];
    present.forEach(row -> has[(int) row.getDouble(0)] = true);
    for (int c = 0; c < has.length; c++) {
      if (!has[c]) {
        throw new UserException(
            "no train image of class '"
                + labels.name(c)
                + (config.resampled()
                    ? "' is left: the cleaning of 'spark-vit resample' removed them all, or none"
                        + " can be read; resample with --cleaning none or tomek, or go without"
                        + " --resampled"
                    : "' can be read; check the files, and run 'spark-vit catalog' again"));
      }
    }
    Dataset<Row> usable = embeddings.where(col(EmbeddingsTable.EMBEDDING).isNotNull());
    long unreadable = rows.images() - usable.count();
    if (unreadable > 0) {
      List<String> examples = new ArrayList<>();
      embeddings
          .where(col(EmbeddingsTable.EMBEDDING).isNull())
          .orderBy(EmbeddingsTable.ID)
          .limit(3)
          .select(EmbeddingsTable.ID, EmbeddingsTable.STATUS, EmbeddingsTable.REASON)
          .collectAsList()
          .forEach(
              row ->
                  examples.add(
                      row.getString(0) + " (" + row.getString(1) + ": " + row.getString(2) + ")"));
      progress.say(
          String.format(
              Locale.ROOT,
              "probe: warning: %,d of %,d images cannot be read and are left out: %s",
              unreadable,
              rows.images(),
              examples.isEmpty()
                  ? "their files have changed since the catalog saw them"
                  : String.join("; ", examples)));
    }
    return unreadable;
  }

  private static Evaluation evaluate(Head head, Labels labels, Dataset<Row> validation) {
    ClassificationEvaluator book = new ClassificationEvaluator(labels.size());
    validation
        .select(HeadSearch.LABEL, EmbeddingsTable.EMBEDDING)
        .toLocalIterator()
        .forEachRemaining(
            row -> {
              List<Float> list = row.getList(1);
              float[] embedding = new float[list.size()];
              for (int i = 0; i < embedding.length; i++) {
                embedding[i] = list.get(i);
              }
              float[] logits = head.logits(embedding);
              book.add((int) row.getDouble(0), BatchInference.softmax(logits, 0, logits.length));
            });
    Evaluation evaluation = book.evaluation();
    if (evaluation.confusion().total() == 0) {
      throw new UserException(
          "no validation image can be read; check the files, and run 'spark-vit catalog' again");
    }
    return evaluation;
  }

  private ModelCard card(
      Checkpoint model,
      TrainingRows rows,
      Map<String, Double> figures,
      Map<String, Double> recall,
      HeadSearch.Found found,
      Optional<String> startCard) {
    Map<String, Double> all = new LinkedHashMap<>(figures);
    recall.forEach((label, value) -> all.put("recall of " + label, value));
    return new ModelCard(
        config.name(),
        model.config(),
        Optional.of(config.model()),
        rows.countsToMap(),
        String.format(
            Locale.ROOT,
            "A linear head, trained on the embeddings of the starting model (regularization %s,"
                + " elastic net %s), on the validation split, which had no part in it.",
            found.regularization(),
            found.elasticNet()),
        all,
        config.fingerprint(),
        config.card(),
        startCard);
  }

  private static Map<String, Object> defined(Map<String, Double> figures) {
    Map<String, Object> map = new LinkedHashMap<>();
    figures.forEach((name, value) -> map.put(name, Double.isFinite(value) ? value : null));
    return map;
  }
}
