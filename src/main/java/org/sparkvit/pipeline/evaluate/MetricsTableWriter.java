package org.sparkvit.pipeline.evaluate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import org.sparkvit.stats.metrics.BootstrapAccumulator.Interval;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.ConfusionMatrix;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.metrics.RankingAccumulator;
import scala.Tuple2;

/** Writes the table {@code metrics} from the counts and the rankings of each region. */
final class MetricsTableWriter {
  /** The metric that counts the images of a region. */
  static final String IMAGES = "images";

  /** The metric that counts the images without a label. */
  static final String UNLABELLED = "unlabelled";

  /**
   * The metric that counts the images with a label but without a prediction: unreadable, or not
   * scored yet.
   */
  static final String UNSCORED = "unscored";

  private MetricsTableWriter() {}

  /**
   * Returns (model, split, slice, slice_value), the first columns of a row of counts and of a
   * ranking's key.
   */
  static Row region(Row row) {
    return RowFactory.create(row.get(0), row.get(1), row.get(2), row.get(3));
  }

  /**
   * Returns all metrics of all regions as rows of the table {@code metrics}.
   *
   * @param counts the rows of {@link ConfusionCounts}
   * @param models the classes of each model: those of the model first, then those that only labels
   *     name
   */
  static Dataset<Row> of(
      SparkSession spark,
      Dataset<Row> counts,
      RankingMetrics rankingMetrics,
      JavaPairRDD<Row, BootstrapAccumulator> bootstraps,
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
                ConfusionCounts.LOSS)
            .javaRDD()
            .mapToPair(row -> new Tuple2<>(region(row), row));
    JavaRDD<Row> rows =
        counted
            .cogroup(rankingMetrics.byRegion(), bootstraps)
            .flatMap(
                group ->
                    rows(
                        group._1(),
                        group._2()._1(),
                        group._2()._2(),
                        group._2()._3(),
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
      Iterable<Tuple2<Integer, RankingAccumulator>> sums,
      Iterable<BootstrapAccumulator> resampled,
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
    List<RankingAccumulator> rankings = new ArrayList<>();
    classes.forEach(name -> rankings.add(new RankingAccumulator()));
    sums.forEach(sum -> rankings.set(sum._1(), sum._2()));
    BootstrapAccumulator bootstrapAccumulator =
        resampled.iterator().hasNext()
            ? resampled.iterator().next()
            : new BootstrapAccumulator(classes.size(), 0, false);
    Evaluation evaluation =
        new Evaluation(
            confusion,
            bootstrapAccumulator.sums().figures(n == 0 ? Double.NaN : loss.doubleValue() / n),
            rankings);

    List<Figure> figures = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      boolean ranking = metric == Metric.ROC_AUC_MACRO || metric == Metric.AVERAGE_PRECISION_MACRO;
      figures.add(new Figure(MetricsTable.ALL, metric.label(), n, ranking, e -> e.value(metric)));
    }
    for (ClassMetric metric : ClassMetric.values()) {
      boolean ranking = metric == ClassMetric.ROC_AUC || metric == ClassMetric.AVERAGE_PRECISION;
      for (int c = 0; c < classes.size(); c++) {
        int index = c;
        figures.add(
            new Figure(
                classes.get(c),
                metric.label(),
                basis(metric, c, confusion),
                ranking,
                e -> e.value(metric, index)));
      }
    }
    List<Double> values = figures.stream().map(f -> f.value().applyAsDouble(evaluation)).toList();
    List<Interval> intervals =
        bootstrapAccumulator.intervals(
            figures.stream().map(Figure::value).toList(),
            values,
            figures.stream().map(Figure::ranking).toList());

    long images = n + unlabelled + unscored;
    List<Row> rows = new ArrayList<>();
    rows.add(count(region, IMAGES, images, images));
    rows.add(count(region, UNLABELLED, unlabelled, images));
    rows.add(count(region, UNSCORED, unscored, images));
    for (int i = 0; i < figures.size(); i++) {
      rows.add(row(region, figures.get(i), values.get(i), intervals.get(i)));
    }
    return rows.iterator();
  }

  /**
   * One metric of a region.
   *
   * @param name the name of the class, or that of all classes
   * @param metric the name of the metric
   * @param n the number of images that it rests on
   * @param ranking whether it comes from the order of scores
   * @param value computes the value from an evaluation
   */
  private record Figure(
      String name, String metric, long n, boolean ranking, ToDoubleFunction<Evaluation> value) {}

  /**
   * Returns the number of images that a metric of a class rests on, which is the denominator of a
   * ratio.
   */
  private static long basis(ClassMetric metric, int c, ConfusionMatrix confusion) {
    return switch (metric) {
      case PRECISION -> confusion.predicted(c);
      case RECALL, SUPPORT -> confusion.support(c);
      case F1 -> confusion.support(c) + confusion.predicted(c) - confusion.cell(c, c);
      case ROC_AUC, AVERAGE_PRECISION -> confusion.total();
    };
  }

  private static Row count(Row region, String metric, long value, long n) {
    Interval none = new Interval(Double.NaN, Double.NaN);
    return row(
        region, new Figure(MetricsTable.ALL, metric, n, false, e -> value), (double) value, none);
  }

  private static Row row(Row region, Figure figure, double value, Interval interval) {
    return RowFactory.create(
        region.get(0),
        region.get(1),
        region.get(2),
        region.get(3),
        figure.name(),
        figure.metric(),
        number(value),
        figure.n(),
        number(interval.low()),
        number(interval.high()));
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
