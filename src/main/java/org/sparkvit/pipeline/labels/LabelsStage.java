package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Labels;
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
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Judges labels by the embeddings of a model, or by probabilities that the user brings. It reads
 * the images with their labels, and {@code duplicates} where the table exists. It writes {@code
 * label_checks} and {@code label_noise}.
 */
@StageDescription(
    name = "labels",
    group = Group.LOOK_AT_DATA,
    help = {
      "Finds labels that are likely wrong, by confident learning, and images that are like no"
          + " other.",
      "Linear heads on the embeddings of a model judge the images that they have not seen, nor any"
          + " that repeats one they have; or a table judges that another tool made. The nearest"
          + " images vote as well."
    })
public final class LabelsStage extends Stage<LabelsConfig> {
  /**
   * The number of points that are compared with all others, to measure how many neighbours the
   * search misses.
   */
  private static final int RECALL_SAMPLE = 200;

  /** The distance of Tukey's outer fence from the third quartile, in interquartile ranges. */
  private static final double RANGES = 3;

  /** Creates the stage. */
  public LabelsStage() {
    super(LabelsConfig.class);
  }

  @Override
  protected void run(StageContext context, LabelsConfig config) {
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "check the label of");
    Optional<Dataset<Row>> duplicates = context.readIfPresent(DuplicatesTable.SPEC);
    if (duplicates.isEmpty()) {
      context.say(
          "there has been no audit, so only equal files count as repetitions of one another");
    }
    Dataset<Row> labelled = context.cache(LabelledImages.of(images, duplicates));
    Judged judged =
        config.model().isPresent()
            ? byModel(context, config, config.model().get(), labelled)
            : GivenProbabilities.judge(context, config.probabilities().orElseThrow(), labelled);
    ConfidentLearning learned =
        ConfidentLearning.fit(context.cache(judged.rows()), judged.classes().size());
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    tables.put(LabelChecksTable.SPEC, checks(config, learned.checks(), labelled, judged));
    tables.put(LabelNoiseTable.SPEC, noise(context.spark(), learned.noise(), judged.classes()));
    context.publish(tables);
    LabelsSummary.say(context, config.rule());
    context.next("report, or look at the table 'label_checks', the least margin first");
  }

  private Judged byModel(
      StageContext context, LabelsConfig config, String model, Dataset<Row> labelled) {
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
    String location = context.model(model);
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(context.spark(), location)) {
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
        store
            .embed(labelled, context.record(), context.progress(), name())
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(col(EmbeddingsTable.ID), col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT));
    Dataset<Row> embedded =
        context.cache(
            labelled
                .select(
                    col(ImagesTable.ID),
                    col(ImagesTable.LABEL),
                    col(LabelledImages.GROUP),
                    ClassIndex.of(labels.names())
                        .index(col(ImagesTable.LABEL))
                        .as(ConfidentLearning.GIVEN))
                .join(embeddings, ImagesTable.ID));
    return new Judged(
        OutOfSample.probabilities(context, config, embedded, labels.size()),
        labels,
        Optional.of(votes(context, config, embedded)),
        Optional.empty());
  }

  private static Dataset<Row> votes(
      StageContext context, LabelsConfig config, Dataset<Row> embedded) {
    Dataset<Row> points =
        context.cache(CenteredUnitVectors.compute(embedded.select(Neighbors.ID, Neighbors.POINT)));
    Neighbors search = new Neighbors(config.neighbors(), config.seed());
    Dataset<Row> found = context.cache(search.find(points));
    context.say(
        "%d neighbours of each image; of the true ones %.1f %% are found, measured on %d images",
        config.neighbors(), 100 * search.recall(points, found, RECALL_SAMPLE), RECALL_SAMPLE);
    Dataset<Row> votes =
        context.cache(
            NeighborVotes.of(
                embedded.select(ImagesTable.ID, ImagesTable.LABEL, LabelledImages.GROUP), found));
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

  private static Dataset<Row> checks(
      LabelsConfig config, Dataset<Row> learned, Dataset<Row> labelled, Judged judged) {
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
}
