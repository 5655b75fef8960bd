package org.sparkvit.pipeline.gate;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Metrics of a data set, computed from the tables that are there:
 *
 * <pre>
 * images                    how many
 * unusable_share            that cannot be decoded
 * unlabelled_share
 * classes                   how many
 * imbalance                 images of the largest class for each of the smallest
 * class_share.LABEL         of the labelled images
 * finding_share             with any finding of the audit
 * finding_share.KIND        in lower case, such as finding_share.near_duplicate
 * brightness_share.BIN      of the images whose median brightness is in a bin, 0 to 9
 * leakage_share             the most of a validation or test split that repeats in train in one way
 *                           (same file, same pixels, looks alike), where the audit was made after
 *                           the split
 * label_issue_share         of the labels that were checked
 * outlier_share             of the images whose labels were checked
 * </pre>
 *
 * and those of {@link ModelMetrics} and {@link EmbeddingMetrics}.
 */
final class DatasetMetrics {
  /** Shares that sum to 1, by what stands before the dot. */
  static final List<String> DISTRIBUTIONS =
      Stream.concat(
              Stream.of("class_share", "brightness_share"), ModelMetrics.DISTRIBUTIONS.stream())
          .toList();

  private static final int BINS = 10;

  private DatasetMetrics() {}

  /** Whether a figure says something only together with others, which are looked at as a whole. */
  static boolean isPart(String metric) {
    return metric.startsWith(EmbeddingMetrics.PREFIX)
        || DISTRIBUTIONS.stream().anyMatch(name -> metric.startsWith(name + "."));
  }

  static SortedMap<String, Double> measure(StageContext context, MetricHistory metricHistory) {
    SortedMap<String, Double> figures = new TreeMap<>();
    Dataset<Row> images = context.labels();
    double total = ofImages(images, figures);
    context.readIfPresent(FindingsTable.SPEC).ifPresent(rows -> ofFindings(rows, total, figures));
    context.readIfPresent(PixelsTable.SPEC).ifPresent(rows -> ofPixels(images, rows, figures));
    if (knowsLeakage(context.workspace())) {
      ofLeakage(context.read(LeakageTable.SPEC), figures);
    }
    // A verdict on a label that was changed since says nothing of the new one.
    context
        .readIfPresent(LabelChecksTable.SPEC)
        .ifPresent(rows -> ofLabels(CurrentLabels.unchanged(rows, images), figures));
    ModelMetrics.addTo(figures, context, images);
    EmbeddingMetrics.addTo(figures, context, images, metricHistory);
    return figures;
  }

  /** An audit before the split, or of an earlier one, knows nothing of this one. */
  private static boolean knowsLeakage(Workspace workspace) {
    if (!workspace.has(LeakageTable.SPEC) || !workspace.has(SplitsTable.SPEC)) {
      return false;
    }
    String audited =
        workspace.record(LeakageTable.SPEC).path("inputs").path(SplitsTable.SPEC.name()).asText();
    return audited.equals(workspace.version(SplitsTable.SPEC));
  }

  private static void ofLeakage(Dataset<Row> leakage, SortedMap<String, Double> figures) {
    Row worst =
        leakage
            .where(
                col(LeakageTable.OTHER)
                    .equalTo(SplitsTable.TRAIN)
                    .and(not(col(LeakageTable.SPLIT).equalTo(SplitsTable.TRAIN))))
            .agg(coalesce(max(LeakageTable.SHARE), lit(0.0)))
            .head();
    figures.put("leakage_share", worst.getDouble(0));
  }

  private static double ofImages(Dataset<Row> images, SortedMap<String, Double> figures) {
    Row counts =
        images
            .agg(
                count(lit(1)),
                count_if(not(ImagesTable.usable())),
                count_if(col(ImagesTable.LABEL).isNull()))
            .head();
    double total = counts.getLong(0);
    figures.put("images", total);
    if (total > 0) {
      figures.put("unusable_share", counts.getLong(1) / total);
      figures.put("unlabelled_share", counts.getLong(2) / total);
    }
    List<Row> classes =
        images
            .where(col(ImagesTable.LABEL).isNotNull())
            .groupBy(ImagesTable.LABEL)
            .count()
            .collectAsList();
    double labelled = classes.stream().mapToLong(row -> row.getLong(1)).sum();
    figures.put("classes", (double) classes.size());
    if (!classes.isEmpty()) {
      figures.put(
          "imbalance",
          classes.stream().mapToLong(row -> row.getLong(1)).max().orElseThrow()
              / (double) classes.stream().mapToLong(row -> row.getLong(1)).min().orElseThrow());
    }
    classes.forEach(
        row -> figures.put("class_share." + row.getString(0), row.getLong(1) / labelled));
    return total;
  }

  private static void ofFindings(
      Dataset<Row> findings, double total, SortedMap<String, Double> figures) {
    if (total == 0) {
      return;
    }
    figures.put(
        "finding_share", findings.agg(countDistinct(FindingsTable.ID)).head().getLong(0) / total);
    for (Row row :
        findings
            .groupBy(FindingsTable.FINDING)
            .agg(countDistinct(FindingsTable.ID))
            .collectAsList()) {
      figures.put(
          "finding_share." + row.getString(0).toLowerCase(Locale.ROOT), row.getLong(1) / total);
    }
  }

  private static void ofPixels(
      Dataset<Row> images, Dataset<Row> pixels, SortedMap<String, Double> figures) {
    List<Row> bins =
        SameContent.current(pixels, images)
            .where(col(PixelsTable.BRIGHTNESS).isNotNull())
            .groupBy(
                least(floor(col(PixelsTable.BRIGHTNESS).multiply(BINS)).cast("int"), lit(BINS - 1))
                    .as("bin"))
            .count()
            .collectAsList();
    double measured = bins.stream().mapToLong(row -> row.getLong(1)).sum();
    bins.forEach(
        row -> figures.put("brightness_share." + row.getInt(0), row.getLong(1) / measured));
  }

  private static void ofLabels(Dataset<Row> checks, SortedMap<String, Double> figures) {
    Row shares =
        checks
            .agg(
                avg(col(LabelChecksTable.ISSUE).cast("int")),
                avg(col(LabelChecksTable.OUTLIER).cast("int")))
            .head();
    if (!shares.isNullAt(0)) {
      figures.put("label_issue_share", shares.getDouble(0));
    }
    if (!shares.isNullAt(1)) {
      figures.put("outlier_share", shares.getDouble(1));
    }
  }
}
