package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.neighbors.CenteredUnitVectors;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.Quantiles;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;

/**
 * Reads {@code images}, and {@code duplicates} where they are; writes {@code label_checks} and
 * {@code label_noise}. Judges by the embeddings of a model, or by probabilities that the user
 * brings.
 */
public final class LabelsStage {
  /** Points that are compared with all others, to say how many neighbours the search misses. */
  private static final int RECALL_SAMPLE = 200;

  /** Tukey's outer fence: so many interquartile ranges above the third quartile. */
  private static final double RANGES = 3;

  private static final int TOLD = 5;

  private final LabelsConfig config;
  private final Progress progress;

  public LabelsStage(LabelsConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("labels", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    CurrentLabels.require(images, "check the label of");
    record.input("images", workspace.version(ImagesTable.SPEC));
    Optional<Dataset<Row>> duplicates = Optional.empty();
    if (workspace.has(DuplicatesTable.SPEC)) {
      duplicates = Optional.of(workspace.read(DuplicatesTable.SPEC));
      record.input("duplicates", workspace.version(DuplicatesTable.SPEC));
    } else {
      progress.say(
          "labels: there has been no audit, so only equal files count as repetitions of one"
              + " another");
    }
    Dataset<Row> labelled =
        LabelledImages.of(images, duplicates).persist(StorageLevel.MEMORY_AND_DISK());
    Judged judged =
        config.model().isPresent()
            ? byModel(spark, workspace, labelled, record)
            : byTable(spark, labelled, config.probabilities().orElseThrow(), record);
    Dataset<Row> rows = judged.rows().persist(StorageLevel.MEMORY_AND_DISK());
    ConfidentLearning learned = ConfidentLearning.fit(rows, judged.classes().size());
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    tables.put(LabelChecksTable.SPEC, checks(learned.checks(), labelled, judged));
    tables.put(LabelNoiseTable.SPEC, noise(spark, learned.noise(), judged.classes()));
    workspace.replaceAll(tables, record);
    rows.unpersist();
    labelled.unpersist();
    report(workspace);
  }

  /**
   * What labels are judged by.
   *
   * @param rows {@link ConfidentLearning#ID}, {@link ConfidentLearning#GIVEN} and {@link
   *     ConfidentLearning#PROBABILITIES}
   * @param votes of {@link NeighborVotes}, with embeddings
   * @param relabelled {@code id} and {@code label} where the user's table has its own
   */
  private record Judged(
      Dataset<Row> rows,
      Labels classes,
      Optional<Dataset<Row>> votes,
      Optional<Dataset<Row>> relabelled) {}

  private Judged byModel(
      SparkSession spark, Workspace workspace, Dataset<Row> labelled, RunRecord record) {
    Labels labels =
        Labels.sorted(
            labelled.select(ImagesTable.LABEL).distinct().collectAsList().stream()
                .map(row -> row.getString(0))
                .toList());
    if (labels.size() < 2) {
      throw new UserException(
          "labels can be judged where there are two classes or more; the catalog has "
              + labels.names());
    }
    String location = workspace.modelAt(config.model().orElseThrow());
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      store = EmbeddingStore.open(spark, workspace, files, location, config.embedding(), record);
    }
    Dataset<Row> embeddings =
        store
            .embed(labelled, record, progress, "labels")
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(col(EmbeddingsTable.ID), col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT));
    Dataset<Row> embedded =
        labelled
            .select(
                col(ImagesTable.ID),
                col(ImagesTable.LABEL),
                col(LabelledImages.GROUP),
                ClassIndex.of(labels.names())
                    .index(col(ImagesTable.LABEL))
                    .as(ConfidentLearning.GIVEN))
            .join(embeddings, ImagesTable.ID)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> probabilities =
        OutOfSample.probabilities(embedded, labels.size(), config, progress);
    return new Judged(probabilities, labels, Optional.of(votes(embedded)), Optional.empty());
  }

  private Dataset<Row> votes(Dataset<Row> embedded) {
    Dataset<Row> points =
        CenteredUnitVectors.compute(embedded.select(Neighbors.ID, Neighbors.POINT))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Neighbors search = new Neighbors(config.neighbors(), config.seed());
    Dataset<Row> found = search.find(points).persist(StorageLevel.MEMORY_AND_DISK());
    progress.say(
        String.format(
            Locale.ROOT,
            "labels: %d neighbours of each image; of the true ones %.1f %% are found, measured on"
                + " %d images",
            config.neighbors(),
            100 * search.recall(points, found, RECALL_SAMPLE),
            RECALL_SAMPLE));
    Dataset<Row> votes =
        NeighborVotes.of(
                embedded.select(ImagesTable.ID, ImagesTable.LABEL, LabelledImages.GROUP), found)
            .persist(StorageLevel.MEMORY_AND_DISK());
    double[] quartiles =
        Quantiles.compute(votes, List.of(LabelChecksTable.DISTANCE), 0.25, 0.75)
            .get(LabelChecksTable.DISTANCE);
    Column outlier =
        quartiles.length < 2
            ? lit(false)
            : col(LabelChecksTable.DISTANCE)
                .gt(quartiles[1] + RANGES * (quartiles[1] - quartiles[0]));
    return votes.withColumn(LabelChecksTable.OUTLIER, outlier);
  }

  private Judged byTable(SparkSession spark, Dataset<Row> labelled, String uri, RunRecord record) {
    record.input("probabilities", uri);
    GivenProbabilities given = GivenProbabilities.read(spark, uri);
    boolean ownLabels = Arrays.asList(given.rows().columns()).contains(ImagesTable.LABEL);
    Dataset<Row> known =
        ownLabels
            ? labelled.select(ImagesTable.ID, ImagesTable.PATH)
            : labelled.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL);
    String rest = given.key().equals(ImagesTable.ID) ? ImagesTable.PATH : ImagesTable.ID;
    Dataset<Row> joined =
        given
            .rows()
            .join(known, given.key())
            .drop(given.key().equals(ImagesTable.ID) ? rest : given.key())
            .withColumn(
                ConfidentLearning.GIVEN,
                ClassIndex.of(given.classes().names()).index(col(ImagesTable.LABEL)));
    Row strangers =
        joined
            .where(col(ConfidentLearning.GIVEN).isNull())
            .agg(count(lit(1)), org.apache.spark.sql.functions.min(ImagesTable.LABEL))
            .head();
    if (strangers.getLong(0) > 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: %,d images have labels without a column of probabilities, such as '%s'; it has"
                  + " columns for %s",
              uri,
              strangers.getLong(0),
              strangers.getString(1),
              given.classes().names()));
    }
    long judged = joined.count();
    long offered = given.rows().count();
    if (judged == 0) {
      throw new UserException(
          uri
              + ": none of its "
              + offered
              + " rows is about a labelled image of the catalog; compare its column '"
              + given.key()
              + "' with that of the table 'images'");
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "labels: %,d of the %,d rows are about labelled images of the catalog",
            judged,
            offered));
    return new Judged(
        joined.select(
            ConfidentLearning.ID, ConfidentLearning.GIVEN, ConfidentLearning.PROBABILITIES),
        given.classes(),
        Optional.empty(),
        ownLabels
            ? Optional.of(joined.select(ImagesTable.ID, ImagesTable.LABEL))
            : Optional.empty());
  }

  private Dataset<Row> checks(Dataset<Row> learned, Dataset<Row> labelled, Judged judged) {
    Column name = ClassIndex.of(judged.classes().names()).name(col(ConfidentLearning.PREDICTED));
    String[] id = {ImagesTable.ID};
    Dataset<Row> about =
        judged
            .relabelled()
            .map(own -> labelled.select(ImagesTable.ID, ImagesTable.PATH).join(own, id))
            .orElse(labelled.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL));
    Dataset<Row> rows =
        learned
            .withColumn(LabelChecksTable.SUGGESTED, name)
            .withColumn(LabelChecksTable.ISSUE, config.rule().breaks())
            .join(about, id);
    return judged
        .votes()
        .map(votes -> rows.join(votes, id, "left"))
        .orElseGet(
            () ->
                rows.withColumn(LabelChecksTable.AGREEMENT, lit(null).cast("double"))
                    .withColumn(LabelChecksTable.NEIGHBORS_LABEL, lit(null).cast("string"))
                    .withColumn(LabelChecksTable.DISTANCE, lit(null).cast("double"))
                    .withColumn(LabelChecksTable.OUTLIER, lit(null).cast("boolean")))
        .select(
            Arrays.stream(LabelChecksTable.SPEC.schema().fieldNames())
                .map(field -> col(field))
                .toArray(Column[]::new));
  }

  private static Dataset<Row> noise(SparkSession spark, long[][] noise, Labels labels) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < noise.length; i++) {
      for (int j = 0; j < noise.length; j++) {
        if (noise[i][j] > 0) {
          rows.add(RowFactory.create(labels.name(i), labels.name(j), noise[i][j]));
        }
      }
    }
    return spark.createDataFrame(rows, LabelNoiseTable.SPEC.schema());
  }

  private void report(Workspace workspace) {
    Dataset<Row> checks = workspace.read(LabelChecksTable.SPEC);
    Row totals =
        checks
            .agg(
                count(lit(1)),
                count_if(col(LabelChecksTable.ISSUE)),
                count_if(col(LabelChecksTable.BY_CLASS)),
                count_if(col(LabelChecksTable.BY_NOISE_RATE)),
                count_if(IssueRule.BOTH.breaks()),
                count_if(col(LabelChecksTable.CONFIDENT)),
                count_if(col(LabelChecksTable.DIFFERS)),
                count_if(coalesce(col(LabelChecksTable.OUTLIER), lit(false))),
                avg(LabelChecksTable.AGREEMENT))
            .head();
    progress.say(
        String.format(
            Locale.ROOT,
            "labels: %,d of %,d labels look wrong by %s (%s %,d, %s %,d, %s %,d, %s %,d, %s %,d)",
            totals.getLong(1),
            totals.getLong(0),
            config.rule().option(),
            IssueRule.PRUNE_BY_CLASS.option(),
            totals.getLong(2),
            IssueRule.PRUNE_BY_NOISE_RATE.option(),
            totals.getLong(3),
            IssueRule.BOTH.option(),
            totals.getLong(4),
            IssueRule.CONFIDENT_LEARNING.option(),
            totals.getLong(5),
            IssueRule.PREDICTED_NEQ_GIVEN.option(),
            totals.getLong(6)));
    if (!totals.isNullAt(8)) {
      progress.say(
          String.format(
              Locale.ROOT,
              "  %.1f %% of the nearest neighbours have the same label; %,d images are far from all"
                  + " others",
              100 * totals.getDouble(8),
              totals.getLong(7)));
    }
    workspace
        .read(LabelNoiseTable.SPEC)
        .where(not(col(LabelNoiseTable.LABEL).equalTo(col(LabelNoiseTable.LIKELY))))
        .orderBy(
            col(LabelNoiseTable.IMAGES).desc(),
            col(LabelNoiseTable.LABEL),
            col(LabelNoiseTable.LIKELY))
        .limit(TOLD)
        .collectAsList()
        .forEach(
            row ->
                progress.say(
                    String.format(
                        Locale.ROOT,
                        "  about %,d images labelled %s are likely %s",
                        row.getLong(2),
                        row.getString(0),
                        row.getString(1))));
    progress.say(
        "next: spark-vit report, or look at the table 'label_checks', the least margin first");
  }
}
