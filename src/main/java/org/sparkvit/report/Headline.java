package org.sparkvit.report;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.ClassMetric;
import org.sparkvit.metrics.Metric;
import org.sparkvit.report.MetricsSection.ClassRow;
import org.sparkvit.table.MetricsTable;

/**
 * The verdict in a few figures of one split.
 *
 * @param split the split the figures are of
 * @param n its images
 * @param classes its classes
 * @param majority its largest class
 * @param majorityShare the accuracy of always answering that class
 * @param focus the class to look at: the one asked for, else the rarer of two, else the one with
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
   * Draws the figures together.
   *
   * @param metrics one model's rows of the table {@code metrics}
   * @param positive the class asked for, or null
   * @return null where the split has no class figures
   */
  static Headline of(MetricsSection section, Dataset<Row> metrics, String positive) {
    Dataset<Row> classes =
        MetricsSection.classes(metrics, section.split())
            .where(col(ClassMetric.SUPPORT.label()).gt(0));
    long count = classes.count();
    if (count == 0) {
      return null;
    }
    ClassRow focus =
        positive == null
            ? first(
                classes,
                count <= 2
                    ? col(ClassMetric.SUPPORT.label())
                    : col(ClassMetric.RECALL.label()).asc_nulls_last())
            : first(
                classes.where(col(MetricsTable.CLASS).equalTo(positive)), col(MetricsTable.CLASS));
    if (focus == null) {
      throw new UserException(
          "--positive is '"
              + positive
              + "', a class without images in the "
              + section.split()
              + " split; its largest class is '"
              + first(classes, col(ClassMetric.SUPPORT.label()).desc()).label()
              + "'");
    }
    ClassRow majority = first(classes, col(ClassMetric.SUPPORT.label()).desc());
    return new Headline(
        section.split(),
        section.size(),
        count,
        section.value(Metric.ACCURACY),
        section.value(Metric.F1_MACRO),
        section.value(Metric.ROC_AUC_MACRO),
        majority.label(),
        Count.share(majority.support(), section.size()),
        focus);
  }

  /** The verdict in one line of plain text. */
  String line() {
    Figures figures = new Figures();
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

  private static ClassRow first(Dataset<Row> classes, Column order) {
    return classes.orderBy(order, col(MetricsTable.CLASS)).limit(1).collectAsList().stream()
        .map(MetricsSection::classRow)
        .findFirst()
        .orElse(null);
  }
}
