package org.sparkvit.pipeline.explain;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads {@code images}, {@code splits} where there are any, {@code predictions} and the model;
 * writes {@code explanations} of a sample that is worth looking at. Maps are made in float32.
 */
@StageDescription(
    name = "explain",
    group = Group.JUDGE,
    readsEarlierVersions = true,
    help = {
      "Shows where a model looked, for a sample of its predictions: confident mistakes, confident"
          + " right ones, uncertain ones, the hardest of each class.",
      "It has the attention of each layer and head, rollout, and attention weighted by its"
          + " gradient; deletion and insertion say how far each map can be trusted. Beside a"
          + " mistake stand the images of the train split most like it."
    })
public final class ExplainStage extends Stage<ExplainConfig> {
  private static final int EMBEDDED_AT_ONCE = 16;

  /** Makes the stage. */
  public ExplainStage() {
    super(ExplainConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(ExplainConfig config) {
    return List.of(ExplanationsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, ExplainConfig config) {
    SparkSession spark = context.spark();
    Workspace workspace = context.workspace();
    Dataset<Row> images = context.labels();
    Dataset<Row> predictions = context.read(PredictionsTable.SPEC);
    Dataset<Row> splits = context.readIfPresent(SplitsTable.SPEC).orElse(null);
    if (splits != null) {
      CurrentSplits.of(images, splits)
          .count()
          .line()
          .ifPresent(line -> context.say("warning: %s", line));
    }
    SliceColumns.require(images, config.slices());
    String location = context.model(config.model());
    SharedModel model;
    Optional<NearestTraining> training = Optional.empty();
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      model = model(spark, files, location, config.device()).on(CatalogBackground.of(workspace));
      model.differs(CatalogBackground.of(workspace)).ifPresent(line -> context.say("%s", line));
      context.noteModel(config.model(), model.hash());
      if (config.nearest() > 0 && splits != null) {
        training =
            Optional.of(
                new NearestTraining(
                    EmbeddingStore.open(
                        spark, workspace, files, location, embedding(config), context.record()),
                    config.nearest(),
                    context.record(),
                    context.progress()));
      }
    }
    requirePositive(config, model);
    String split = split(config, splits);

    Dataset<Row> scored =
        context.cache(
            SampleSelection.scored(
                images,
                Optional.ofNullable(splits),
                split,
                predictions,
                model.hash(),
                model.labels()));
    Map<String, List<String>> chosen = SampleSelection.choose(scored, config, model.labels());
    requireSample(config, chosen, split);
    context.say(
        "%,d images of %s, by model %.12s",
        chosen.size(), split == null ? "all" : "the " + split + " split", model.hash());
    Dataset<Row> sample =
        context.cache(scored.join(broadcast(rules(spark, chosen)), ImagesTable.ID));
    Dataset<Row> mistakes =
        sample.where(col(ImagesTable.LABEL).notEqual(col(ScoredImages.PREDICTED)));
    Dataset<Row> nearest =
        training.isEmpty() || mistakes.isEmpty()
            ? NearestTraining.none(images)
            : training.get().find(images, splits, mistakes);
    explain(context, config, sample, nearest, chosen, model);
    context.next("report");
  }

  private static void requireSample(
      ExplainConfig config, Map<String, List<String>> chosen, String split) {
    if (chosen.isEmpty()) {
      throw new UserException(
          "model '"
              + config.model()
              + "' has no predictions of "
              + (split == null ? "the images" : "the " + split + " split")
              + "; run 'spark-vit score' first");
    }
    if (chosen.size() > ExplainConfig.MOST_IN_ALL) {
      throw new UserException(
          "the sample has more than "
              + ExplainConfig.MOST_IN_ALL
              + " images, too many to look at; lower --per-group, or name fewer --slices");
    }
  }

  private static SharedModel model(
      SparkSession spark, LocalModelDirectory files, String location, String device) {
    SharedModel model = SharedModel.distributeForExplaining(spark, files.directory(), device);
    if (model.isScripted()) {
      throw new UserException(
          location + ": a TorchScript module has no attention to show; name a Vision Transformer");
    }
    return model;
  }

  private static EmbeddingSettings embedding(ExplainConfig config) {
    return new EmbeddingSettings(config.device(), "fp32", EMBEDDED_AT_ONCE, config.decodeThreads());
  }

  private static void requirePositive(ExplainConfig config, SharedModel model) {
    if (config.positive().isPresent() && !model.labels().contains(config.positive().get())) {
      throw new UserException(
          "--positive '"
              + config.positive().get()
              + "' is no class of the model; choose one of "
              + Labels.shown(model.labels()));
    }
  }

  /** The split that the sample is from; null for all images. */
  private static String split(ExplainConfig config, Dataset<Row> splits) {
    Set<String> there = new TreeSet<>();
    if (splits != null) {
      splits
          .select(SplitsTable.SPLIT)
          .distinct()
          .collectAsList()
          .forEach(row -> there.add(row.getString(0)));
    }
    if (config.split().isPresent() && !there.contains(config.split().get())) {
      throw new UserException(
          "--split '" + config.split().get() + "' is no split of the data set; there are " + there);
    }
    return config.split().orElse(there.contains(SplitsTable.TEST) ? SplitsTable.TEST : null);
  }

  private static void explain(
      StageContext context,
      ExplainConfig config,
      Dataset<Row> sample,
      Dataset<Row> nearest,
      Map<String, List<String>> chosen,
      SharedModel model) {
    SparkSession spark = context.spark();
    Instant started = Instant.now();
    LongAccumulator nanos = spark.sparkContext().longAccumulator("nanoseconds of maps");
    // Ids are hashes, so the first of them are a sample.
    Set<String> measured =
        new TreeSet<>(
            List.copyOf(chosen.keySet())
                .subList(0, Math.min(chosen.size(), config.faithfulness())));
    int tasks = Math.min(chosen.size(), spark.sparkContext().defaultParallelism());
    Dataset<Row> maps =
        ImageLocations.of(context.workspace(), sample.select(columns()))
            .repartition(tasks, col(ImagesTable.ID))
            .mapPartitions(
                new Explanations(
                    new CatalogImages(new ImageFiles(spark)),
                    model,
                    config.batchSize(),
                    config.decodeThreads(),
                    measured,
                    nanos),
                Encoders.row(Explanations.SCHEMA));
    Dataset<Row> known =
        sample.select(
            col(ScoredImages.ID),
            col(SampleSelection.IMAGE + "." + ImagesTable.PATH),
            col(ScoredImages.LABEL),
            lit(model.hash()).as(ExplanationsTable.MODEL),
            col(ScoredImages.SPLIT).as(ExplanationsTable.SPLIT),
            col(ScoredImages.PREDICTED).as(ExplanationsTable.PREDICTED),
            col(ScoredImages.CONFIDENCE).as(ExplanationsTable.CONFIDENCE),
            col(ExplanationsTable.RULES));
    context.record().result("images", chosen.size());
    context.publish(
        ExplanationsTable.SPEC,
        maps.join(known, ImagesTable.ID).join(nearest, new String[] {ImagesTable.ID}, "left"));
    report(
        context, Duration.between(started, Instant.now()).toMillis() / 1000.0, nanos.value() / 1e9);
  }

  private static Column[] columns() {
    return List.of(
            ImagesTable.ID,
            ImagesTable.PATH,
            ImagesTable.OFFSET,
            ImagesTable.BYTES,
            ImagesTable.STATUS,
            ImagesTable.REASON,
            ImagesTable.SHA256)
        .stream()
        .map(name -> col(SampleSelection.IMAGE + "." + name))
        .toArray(Column[]::new);
  }

  private static Dataset<Row> rules(SparkSession spark, Map<String, List<String>> chosen) {
    List<Row> rows = new ArrayList<>();
    chosen.forEach((id, rules) -> rows.add(RowFactory.create(id, rules)));
    return spark.createDataFrame(
        rows,
        new StructType()
            .add(ImagesTable.ID, DataTypes.StringType, false)
            .add(
                ExplanationsTable.RULES,
                DataTypes.createArrayType(DataTypes.StringType, false),
                false));
  }

  private static void report(StageContext context, double seconds, double mapSeconds) {
    Dataset<Row> explanations = context.read(ExplanationsTable.SPEC);
    Row counts =
        explanations
            .agg(
                count(lit(1)),
                count(col(ExplanationsTable.ROLLOUT)),
                count(col(ExplanationsTable.DELETION)))
            .head();
    if (counts.getLong(0) > counts.getLong(1)) {
      context.say("%,d images have no map (see reason)", counts.getLong(0) - counts.getLong(1));
    }
    context.say(
        "%,d images in %.1f s; the maps alone %.1f images/s of one task",
        counts.getLong(1), seconds, counts.getLong(1) / Math.max(mapSeconds, 1e-9));
    if (counts.getLong(2) > 0) {
      sayFaithfulness(context, explanations, counts.getLong(2));
    }
  }

  private static void sayFaithfulness(
      StageContext context, Dataset<Row> explanations, long images) {
    Map<String, Column> means = new LinkedHashMap<>();
    for (String method :
        List.of(
            ExplanationsTable.ATTENTION,
            ExplanationsTable.ROLLOUT,
            ExplanationsTable.GRADIENT,
            Faithfulness.RANDOM)) {
      means.put("deletion " + method, avg(col(ExplanationsTable.DELETION).getItem(method)));
      means.put("insertion " + method, avg(col(ExplanationsTable.INSERTION).getItem(method)));
    }
    Column[] columns = means.values().toArray(new Column[0]);
    Row row = explanations.agg(columns[0], Arrays.copyOfRange(columns, 1, columns.length)).head();
    context.say(
        "probability of the class, mean of %,d images, while patches are taken away (lower is"
            + " better) and put back (higher is better)",
        images);
    for (int i = 0; i < columns.length; i += 2) {
      context.say(
          "%-10s %.3f  %.3f",
          List.copyOf(means.keySet()).get(i).substring("deletion ".length()),
          row.getDouble(i),
          row.getDouble(i + 1));
    }
  }
}
