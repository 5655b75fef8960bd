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
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.tracking.Tracking;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.output.ModelDestination;
import org.sparkvit.training.output.TrainedModel;

/**
 * Trains a linear head and publishes a model with this head and the old body. It reads the images
 * with their labels, {@code splits}, {@code plan} and perhaps {@code resampled}. The executors
 * compute the embeddings, which stay in the workspace. The head fits best where the embeddings have
 * the precision that the model will score in, which is fp32 by default.
 */
@StageDescription(
    name = "probe",
    group = Group.TRAIN,
    help = {
      "Trains a linear head on the embeddings of a model that stays as it is, and writes a model"
          + " directory with it.",
      "The executors embed each image once. MLlib's logistic regression then trains in seconds,"
          + " with the plan's weights, and chooses the regularization by cross-validation. The"
          + " embeddings stay in the workspace."
    })
public final class ProbeStage extends Stage<ProbeConfig> {
  /**
   * The number of embeddings in a partition. Sums over several partitions add up in another order
   * on another cluster, which changes the last digits. So most data sets are one partition.
   */
  private static final int EMBEDDINGS_PER_PARTITION = 50_000;

  /** Creates the stage. */
  public ProbeStage() {
    super(ProbeConfig.class);
  }

  @Override
  protected void run(StageContext context, ProbeConfig config) {
    TrainingRows rows =
        TrainingRows.read(
            context.workspace(),
            context.labels(),
            config.usePlan(),
            false,
            config.rare(),
            context.record());
    rows.notes().forEach(note -> context.say("warning: %s", note));
    ModelDestination output =
        ModelDestination.at(
            context.spark(), context.workspace().model(config.name()), config.overwrite());
    context.say("%s", rows.describe());
    ImageLocations.findPackAdvice(context.workspace(), rows.rows())
        .ifPresent(line -> context.say("%s", line));
    try (Tracking tracking =
        Tracking.begin(
            config.mlflow(),
            context.record(),
            config.workspace(),
            config.name(),
            context.spark().sparkContext().hadoopConfiguration(),
            line -> context.say("%s", line))) {
      probe(context, config, rows, output, tracking);
    }
    context.next("score --model %s", config.name());
  }

  private void probe(
      StageContext context,
      ProbeConfig config,
      TrainingRows rows,
      ModelDestination output,
      Tracking tracking) {
    Labels labels = rows.labels();

    String location = context.model(config.model());
    // The mapped file stays readable after it is deleted.
    Checkpoint start;
    EmbeddingStore store;
    Optional<String> startCard;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(context.spark(), location)) {
      startCard = ModelCard.read(files.directory());
      start =
          ModelDirectory.readForTraining(
                  files.directory(), labels.names(), OptionalInt.empty(), true, config.seed())
              .checkpoint();
      store =
          EmbeddingStore.open(
              context.spark(),
              context.workspace(),
              files,
              location,
              config.embedding(),
              context.record());
    }
    Dataset<Row> embeddings =
        store.embed(rows.rows(), context.record(), context.progress(), name());
    Dataset<Row> embedded = embedded(rows, embeddings, labels);
    Dataset<Row> real = embedded.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    Dataset<Row> train =
        context.cache(
            config.resampled()
                ? new ResampledPoints(context, config).with(real, rows, store.modelHash())
                : real);
    long unreadable = unreadable(context, config, embeddings, rows, train);
    HeadSearch.Found found = new HeadSearch(context, config).search(train);
    Evaluation evaluation =
        evaluate(
            found.head(),
            labels,
            embedded.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.VALIDATION)));
    int rarest = rows.rarestClass();
    Map<String, Double> figures = EpochResult.figures(evaluation, rarest);
    Map<String, Double> recall = EpochResult.recall(evaluation, labels);
    RunRecord record =
        context
            .record()
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
    ModelCard card = card(config, probed, rows, figures, recall, found, startCard);
    TrainedModel.Published published =
        new TrainedModel(record, context.spark().version())
            .publish(output, probed, Map.of(), Map.of(ModelCard.FILE, card.text()));
    published.warning().ifPresent(line -> context.say("warning: %s", line));
    context.say(
        "regularization %s, elastic net %s; on the validation split accuracy %.4f, f1_macro %.4f;"
            + " model %.12s is in %s",
        found.regularization(),
        found.elasticNet(),
        figures.get("accuracy"),
        figures.get("f1_macro"),
        published.hash(),
        published.location());
    tracking.metrics("validation", figures, recall, 0);
    tracking.model(published.hash(), published.location());
    tracking.finished();
  }

  /** Returns the rows that have embeddings, with the columns that {@link HeadSearch} takes. */
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

  /** Returns the same rows in partitions that depend on their number and ids alone. */
  static Dataset<Row> inOrder(Dataset<Row> rows, long images) {
    int partitions =
        (int) Math.max(1, (images + EMBEDDINGS_PER_PARTITION - 1) / EMBEDDINGS_PER_PARTITION);
    return rows.repartition(partitions, col(HeadSearch.ID)).sortWithinPartitions(HeadSearch.ID);
  }

  /**
   * Returns the number of images without an embedding, after a check that the others suffice for a
   * training.
   */
  private static long unreadable(
      StageContext context,
      ProbeConfig config,
      Dataset<Row> embeddings,
      TrainingRows rows,
      Dataset<Row> train) {
    Labels labels = rows.labels();
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
      context.say(
          "warning: %,d of %,d images cannot be read and are left out: %s",
          unreadable,
          rows.images(),
          examples.isEmpty()
              ? "their files have changed since the catalog saw them"
              : String.join("; ", examples));
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

  private static ModelCard card(
      ProbeConfig config,
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
