package org.sparkvit.pipeline.gate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.query.ScoredModel;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Metrics of the model that was used last, computed from the tables that are there:
 *
 * <pre>
 * metric.NAME               such as metric.accuracy, of the test split, or of all images without one
 * recall.LABEL, precision.LABEL
 * scoring_failed_share      of the images that were scored as they are now
 * predicted_share.LABEL     of the predictions
 * confidence_share.BIN      of the predictions whose confidence is in a bin, 0 to 9
 * </pre>
 */
final class ModelMetrics {
  /** Shares that sum to 1, by what stands before the dot. */
  static final List<String> DISTRIBUTIONS = List.of("predicted_share", "confidence_share");

  private static final int BINS = 10;

  private ModelMetrics() {}

  /** Adds those that there are. */
  static void addTo(SortedMap<String, Double> figures, StageContext context, Dataset<Row> images) {
    List<ScoredModel> models = ScoredModel.readAll(context.workspace());
    Optional<Dataset<Row>> predictions = context.readIfPresent(PredictionsTable.SPEC);
    if (models.isEmpty() || predictions.isEmpty()) {
      return;
    }
    String model = models.get(models.size() - 1).hash();
    ofPredictions(
        SameContent.current(
            predictions.get().where(col(PredictionsTable.MODEL).equalTo(model)), images),
        figures);
    context
        .readIfPresent(MetricsTable.SPEC)
        .ifPresent(rows -> ofMetrics(rows.where(col(MetricsTable.MODEL).equalTo(model)), figures));
  }

  private static void ofPredictions(Dataset<Row> predictions, SortedMap<String, Double> figures) {
    Row counts =
        predictions.agg(count(lit(1)), count_if(col(PredictionsTable.PREDICTED).isNull())).head();
    double all = counts.getLong(0);
    double said = all - counts.getLong(1);
    if (all == 0) {
      return;
    }
    figures.put("scoring_failed_share", counts.getLong(1) / all);
    Dataset<Row> answers = predictions.where(col(PredictionsTable.PREDICTED).isNotNull());
    for (Row row : answers.groupBy(PredictionsTable.PREDICTED).count().collectAsList()) {
      figures.put("predicted_share." + row.getString(0), row.getLong(1) / said);
    }
    for (Row row :
        answers
            .groupBy(
                least(
                        floor(col(PredictionsTable.CONFIDENCE).multiply(BINS)).cast("int"),
                        lit(BINS - 1))
                    .as("bin"))
            .count()
            .collectAsList()) {
      figures.put("confidence_share." + row.getInt(0), row.getLong(1) / said);
    }
  }

  private static void ofMetrics(Dataset<Row> metrics, SortedMap<String, Double> figures) {
    Dataset<Row> whole =
        metrics.where(
            col(MetricsTable.SLICE)
                .equalTo(MetricsTable.ALL)
                .and(col(MetricsTable.VALUE).isNotNull()));
    boolean tested = !whole.where(col(MetricsTable.SPLIT).equalTo(SplitsTable.TEST)).isEmpty();
    for (Row row :
        whole
            .where(col(MetricsTable.SPLIT).equalTo(tested ? SplitsTable.TEST : MetricsTable.ALL))
            .select(MetricsTable.CLASS, MetricsTable.METRIC, MetricsTable.VALUE)
            .collectAsList()) {
      String name = row.getString(1);
      if (row.getString(0).equals(MetricsTable.ALL)) {
        figures.put("metric." + name, row.getDouble(2));
      } else if (name.equals("recall") || name.equals("precision")) {
        figures.put(name + "." + row.getString(0), row.getDouble(2));
      }
    }
  }
}
