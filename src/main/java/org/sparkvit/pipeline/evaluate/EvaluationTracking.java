package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.tracking.Tracking;

/**
 * Logs an evaluation to MLflow: a run for each model, with the figures of whole splits, overall and
 * of each class. Figures of slices are left to the table.
 */
final class EvaluationTracking implements AutoCloseable {
  /** The group of figures of images of any split. */
  private static final String ANY_SPLIT = "all";

  private final Map<String, Tracking> runs = new LinkedHashMap<>();

  private EvaluationTracking() {}

  /**
   * Begins the runs, before the work.
   *
   * @param models the hashes of the models
   */
  static EvaluationTracking begin(StageContext context, EvaluateConfig config, Set<String> models) {
    EvaluationTracking tracking = new EvaluationTracking();
    try {
      for (String model : models) {
        Tracking run =
            Tracking.begin(
                config.mlflow(),
                context.record(),
                config.workspace(),
                ModelClasses.abbreviate(model),
                context.spark().sparkContext().hadoopConfiguration(),
                line -> context.say("warning: %s", line));
        tracking.runs.put(model, run);
        run.tag("model_hash", model);
        config.model().ifPresent(name -> run.tag("model_name", name));
      }
    } catch (RuntimeException e) {
      tracking.close();
      throw e;
    }
    return tracking;
  }

  /**
   * Logs the figures and ends the runs.
   *
   * @param metrics rows of {@link MetricsTable}
   */
  void finish(Dataset<Row> metrics) {
    Optional<Tracking> any = runs.values().stream().filter(Tracking::isOn).findFirst();
    if (any.isEmpty()) {
      return;
    }
    Map<String, Map<String, Double>> figures = new TreeMap<>();
    metrics
        .where(
            col(MetricsTable.SLICE)
                .equalTo(MetricsTable.ALL)
                .and(col(MetricsTable.MODEL).isInCollection(runs.keySet()))
                .and(col(MetricsTable.VALUE).isNotNull()))
        .select(
            MetricsTable.MODEL,
            MetricsTable.SPLIT,
            MetricsTable.CLASS,
            MetricsTable.METRIC,
            MetricsTable.VALUE)
        .toLocalIterator()
        .forEachRemaining(
            row ->
                figures
                    .computeIfAbsent(row.getString(0), model -> new TreeMap<>())
                    .put(
                        name(row.getString(1), row.getString(2), row.getString(3)),
                        row.getDouble(4)));
    runs.forEach(
        (model, run) -> {
          run.metrics(figures.getOrDefault(model, Map.of()), 0);
          run.finished();
        });
  }

  private static String name(String split, String label, String metric) {
    String group = split.equals(MetricsTable.ALL) ? ANY_SPLIT : split;
    return label.equals(MetricsTable.ALL)
        ? group + "/" + metric
        : Tracking.ofClass(group, metric, label);
  }

  @Override
  public void close() {
    runs.values().forEach(Tracking::close);
  }
}
