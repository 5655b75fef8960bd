package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.stats.metrics.LogLoss;

/**
 * The counts of (label, prediction) pairs by region, from which all metrics except the rankings
 * follow. One aggregation computes them.
 */
final class ConfusionCounts {
  /** The column of the sum of the log-losses of a cell's images. */
  static final String LOSS = "loss";

  private static final UserDefinedFunction LOG_LOSS =
      udf(
          (UDF1<Double, Double>) probability -> LogLoss.of(probability, LogLoss.FLOAT_EPSILON),
          DataTypes.DoubleType);

  private ConfusionCounts() {}

  /**
   * Counts images by region, given class and predicted class. The given class is null where the
   * image has no label, and the predicted class where it has no prediction. So every image is in
   * exactly one count of a region.
   */
  static Dataset<Row> of(Dataset<Row> scored) {
    // A class that the model does not know has been given the probability 0.
    Column probability = coalesce(ScoredImages.labelProbability(), lit(0f)).cast("double");
    Column comparable =
        col(ScoredImages.LABEL).isNotNull().and(col(ScoredImages.PREDICTED).isNotNull());
    // Decimals add up to the same in any order. 36 is the most that one image can lose.
    Column loss =
        when(comparable, LOG_LOSS.apply(probability)).cast(DataTypes.createDecimalType(17, 15));
    return EvaluatedImages.perRegion(
            scored,
            col(ScoredImages.LABEL).as(ConfusionTable.ACTUAL),
            col(ScoredImages.PREDICTED).as(ConfusionTable.PREDICTED),
            loss.as(LOSS))
        .groupBy(
            MetricsTable.MODEL,
            MetricsTable.SPLIT,
            MetricsTable.SLICE,
            MetricsTable.SLICE_VALUE,
            ConfusionTable.ACTUAL,
            ConfusionTable.PREDICTED)
        .agg(count(lit(1)).as(ConfusionTable.COUNT), sum(LOSS).as(LOSS));
  }

  /**
   * Returns the images that have both a label and a prediction as rows of the table {@code
   * confusion}.
   */
  static Dataset<Row> confusion(Dataset<Row> counts) {
    return counts
        .filter(
            col(ConfusionTable.ACTUAL).isNotNull().and(col(ConfusionTable.PREDICTED).isNotNull()))
        .drop(LOSS)
        .orderBy(
            ConfusionTable.MODEL,
            ConfusionTable.SPLIT,
            ConfusionTable.SLICE,
            ConfusionTable.SLICE_VALUE,
            ConfusionTable.ACTUAL,
            ConfusionTable.PREDICTED);
  }
}
