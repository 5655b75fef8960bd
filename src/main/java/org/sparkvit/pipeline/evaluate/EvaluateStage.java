package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
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
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;
import scala.Tuple2;

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
public final class EvaluateStage {
  private final EvaluateConfig config;
  private final Progress progress;

  public EvaluateStage(EvaluateConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("evaluate", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace(), record);
    workspace.requireAbsent(MetricsTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    CurrentLabels.require(images, "judge a model by");
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    record.input("images", workspace.version(ImagesTable.SPEC));
    record.input("predictions", workspace.version(PredictionsTable.SPEC));
    Optional<Dataset<Row>> splits = Optional.empty();
    if (workspace.has(SplitsTable.SPEC)) {
      splits = Optional.of(workspace.read(SplitsTable.SPEC));
      record.input("splits", workspace.version(SplitsTable.SPEC));
      CurrentSplits current = CurrentSplits.of(images, splits.get());
      current.count().line().ifPresent(line -> progress.say("evaluate: warning: " + line));
      new TrainedLabels(workspace, current)
          .lines(config.model())
          .forEach(line -> progress.say("evaluate: warning: " + line));
    }
    SliceColumns.require(images, config.slices());
    SortedMap<String, List<String>> models =
        ModelClasses.find(workspace.read(ModelsTable.SPEC), predictions, config.model());
    requirePositive(models);

    Dataset<Row> scored =
        EvaluatedImages.of(images, splits, predictions, models, config.slices())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      PredictionChecks.requireSound(scored, ClassIndex.of(models));
      Dataset<Row> counts = ConfusionCounts.of(scored).persist(StorageLevel.MEMORY_AND_DISK());
      RankingMetrics rankingMetrics =
          RankingMetrics.rank(scored, RankingKeys.collect(counts, models), config.rankBins());
      try {
        EvaluationSupport evaluationSupport = EvaluationSupport.count(counts, models);
        Map<String, List<String>> classes = withUnknownLabels(models, evaluationSupport);
        note(record, models, evaluationSupport);
        bounds(record, rankingMetrics);
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
        publish(workspace, tables, record);
        Map<List<String>, Double> figures =
            figures(workspace.read(MetricsTable.SPEC), models.keySet(), evaluationSupport);
        for (String model : models.keySet()) {
          outcome(figures, model, evaluationSupport);
        }
      } finally {
        rankingMetrics.unpersist();
        counts.unpersist();
      }
    } finally {
      scored.unpersist();
    }
    progress.say("next: spark-vit report");
  }

  /** With the figures as plain files besides, for programs that do not read Delta tables. */
  private static void publish(
      Workspace workspace, Map<TableSpec, Dataset<Row>> tables, RunRecord record) {
    String export = workspace.beginExport("metrics/" + record.runId(), record);
    record.result("export", export);
    try {
      workspace.replaceAll(
          tables,
          record,
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

  private void requirePositive(SortedMap<String, List<String>> models) {
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

  /** An image whose class the model does not know counts as a mistake; people are told. */
  private Map<String, List<String>> withUnknownLabels(
      SortedMap<String, List<String>> models, EvaluationSupport evaluationSupport) {
    Map<String, List<String>> classes = new HashMap<>();
    models.forEach(
        (model, known) -> {
          List<String> unknown = evaluationSupport.unknownLabels(model, known);
          if (!unknown.isEmpty()) {
            say(
                "warning: %,d images have labels that model %s does not know, and count as"
                    + " mistakes: %s",
                evaluationSupport.images(
                    model,
                    line ->
                        line.scored() && line.label() != null && unknown.contains(line.label())),
                ModelClasses.abbreviate(model),
                unknown.subList(0, Math.min(5, unknown.size())));
          }
          List<String> all = new ArrayList<>(known);
          all.addAll(unknown);
          classes.put(model, all);
        });
    return classes;
  }

  private String positive(String model, EvaluationSupport evaluationSupport) {
    return config.positive().or(() -> evaluationSupport.rarest(model)).orElse("");
  }

  private void note(
      RunRecord record,
      SortedMap<String, List<String>> models,
      EvaluationSupport evaluationSupport) {
    Map<String, Object> notes = new TreeMap<>();
    for (String model : models.keySet()) {
      Map<String, Object> note = new LinkedHashMap<>();
      note.put("positive", positive(model, evaluationSupport));
      note.put("images", evaluationSupport.images(model, line -> true));
      note.put("unlabelled", evaluationSupport.images(model, line -> line.label() == null));
      note.put(
          "unscored",
          evaluationSupport.images(model, line -> line.label() != null && !line.scored()));
      notes.put(model, note);
    }
    record.result("models", notes);
  }

  private void bounds(RunRecord record, RankingMetrics rankingMetrics) {
    if (config.rankBins() == 0) {
      return;
    }
    Tuple2<Double, Double> most = rankingMetrics.bounds();
    record.result("roc_auc_error_at_most", most._1());
    record.result("average_precision_error_at_most", most._2());
    say(
        "rankings in %,d ranges: of whole splits ROC-AUC is off by %.2g at most, average precision"
            + " by %.2g",
        config.rankBins(), most._1(), most._2());
  }

  /** Tells a person how good a model is. */
  private void outcome(
      Map<List<String>, Double> figures, String model, EvaluationSupport evaluationSupport) {
    long images = evaluationSupport.images(model, line -> true);
    long unlabelled = evaluationSupport.images(model, line -> line.label() == null);
    long unscored = evaluationSupport.images(model, line -> line.label() != null && !line.scored());
    say(
        "model %s: %,d of %,d images compared; %,d have no label, %,d a label but no prediction"
            + " (unreadable, or not scored yet)",
        ModelClasses.abbreviate(model),
        images - unlabelled - unscored,
        images,
        unlabelled,
        unscored);
    long outside = images - unlabelled - evaluationSupport.placed(model);
    if (evaluationSupport.placed(model) > 0 && outside > 0) {
      say("  %,d labelled images are in no split", outside);
    }
    String split = evaluationSupport.judged(model);
    String positive = positive(model, evaluationSupport);
    UnaryOperator<String> all =
        metric -> shown(figures.get(List.of(model, split, MetricsTable.ALL, metric)));
    UnaryOperator<String> one =
        metric -> shown(figures.get(List.of(model, split, positive, metric)));
    say(
        "  %s: accuracy %s, balanced accuracy %s, macro F1 %s, MCC %s, macro ROC-AUC %s",
        split,
        all.apply(Metric.ACCURACY.label()),
        all.apply(Metric.BALANCED_ACCURACY.label()),
        all.apply(Metric.F1_MACRO.label()),
        all.apply(Metric.MCC.label()),
        all.apply(Metric.ROC_AUC_MACRO.label()));
    say(
        "  %s, class '%s': precision %s, recall %s, ROC-AUC %s, average precision %s",
        split,
        positive,
        one.apply(ClassMetric.PRECISION.label()),
        one.apply(ClassMetric.RECALL.label()),
        one.apply(ClassMetric.ROC_AUC.label()),
        one.apply(ClassMetric.AVERAGE_PRECISION.label()));
  }

  private void say(String format, Object... arguments) {
    progress.say(String.format(Locale.ROOT, format, arguments));
  }

  /** What people are told, by (model, split, class, metric): unsliced, of the positive classes. */
  private Map<List<String>, Double> figures(
      Dataset<Row> metrics, Set<String> models, EvaluationSupport evaluationSupport) {
    Set<String> names = new TreeSet<>(Set.of(MetricsTable.ALL));
    models.forEach(model -> names.add(positive(model, evaluationSupport)));
    Map<List<String>, Double> figures = new HashMap<>();
    for (Row row :
        metrics
            .filter(
                col(MetricsTable.SLICE)
                    .equalTo(MetricsTable.ALL)
                    .and(col(MetricsTable.CLASS).isInCollection(names))
                    .and(col(MetricsTable.VALUE).isNotNull()))
            .select(
                MetricsTable.MODEL,
                MetricsTable.SPLIT,
                MetricsTable.CLASS,
                MetricsTable.METRIC,
                MetricsTable.VALUE)
            .collectAsList()) {
      figures.put(
          List.of(row.getString(0), row.getString(1), row.getString(2), row.getString(3)),
          row.getDouble(4));
    }
    return figures;
  }

  private static String shown(Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
