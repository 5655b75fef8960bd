package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.tracking.Tracking;

/**
 * Logs an evaluation to MLflow: the figures of whole splits, overall and of each class. Several
 * models have a run each, below that of the evaluation. Figures of slices are left to the table.
 */
final class EvaluationTracking implements AutoCloseable {
  /** The group of figures of images of any split. */
  private static final String ANY_SPLIT = "all";

  private final Tracking evaluation;
  private final Set<String> models;

  private EvaluationTracking(Tracking evaluation, Set<String> models) {
    this.evaluation = evaluation;
    this.models = models;
  }

  /**
   * Begins the run, before the work.
   *
   * @param models the hashes of the models
   */
  static EvaluationTracking begin(StageContext context, EvaluateConfig config, Set<String> models) {
    String subject =
        config
            .model()
            .orElse(
                models.size() == 1
                    ? ModelClasses.abbreviate(models.iterator().next())
                    : models.size() + " models");
    return new EvaluationTracking(
        Tracking.begin(
            config.mlflow(),
            context.record(),
            config.workspace(),
            subject,
            context.spark().sparkContext().hadoopConfiguration(),
            line -> context.say("%s", line)),
        models);
  }

  /**
   * Logs the figures and ends the run.
   *
   * @param metrics rows of {@link MetricsTable}
   */
  void finish(Dataset<Row> metrics) {
    if (!evaluation.isOn()) {
      return;
    }
    Map<String, Map<String, Double>> figures = collect(metrics);
    for (String model : models) {
      Tracking run =
          models.size() == 1
              ? evaluation
              : evaluation.child("evaluate " + ModelClasses.abbreviate(model), Map.of());
      run.tag("model_hash", model);
      run.metrics(figures.getOrDefault(model, Map.of()), 0);
      if (models.size() > 1) {
        run.finished();
      }
    }
    evaluation.finished();
  }

  /** Returns the figures of each model by their names in MLflow. */
  private Map<String, Map<String, Double>> collect(Dataset<Row> metrics) {
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    metrics
        .where(
            col(MetricsTable.SLICE)
                .equalTo(MetricsTable.ALL)
                .and(col(MetricsTable.MODEL).isInCollection(models))
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
    return figures;
  }

  private static String name(String split, String label, String metric) {
    String group = split.equals(MetricsTable.ALL) ? ANY_SPLIT : split;
    return label.equals(MetricsTable.ALL)
        ? group + "/" + metric
        : Tracking.ofClass(group, metric, label);
  }

  @Override
  public void close() {
    evaluation.close();
  }
}
