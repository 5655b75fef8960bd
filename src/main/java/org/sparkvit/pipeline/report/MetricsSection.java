package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;

/**
 * The metrics of one model. A metric that is undefined is NaN.
 *
 * @param splits the splits that have metrics; the first is test, or all images where there is no
 *     test split
 * @param sizes the number of images of each split that have both a label and a prediction
 * @param counts the images of each split, and those that are left out of the metrics, by reason
 * @param overall the metrics by split
 * @param ranges the intervals at the 95 % level of the first split's metrics, by class and metric
 * @param classes the classes of each split, in the order of {@code splits}
 * @param sliceColumns the names of the values of {@link SliceRow}
 * @param slices the slices of the first split, the lowest balanced accuracy first; empty where
 *     there are none
 * @param moreSlices the number of slices that are not listed
 */
public record MetricsSection(
    List<String> splits,
    List<Long> sizes,
    List<MetricRow> counts,
    List<MetricRow> overall,
    Map<String, Map<String, Range>> ranges,
    List<ClassTable> classes,
    List<String> sliceColumns,
    List<SliceRow> slices,
    long moreSlices) {
  /** The metrics that are numbers of images. */
  private static final List<String> COUNTS = List.of("images", "unlabelled", "unscored");

  private static final List<String> SLICE_METRICS =
      List.of(
          Metric.BALANCED_ACCURACY.label(),
          Metric.ACCURACY.label(),
          Metric.F1_MACRO.label(),
          Metric.ROC_AUC_MACRO.label());
  private static final int SLICES_SHOWN = 50;

  /** An interval from its lower to its upper end. */
  public record Range(double low, double high) {}

  /** The values of one metric by split. */
  public record MetricRow(String metric, List<Double> values) {}

  /**
   * The classes of one split.
   *
   * @param rows the classes, the lowest F1 first and those without images last
   * @param count the number of classes
   */
  public record ClassTable(String split, List<ClassRow> rows, long count) {}

  /** The metrics of one class against the rest. */
  public record ClassRow(
      String label,
      double precision,
      double recall,
      double f1,
      long support,
      double rocAuc,
      double averagePrecision) {}

  /**
   * The images that have one value in one column.
   *
   * @param n the number of images
   * @param values the values of {@link MetricsSection#sliceColumns}
   */
  public record SliceRow(String slice, String value, long n, List<Double> values) {}

  /**
   * Gathers the metrics.
   *
   * @param metrics one model's rows of the table {@code metrics}
   * @return the section, or null where the model has no metrics
   */
  static MetricsSection gather(Dataset<Row> metrics) {
    Dataset<Row> whole = metrics.where(col(MetricsTable.SLICE).equalTo(MetricsTable.ALL));
    Map<String, Map<String, Double>> overall = new TreeMap<>();
    Map<String, Long> sizes = new TreeMap<>();
    for (Row row :
        whole
            .where(col(MetricsTable.CLASS).equalTo(MetricsTable.ALL))
            .select(MetricsTable.SPLIT, MetricsTable.METRIC, MetricsTable.VALUE, MetricsTable.N)
            .collectAsList()) {
      overall
          .computeIfAbsent(row.getString(1), key -> new TreeMap<>())
          .put(row.getString(0), value(row, 2));
      if (row.getString(1).equals(Metric.ACCURACY.label())) {
        sizes.put(row.getString(0), row.getLong(3));
      }
    }
    List<String> splits = order(sizes.keySet());
    if (splits.isEmpty()) {
      return null;
    }
    Dataset<Row> slices = slices(metrics, splits.get(0));
    List<SliceRow> sliceRows = sliceRows(slices);
    return new MetricsSection(
        splits,
        splits.stream().map(sizes::get).toList(),
        rows(overall, splits, COUNTS),
        rows(overall, splits, metricNames(overall.keySet())),
        ranges(whole, splits.get(0)),
        classTables(whole, splits),
        SLICE_METRICS,
        sliceRows,
        sliceRows.size() < SLICES_SHOWN ? 0 : slices.count() - sliceRows.size());
  }

  private static Map<String, Map<String, Range>> ranges(Dataset<Row> whole, String split) {
    Map<String, Map<String, Range>> ranges = new TreeMap<>();
    for (Row row :
        whole
            .where(
                col(MetricsTable.SPLIT)
                    .equalTo(split)
                    .and(col(MetricsTable.LOW).isNotNull())
                    .and(col(MetricsTable.HIGH).isNotNull()))
            .select(MetricsTable.CLASS, MetricsTable.METRIC, MetricsTable.LOW, MetricsTable.HIGH)
            .collectAsList()) {
      ranges
          .computeIfAbsent(row.getString(0), key -> new TreeMap<>())
          .put(row.getString(1), new Range(row.getDouble(2), row.getDouble(3)));
    }
    return ranges;
  }

  /**
   * Returns the interval of a metric of the first split, or null where there is none.
   *
   * @param name the name of a class, or {@code (all)}
   */
  public Range range(String name, String metric) {
    return ranges.getOrDefault(name, Map.of()).get(metric);
  }

  /** Returns the split that the report is mainly about: test where there is one. */
  public String split() {
    return splits.get(0);
  }

  /** Returns the number of images of {@link #split()}. */
  public long size() {
    return sizes.get(0);
  }

  /** Returns the value of a metric in {@link #split()}, or NaN. */
  double value(Metric metric) {
    return overall.stream()
        .filter(row -> row.metric().equals(metric.label()))
        .mapToDouble(row -> row.values().get(0))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static List<String> order(Set<String> found) {
    List<String> order = new ArrayList<>(SplitsTable.NAMES);
    Collections.reverse(order);
    order.add(found.contains(SplitsTable.TEST) ? order.size() : 0, MetricsTable.ALL);
    order.retainAll(found);
    return List.copyOf(order);
  }

  /** Returns one row per split and class, with a column for each {@link ClassMetric}. */
  static Dataset<Row> classes(Dataset<Row> metrics) {
    return wide(
        metrics.where(
            col(MetricsTable.SLICE)
                .equalTo(MetricsTable.ALL)
                .and(col(MetricsTable.CLASS).notEqual(MetricsTable.ALL))),
        List.of(MetricsTable.SPLIT, MetricsTable.CLASS),
        Arrays.stream(ClassMetric.values()).map(ClassMetric::label).toList());
  }

  /** Converts a row of {@link #classes}. */
  static ClassRow classRow(Row row) {
    double support = number(row, ClassMetric.SUPPORT.label());
    return new ClassRow(
        row.getAs(MetricsTable.CLASS),
        number(row, ClassMetric.PRECISION.label()),
        number(row, ClassMetric.RECALL.label()),
        number(row, ClassMetric.F1.label()),
        Double.isNaN(support) ? 0 : (long) support,
        number(row, ClassMetric.ROC_AUC.label()),
        number(row, ClassMetric.AVERAGE_PRECISION.label()));
  }

  /**
   * Returns the names of the metrics that were found: known ones in their usual order, then any
   * others by name.
   */
  private static Set<String> metricNames(Set<String> found) {
    Set<String> names = new LinkedHashSet<>();
    for (Metric metric : Metric.values()) {
      names.add(metric.label());
    }
    names.addAll(found);
    names.removeAll(COUNTS);
    return names;
  }

  private static List<MetricRow> rows(
      Map<String, Map<String, Double>> overall, List<String> splits, Collection<String> names) {
    return names.stream()
        .filter(overall::containsKey)
        .map(
            name ->
                new MetricRow(
                    name,
                    splits.stream()
                        .map(split -> overall.get(name).getOrDefault(split, Double.NaN))
                        .toList()))
        .toList();
  }

  private static List<ClassTable> classTables(Dataset<Row> metrics, List<String> splits) {
    WindowSpec split = Window.partitionBy(MetricsTable.SPLIT);
    WindowSpec worst =
        split.orderBy(
            col(ClassMetric.SUPPORT.label()).gt(0).desc(),
            col(ClassMetric.F1.label()).asc_nulls_last(),
            col(MetricsTable.CLASS).asc());
    Map<String, List<ClassRow>> rows = new HashMap<>();
    Map<String, Long> counts = new HashMap<>();
    for (Row row :
        classes(metrics)
            .withColumn("rank", row_number().over(worst))
            .withColumn("classes", count(lit(1)).over(split))
            .where(col("rank").leq(Count.SHOWN))
            .orderBy(MetricsTable.SPLIT, "rank")
            .collectAsList()) {
      String name = row.getAs(MetricsTable.SPLIT);
      rows.computeIfAbsent(name, key -> new ArrayList<>()).add(classRow(row));
      counts.put(name, row.<Long>getAs("classes"));
    }
    return splits.stream()
        .filter(rows::containsKey)
        .map(name -> new ClassTable(name, rows.get(name), counts.get(name)))
        .toList();
  }

  private static Dataset<Row> slices(Dataset<Row> metrics, String split) {
    return wide(
        metrics.where(
            col(MetricsTable.SLICE)
                .notEqual(MetricsTable.ALL)
                .and(col(MetricsTable.SPLIT).equalTo(split))
                .and(col(MetricsTable.CLASS).equalTo(MetricsTable.ALL))),
        List.of(MetricsTable.SLICE, MetricsTable.SLICE_VALUE),
        SLICE_METRICS);
  }

  private static List<SliceRow> sliceRows(Dataset<Row> slices) {
    // The mean recall of the classes: unlike accuracy it sees a rare class, and unlike a macro F1
    // it does not fall to one half when a slice without that class has one false alarm.
    return slices
        .orderBy(
            col(Metric.BALANCED_ACCURACY.label()).asc_nulls_last(),
            col(MetricsTable.N).desc(),
            col(MetricsTable.SLICE),
            col(MetricsTable.SLICE_VALUE))
        .limit(SLICES_SHOWN)
        .collectAsList()
        .stream()
        .map(
            row ->
                new SliceRow(
                    row.getAs(MetricsTable.SLICE),
                    row.getAs(MetricsTable.SLICE_VALUE),
                    row.<Long>getAs(MetricsTable.N),
                    SLICE_METRICS.stream().map(name -> number(row, name)).toList()))
        .toList();
  }

  /** Pivots rows of one metric each to rows with one column for each metric. */
  private static Dataset<Row> wide(Dataset<Row> figures, List<String> keys, List<String> metrics) {
    List<Column> columns = new ArrayList<>();
    Column named = col(MetricsTable.METRIC).isin(metrics.toArray());
    for (String metric : metrics) {
      columns.add(
          max(when(col(MetricsTable.METRIC).equalTo(metric), col(MetricsTable.VALUE))).as(metric));
    }
    return figures
        .groupBy(keys.stream().map(functions::col).toArray(Column[]::new))
        .agg(
            max(when(named, col(MetricsTable.N))).as(MetricsTable.N),
            columns.toArray(new Column[0]));
  }

  private static double number(Row row, String column) {
    return value(row, row.fieldIndex(column));
  }

  private static double value(Row row, int index) {
    return row.isNullAt(index) ? Double.NaN : row.getDouble(index);
  }
}
