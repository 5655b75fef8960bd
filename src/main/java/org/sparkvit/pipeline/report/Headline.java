package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.pipeline.report.MetricsSection.ClassRow;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;

/**
 * The verdict in a few metrics of one split.
 *
 * @param split the split that the metrics are of
 * @param n the number of its images
 * @param classes the number of its classes
 * @param majority its largest class
 * @param majorityShare the accuracy of always predicting that class
 * @param focus the class to look at: the requested one, else the rarer of two, else the one with
 *     the lowest recall
 */
public record Headline(
    String split,
    long n,
    long classes,
    double accuracy,
    double f1Macro,
    double rocAuc,
    String majority,
    double majorityShare,
    ClassRow focus) {

  /**
   * Gathers the metrics.
   *
   * @param metrics one model's rows of the table {@code metrics}
   * @param asked the class to look at, or null
   * @param required whether it is an error that the split has no image of that class
   * @return the headline, or null where the split has no metrics of classes
   */
  static Headline gather(
      MetricsSection section, Dataset<Row> metrics, String asked, boolean required) {
    Column support = col(ClassMetric.SUPPORT.label());
    Column recall = coalesce(col(ClassMetric.RECALL.label()), lit(1));
    // One pass; an entry carries its class's figures, and equals are decided by the class's name.
    Row row =
        MetricsSection.classes(metrics)
            .where(col(MetricsTable.SPLIT).equalTo(section.split()).and(support.gt(0)))
            .agg(
                count(lit(1)),
                min(entry(support.unary_$minus())),
                min(entry(support)),
                min(entry(recall)),
                min(when(col(MetricsTable.CLASS).equalTo(lit(asked)), entry(lit(0)))))
            .head();
    long count = row.getLong(0);
    if (count == 0) {
      return null;
    }
    ClassRow majority = MetricsSection.classRow(row.getStruct(1));
    boolean found = !row.isNullAt(4);
    if (required && !found) {
      throw new UserException(
          "--positive is '"
              + asked
              + "', a class without images in the "
              + section.split()
              + " split; its largest class is '"
              + majority.label()
              + "'");
    }
    int focus = count <= 2 ? 2 : 3;
    return new Headline(
        section.split(),
        section.size(),
        count,
        section.value(Metric.ACCURACY),
        section.value(Metric.F1_MACRO),
        section.value(Metric.ROC_AUC_MACRO),
        majority.label(),
        Count.share(majority.support(), section.size()),
        MetricsSection.classRow(row.getStruct(found ? 4 : focus)));
  }

  private static Column entry(Column order) {
    List<Column> columns = new ArrayList<>();
    columns.add(order.cast("double").as("order"));
    columns.add(col(MetricsTable.CLASS));
    for (ClassMetric metric : ClassMetric.values()) {
      columns.add(col(metric.label()));
    }
    return struct(columns.toArray(new Column[0]));
  }

  /** Returns the verdict in one line of plain text. */
  String line() {
    NumberFormats figures = new NumberFormats();
    return split
        + " split ("
        + figures.count(n)
        + " images): accuracy "
        + figures.metric(accuracy)
        + ", ROC-AUC "
        + figures.metric(rocAuc)
        + "; class '"
        + focus.label()
        + "': recall "
        + figures.metric(focus.recall())
        + ", precision "
        + figures.metric(focus.precision());
  }
}
