package org.sparkvit.evaluate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.metrics.ClassMetric;
import org.sparkvit.metrics.ConfusionMatrix;
import org.sparkvit.metrics.Evaluation;
import org.sparkvit.metrics.Metric;
import org.sparkvit.metrics.RankingSums;
import org.sparkvit.table.ConfusionTable;
import org.sparkvit.table.MetricsTable;
import scala.Tuple2;

/** Table {@code metrics}, from the counts and the rankings of each region. */
final class Figures {
  /** Images of the region, whatever is known of them. */
  static final String IMAGES = "images";

  /** Those without a label. */
  static final String UNLABELLED = "unlabelled";

  /** Those with a label but without a prediction: unreadable, or not scored yet. */
  static final String UNSCORED = "unscored";

  private Figures() {}

  /** (model, split, slice, slice_value): the head of a row of counts and of a ranking's key. */
  static Row region(Row row) {
    return RowFactory.create(row.get(0), row.get(1), row.get(2), row.get(3));
  }

  /**
   * All figures of all regions.
   *
   * @param counts of {@link Counts}
   * @param models classes by model: those of the model first, then those that only labels name
   */
  static Dataset<Row> of(
      SparkSession spark,
      Dataset<Row> counts,
      Rankings rankings,
      Map<String, List<String>> models) {
    JavaPairRDD<Row, Row> counted =
        counts
            .select(
                MetricsTable.MODEL,
                MetricsTable.SPLIT,
                MetricsTable.SLICE,
                MetricsTable.SLICE_VALUE,
                ConfusionTable.ACTUAL,
                ConfusionTable.PREDICTED,
                ConfusionTable.COUNT,
                Counts.LOSS)
            .javaRDD()
            .mapToPair(row -> new Tuple2<>(region(row), row));
    JavaRDD<Row> rows =
        counted
            .cogroup(rankings.byRegion())
            .flatMap(
                group ->
                    rows(
                        group._1(),
                        group._2()._1(),
                        group._2()._2(),
                        models.get(group._1().getString(0))));
    return spark
        .createDataFrame(rows, MetricsTable.SPEC.schema())
        .orderBy(
            MetricsTable.MODEL,
            MetricsTable.SPLIT,
            MetricsTable.SLICE,
            MetricsTable.SLICE_VALUE,
            MetricsTable.CLASS,
            MetricsTable.METRIC);
  }

  private static Iterator<Row> rows(
      Row region,
      Iterable<Row> counts,
      Iterable<Tuple2<Integer, RankingSums>> sums,
      List<String> classes) {
    Map<String, Integer> indexes = new HashMap<>();
    classes.forEach(name -> indexes.put(name, indexes.size()));
    ConfusionMatrix confusion = new ConfusionMatrix(classes.size());
    BigDecimal loss = BigDecimal.ZERO;
    long unlabelled = 0;
    long unscored = 0;
    for (Row row : counts) {
      long count = row.getLong(6);
      if (row.isNullAt(4)) {
        unlabelled += count;
      } else if (row.isNullAt(5)) {
        unscored += count;
      } else {
        confusion.add(indexes.get(row.getString(4)), indexes.get(row.getString(5)), count);
        loss = loss.add(row.getDecimal(7));
      }
    }
    long n = confusion.total();
    List<RankingSums> rankings = new ArrayList<>();
    classes.forEach(name -> rankings.add(new RankingSums()));
    sums.forEach(sum -> rankings.set(sum._1(), sum._2()));
    Evaluation evaluation =
        new Evaluation(confusion, n == 0 ? Double.NaN : loss.doubleValue() / n, rankings);

    long images = n + unlabelled + unscored;
    List<Row> rows = new ArrayList<>();
    rows.add(row(region, MetricsTable.ALL, IMAGES, (double) images, images));
    rows.add(row(region, MetricsTable.ALL, UNLABELLED, (double) unlabelled, images));
    rows.add(row(region, MetricsTable.ALL, UNSCORED, (double) unscored, images));
    for (Metric metric : Metric.values()) {
      rows.add(row(region, MetricsTable.ALL, metric.label(), evaluation.value(metric), n));
    }
    for (ClassMetric metric : ClassMetric.values()) {
      for (int c = 0; c < classes.size(); c++) {
        double value = evaluation.value(metric, c);
        rows.add(row(region, classes.get(c), metric.label(), value, basis(metric, c, confusion)));
      }
    }
    return rows.iterator();
  }

  /** The images that a figure of a class rests on: the denominator, where it is a ratio. */
  private static long basis(ClassMetric metric, int c, ConfusionMatrix confusion) {
    return switch (metric) {
      case PRECISION -> confusion.predicted(c);
      case RECALL, SUPPORT -> confusion.support(c);
      case F1 -> confusion.support(c) + confusion.predicted(c) - confusion.cell(c, c);
      case ROC_AUC, AVERAGE_PRECISION -> confusion.total();
    };
  }

  private static Row row(Row region, String name, String metric, double value, long n) {
    return RowFactory.create(
        region.get(0),
        region.get(1),
        region.get(2),
        region.get(3),
        name,
        metric,
        Double.isNaN(value) ? null : value,
        n);
  }
}
