package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;
import scala.Tuple2;

/**
 * Tells the record and the person at the console what an evaluation came to.
 *
 * @param support how many images of which label the models are judged by
 */
record EvaluationSummary(StageContext context, EvaluateConfig config, EvaluationSupport support) {
  /** An image whose class the model does not know counts as a mistake; people are told. */
  Map<String, List<String>> withUnknownLabels(SortedMap<String, List<String>> models) {
    Map<String, List<String>> classes = new HashMap<>();
    models.forEach(
        (model, known) -> {
          List<String> unknown = support.unknownLabels(model, known);
          if (!unknown.isEmpty()) {
            context.say(
                "warning: %,d images have labels that model %s does not know, and count as"
                    + " mistakes: %s",
                support.images(
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

  private String positive(String model) {
    return config.positive().or(() -> support.rarest(model)).orElse("");
  }

  /** Puts into the record how many images each model is judged by. */
  void note(SortedMap<String, List<String>> models) {
    Map<String, Object> notes = new TreeMap<>();
    for (String model : models.keySet()) {
      Map<String, Object> note = new LinkedHashMap<>();
      note.put("positive", positive(model));
      note.put("images", support.images(model, line -> true));
      note.put("unlabelled", support.images(model, line -> line.label() == null));
      note.put("unscored", support.images(model, line -> line.label() != null && !line.scored()));
      notes.put(model, note);
    }
    context.record().result("models", notes);
  }

  /** Says how far off rankings in ranges can be. */
  void bounds(RankingMetrics rankingMetrics) {
    if (config.rankBins() == 0) {
      return;
    }
    Tuple2<Double, Double> most = rankingMetrics.bounds();
    context.record().result("roc_auc_error_at_most", most._1());
    context.record().result("average_precision_error_at_most", most._2());
    context.say(
        "rankings in %,d ranges: of whole splits ROC-AUC is off by %.2g at most, average precision"
            + " by %.2g",
        config.rankBins(), most._1(), most._2());
  }

  /** Tells a person how good the models are. */
  void outcome(Dataset<Row> metrics, Set<String> models) {
    Map<List<String>, Double> figures = figures(metrics, models);
    models.forEach(model -> outcome(figures, model));
  }

  private void outcome(Map<List<String>, Double> figures, String model) {
    long images = support.images(model, line -> true);
    long unlabelled = support.images(model, line -> line.label() == null);
    long unscored = support.images(model, line -> line.label() != null && !line.scored());
    context.say(
        "model %s: %,d of %,d images compared; %,d have no label, %,d a label but no prediction"
            + " (unreadable, or not scored yet)",
        ModelClasses.abbreviate(model),
        images - unlabelled - unscored,
        images,
        unlabelled,
        unscored);
    long outside = images - unlabelled - support.placed(model);
    if (support.placed(model) > 0 && outside > 0) {
      context.say("  %,d labelled images are in no split", outside);
    }
    String split = support.judged(model);
    String positive = positive(model);
    UnaryOperator<String> all =
        metric -> shown(figures.get(List.of(model, split, MetricsTable.ALL, metric)));
    UnaryOperator<String> one =
        metric -> shown(figures.get(List.of(model, split, positive, metric)));
    context.say(
        "  %s: accuracy %s, balanced accuracy %s, macro F1 %s, MCC %s, macro ROC-AUC %s",
        split,
        all.apply(Metric.ACCURACY.label()),
        all.apply(Metric.BALANCED_ACCURACY.label()),
        all.apply(Metric.F1_MACRO.label()),
        all.apply(Metric.MCC.label()),
        all.apply(Metric.ROC_AUC_MACRO.label()));
    context.say(
        "  %s, class '%s': precision %s, recall %s, ROC-AUC %s, average precision %s",
        split,
        positive,
        one.apply(ClassMetric.PRECISION.label()),
        one.apply(ClassMetric.RECALL.label()),
        one.apply(ClassMetric.ROC_AUC.label()),
        one.apply(ClassMetric.AVERAGE_PRECISION.label()));
  }

  /** What people are told, by (model, split, class, metric): unsliced, of the positive classes. */
  private Map<List<String>, Double> figures(Dataset<Row> metrics, Set<String> models) {
    Set<String> names = new TreeSet<>(Set.of(MetricsTable.ALL));
    models.forEach(model -> names.add(positive(model)));
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
