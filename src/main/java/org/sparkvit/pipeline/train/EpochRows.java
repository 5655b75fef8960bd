package org.sparkvit.pipeline.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.TrainingMetricsTable;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.TrainingResult;

/** Converts the metrics of a training's epochs to rows of {@link TrainingMetricsTable}. */
final class EpochRows {
  private EpochRows() {}

  /**
   * Creates the rows.
   *
   * @param hash the hash of the model
   * @param name the name of the model
   */
  static Dataset<Row> of(SparkSession spark, TrainingResult result, String hash, String name) {
    List<Row> rows = new ArrayList<>();
    for (EpochResult epoch : result.history()) {
      Map<String, Double> all = new LinkedHashMap<>();
      all.put("train_loss", epoch.trainLoss());
      all.put("learning_rate", epoch.learningRate());
      all.put("gradient_norm", epoch.gradientNorm());
      all.put("seconds", epoch.seconds());
      all.put("images_per_second", epoch.imagesPerSecond());
      all.putAll(epoch.validation());
      all.forEach(
          (metric, value) -> rows.add(row(hash, name, epoch, metric, MetricsTable.ALL, value)));
      epoch
          .recall()
          .forEach((label, value) -> rows.add(row(hash, name, epoch, "recall", label, value)));
    }
    return spark.createDataFrame(rows, TrainingMetricsTable.SPEC.schema()).coalesce(1);
  }

  private static Row row(
      String hash, String name, EpochResult epoch, String metric, String label, double value) {
    return RowFactory.create(
        hash,
        name,
        epoch.epoch(),
        epoch.steps(),
        metric,
        label,
        Double.isFinite(value) ? value : null);
  }
}
