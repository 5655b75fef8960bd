package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.stats.metrics.Metric;

/**
 * A model in comparison with others: its quality and its cost. A number that is not known is NaN.
 *
 * @param hash the hash of its configuration and weights
 * @param name the name of its folder
 * @param values the values of {@link #METRICS}
 * @param parameters the number of trained parameters
 * @param multiplyAdds the number of multiplications, each with its addition, for one image
 * @param imagesPerSecond the images per second of its last scoring, reading and decoding included
 */
public record ModelRow(
    String hash,
    String name,
    List<Double> values,
    double parameters,
    double multiplyAdds,
    double imagesPerSecond) {
  /** The metrics of the whole split that are shown. */
  static final List<String> METRICS =
      List.of(
          Metric.ACCURACY.label(),
          Metric.F1_MACRO.label(),
          Metric.MCC.label(),
          Metric.LOG_LOSS.label());

  /** The largest number of models, as nobody compares more. */
  private static final int MOST = 20;

  /**
   * Returns the models that have metrics of a split, the best by macro F1 first.
   *
   * @param metrics the metrics of all models
   * @param costs rows of {@code costs}, or null
   */
  static List<ModelRow> gather(
      Dataset<Row> models, Dataset<Row> metrics, Dataset<Row> costs, String split) {
    Map<String, Map<String, Double>> values = new HashMap<>();
    for (Row row :
        metrics
            .where(
                col(MetricsTable.SPLIT)
                    .equalTo(split)
                    .and(col(MetricsTable.SLICE).equalTo(MetricsTable.ALL))
                    .and(col(MetricsTable.CLASS).equalTo(MetricsTable.ALL))
                    .and(col(MetricsTable.METRIC).isin(METRICS.toArray())))
            .select(MetricsTable.MODEL, MetricsTable.METRIC, MetricsTable.VALUE)
            .collectAsList()) {
      values
          .computeIfAbsent(row.getString(0), model -> new HashMap<>())
          .put(row.getString(1), number(row, 2));
    }
    Map<String, Row> paid = new HashMap<>();
    if (costs != null) {
      costs
          .select(
              CostsTable.MODEL,
              CostsTable.PARAMETERS,
              CostsTable.MULTIPLY_ADDS,
              CostsTable.IMAGES_PER_SECOND)
          .collectAsList()
          .forEach(row -> paid.put(row.getString(0), row));
    }
    Column last = max_by(col(ModelsTable.LOCATION), col(ModelsTable.USED_AT));
    List<ModelRow> rows = new ArrayList<>();
    for (Row row : models.groupBy(ModelsTable.MODEL).agg(last).collectAsList()) {
      Map<String, Double> own = values.get(row.getString(0));
      Row cost = paid.get(row.getString(0));
      if (own != null) {
        rows.add(
            new ModelRow(
                row.getString(0),
                ModelName.at(row.getString(1)).name(),
                METRICS.stream().map(metric -> own.getOrDefault(metric, Double.NaN)).toList(),
                cost == null ? Double.NaN : number(cost, 1),
                cost == null ? Double.NaN : number(cost, 2),
                cost == null ? Double.NaN : number(cost, 3)));
      }
    }
    Comparator<ModelRow> worse = Comparator.comparing(row -> -orLeast(row.values().get(1)));
    rows.sort(worse.thenComparing(ModelRow::hash));
    return rows.subList(0, Math.min(MOST, rows.size()));
  }

  private static double orLeast(double value) {
    return Double.isNaN(value) ? -1 : value;
  }

  private static double number(Row row, int column) {
    return row.isNullAt(column) ? Double.NaN : ((Number) row.get(column)).doubleValue();
  }
}
