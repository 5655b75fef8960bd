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
import java.util.Locale;
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
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;

/**
 * Reads {@code images}, {@code splits} where there are any, {@code predictions} and the model;
 * writes {@code explanations} of a sample that is worth looking at. Maps are made in float32.
 */
public final class ExplainStage {
  private static final int EMBEDDED_AT_ONCE = 16;

  private final ExplainConfig config;
  private final Progress progress;

  public ExplainStage(ExplainConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("explain", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace(), record);
    workspace.requireAbsent(ExplanationsTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("predictions", workspace.version(PredictionsTable.SPEC));
    Dataset<Row> splits = null;
    if (workspace.has(SplitsTable.SPEC)) {
      splits = workspace.read(SplitsTable.SPEC);
      record.input("splits", workspace.version(SplitsTable.SPEC));
      CurrentSplits.of(images, splits)
          .count()
          .line()
          .ifPresent(line -> progress.say("explain: warning: " + line));
    }
    SliceColumns.require(images, config.slices());
    String location = workspace.modelAt(config.model());
    SharedModel model;
    Optional<NearestTraining> training = Optional.empty();
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      model = model(spark, files, location).on(CatalogBackground.of(workspace));
      model
          .differs(CatalogBackground.of(workspace))
          .ifPresent(line -> progress.say("explain: " + line));
      record.input("model", location).input("model_hash", model.hash());
      if (config.nearest() > 0 && splits != null) {
        training =
            Optional.of(
                new NearestTraining(
                    EmbeddingStore.open(spark, workspace, files, location, embedding(), record),
                    config.nearest(),
                    record,
                    progress));
      }
    }
    requirePositive(model);
    String split = split(splits);

    Dataset<Row> scored =
        SampleSelection.scored(
                images,
                Optional.ofNullable(splits),
                split,
                predictions,
                model.hash(),
                model.labels())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Map<String, List<String>> chosen = SampleSelection.choose(scored, config, model.labels());
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
      progress.say(
          String.format(
              Locale.ROOT,
              "explain: %,d images of %s, by model %.12s",
              chosen.size(),
              split == null ? "all" : "the " + split + " split",
              model.hash()));
      Dataset<Row> sample = scored.join(broadcast(rules(spark, chosen)), ImagesTable.ID).persist();
      try {
        Dataset<Row> mistakes =
            sample.where(col(ImagesTable.LABEL).notEqual(col(ScoredImages.PREDICTED)));
        Dataset<Row> nearest =
            training.isEmpty() || mistakes.isEmpty()
                ? NearestTraining.none(images)
                : training.get().find(images, splits, mistakes);
        explain(spark, workspace, sample, nearest, chosen, model, record);
      } finally {
        sample.unpersist();
      }
    } finally {
      scored.unpersist();
    }
  }

  private SharedModel model(SparkSession spark, LocalModelDirectory files, String location) {
    SharedModel model =
        SharedModel.distributeForExplaining(spark, files.directory(), config.device());
    if (model.isScripted()) {
      throw new UserException(
          location + ": a TorchScript module has no attention to show; name a Vision Transformer");
    }
    return model;
  }

  private EmbeddingSettings embedding() {
    return new EmbeddingSettings(config.device(), "fp32", EMBEDDED_AT_ONCE, config.decodeThreads());
  }

  private void requirePositive(SharedModel model) {
    if (config.positive() != null && !model.labels().contains(config.positive())) {
      throw new UserException(
          "--positive '"
              + config.positive()
              + "' is no class of the model; choose one of "
              + Labels.shown(model.labels()));
    }
  }

  private String split(Dataset<Row> splits) {
    Set<String> there = new TreeSet<>();
    if (splits != null) {
      splits
          .select(SplitsTable.SPLIT)
          .distinct()
          .collectAsList()
          .forEach(row -> there.add(row.getString(0)));
    }
    if (config.split() != null && !there.contains(config.split())) {
      throw new UserException(
          "--split '" + config.split() + "' is no split of the data set; there are " + there);
    }
    return config.split() == null && there.contains(SplitsTable.TEST)
        ? SplitsTable.TEST
        : config.split();
  }

  private void explain(
      SparkSession spark,
      Workspace workspace,
      Dataset<Row> sample,
      Dataset<Row> nearest,
      Map<String, List<String>> chosen,
      SharedModel model,
      RunRecord record) {
    Instant started = Instant.now();
    LongAccumulator nanos = spark.sparkContext().longAccumulator("nanoseconds of maps");
    // Ids are hashes, so the first of them are a sample.
    Set<String> measured =
        new TreeSet<>(List.copyOf(chosen.keySet()).subList(0, measured(chosen.size())));
    int tasks = Math.min(chosen.size(), spark.sparkContext().defaultParallelism());
    Dataset<Row> maps =
        ImageLocations.of(workspace, sample.select(columns()))
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
    workspace.replace(
        ExplanationsTable.SPEC,
        maps.join(known, ImagesTable.ID).join(nearest, new String[] {ImagesTable.ID}, "left"),
        record.result("images", chosen.size()));
    report(
        workspace.read(ExplanationsTable.SPEC),
        Duration.between(started, Instant.now()).toMillis() / 1000.0,
        nanos.value() / 1e9);
  }

  private int measured(int images) {
    return Math.min(images, config.faithfulness());
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

  private void report(Dataset<Row> explanations, double seconds, double mapSeconds) {
    Row counts =
        explanations
            .agg(
                count(lit(1)),
                count(col(ExplanationsTable.ROLLOUT)),
                count(col(ExplanationsTable.DELETION)))
            .head();
    if (counts.getLong(0) > counts.getLong(1)) {
      progress.say(
          String.format(
              Locale.ROOT,
              "explain: %,d images have no map (see reason)",
              counts.getLong(0) - counts.getLong(1)));
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "explain: %,d images in %.1f s; the maps alone %.1f images/s of one task",
            counts.getLong(1),
            seconds,
            counts.getLong(1) / Math.max(mapSeconds, 1e-9)));
    if (counts.getLong(2) > 0) {
      faithfulness(explanations, counts.getLong(2)).forEach(progress::say);
    }
    progress.say("next: spark-vit report");
  }

  private static List<String> faithfulness(Dataset<Row> explanations, long images) {
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
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "explain: probability of the class, mean of %,d images, while patches are taken away"
                + " (lower is better) and put back (higher is better)",
            images));
    for (int i = 0; i < columns.length; i += 2) {
      lines.add(
          String.format(
              Locale.ROOT,
              "explain: %-10s %.3f  %.3f",
              List.copyOf(means.keySet()).get(i).substring("deletion ".length()),
              row.getDouble(i),
              row.getDouble(i + 1)));
    }
    return lines;
  }
}
