package org.sparkvit.pipeline.evaluate;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.ComparisonsTable;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads {@code images}, {@code splits} (if there are any), {@code models} and {@code predictions};
 * writes {@code confusion}, {@code curves}, {@code slice_gaps}, {@code comparisons} and, last,
 * {@code metrics}: a first run that is interrupted leaves no metrics behind, and can be started
 * again.
 *
 * <p>The figures are left in {@code exports/metrics/RUN} as plain Parquet, too.
 *
 * <p>Labels are those that {@code images} has now, predictions those of the content that it has
 * now.
 */
@StageDescription(
    name = "evaluate",
    group = Group.JUDGE,
    readsEarlierVersions = true,
    help = {
      "Compares predictions with labels: accuracy, precision, recall, F1, MCC, log-loss,"
          + " calibration, ROC-AUC and average precision, each with its interval, confusion and"
          + " curves.",
      "It does so for all images, each split and each slice, and sets slices and models beside one"
          + " another."
    })
public final class EvaluateStage extends Stage<EvaluateConfig> {
  /** Makes the stage. */
  public EvaluateStage() {
    super(EvaluateConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(EvaluateConfig config) {
    return List.of(MetricsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, EvaluateConfig config) {
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "judge a model by");
    Dataset<Row> predictions = context.read(PredictionsTable.SPEC);
    Optional<Dataset<Row>> splits = context.readIfPresent(SplitsTable.SPEC);
    SliceColumns.require(images, config.slices());
    SortedMap<String, List<String>> models =
        ModelClasses.find(context.workspace(), predictions, config.model());
    requirePositive(config, models);
    if (splits.isPresent()) {
      CurrentSplits current = CurrentSplits.of(images, splits.get());
      current.count().line().ifPresent(line -> context.say("warning: %s", line));
      new TrainedLabels(context.workspace(), current)
          .lines(models.keySet())
          .forEach(line -> context.say("warning: %s", line));
    }

    try (EvaluationTracking tracking = EvaluationTracking.begin(context, config, models.keySet())) {
      evaluate(context, config, images, predictions, splits, models);
      tracking.finish(context.read(MetricsTable.SPEC));
    }
    context.next("report");
  }

  private static void evaluate(
      StageContext context,
      EvaluateConfig config,
      Dataset<Row> images,
      Dataset<Row> predictions,
      Optional<Dataset<Row>> splits,
      SortedMap<String, List<String>> models) {
    SparkSession spark = context.spark();
    Dataset<Row> scored =
        context.cache(EvaluatedImages.of(images, splits, predictions, models, config.slices()));
    PredictionChecks.requireSound(scored, ClassIndex.of(models));
    Dataset<Row> counts = context.cache(ConfusionCounts.of(scored));
    RankingMetrics rankingMetrics =
        RankingMetrics.rank(scored, RankingKeys.collect(counts, models), config.rankBins());
    try {
      EvaluationSupport evaluationSupport = EvaluationSupport.count(counts, models);
      EvaluationSummary summary = new EvaluationSummary(context, config, evaluationSupport);
      Map<String, List<String>> classes = summary.withUnknownLabels(models);
      summary.note(models);
      summary.bounds(rankingMetrics);
      Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
      Dataset<Row> confusion = ConfusionCounts.confusion(counts);
      tables.put(ConfusionTable.SPEC, confusion);
      tables.put(
          SliceGapsTable.SPEC,
          spark
              .createDataFrame(SliceGaps.find(confusion, classes), SliceGapsTable.SPEC.schema())
              .orderBy(
                  SliceGapsTable.MODEL,
                  SliceGapsTable.SPLIT,
                  SliceGapsTable.SLICE,
                  SliceGapsTable.SLICE_VALUE,
                  SliceGapsTable.CLASS,
                  SliceGapsTable.MEASURE));
      Map<String, String> judged = new HashMap<>();
      models.keySet().forEach(model -> judged.put(model, evaluationSupport.judged(model)));
      tables.put(
          ComparisonsTable.SPEC,
          spark.createDataFrame(
              Comparisons.compare(scored, models, classes, judged, config.resamples()),
              ComparisonsTable.SPEC.schema()));
      tables.put(CurvesTable.SPEC, rankingMetrics.curves(spark));
      tables.put(
          MetricsTable.SPEC,
          MetricsTableWriter.of(
              spark,
              counts,
              rankingMetrics,
              BootstrapMetrics.of(scored, classes, config.resamples()),
              classes));
      publish(context, tables);
      summary.outcome(context.read(MetricsTable.SPEC), models.keySet());
    } finally {
      rankingMetrics.unpersist();
    }
  }

  /** With the figures as plain files besides, for programs that do not read Delta tables. */
  private static void publish(StageContext context, Map<TableSpec, Dataset<Row>> tables) {
    Workspace workspace = context.workspace();
    String export = workspace.beginExport("metrics/" + context.record().runId(), context.record());
    context.record().result("export", export);
    try {
      context.publish(
          tables,
          written ->
              // The folder is there, and has nothing but its mark.
              written
                  .get(MetricsTable.SPEC)
                  .coalesce(1)
                  .write()
                  .mode(SaveMode.Append)
                  .parquet(export));
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      workspace.deleteExport(export, e);
      throw e;
    }
  }

  private static void requirePositive(
      EvaluateConfig config, SortedMap<String, List<String>> models) {
    TreeSet<String> known = new TreeSet<>();
    models.values().forEach(known::addAll);
    if (config.positive().isPresent() && !known.contains(config.positive().get())) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--positive '%s' is no class of the model; choose one of %s",
              config.positive().get(),
              Labels.shown(known)));
    }
  }
}
