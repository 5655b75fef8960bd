package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * The section on the decisions of relabelling, and on the images to review.
 *
 * @param model the hash of the model that decided
 * @param images the number of images decided on
 * @param changed the number of labels that change or are new
 * @param review the number of images that wait for a person
 * @param reasons the number of images by decision and reason
 * @param changes the most frequent changes of a label
 * @param queue the first images of the review queue, the most worthwhile first
 */
public record RelabelSection(
    String model,
    long images,
    long changed,
    long review,
    List<ReasonRow> reasons,
    List<Change> changes,
    List<MistakeSection.Mistake> queue) {
  private static final String UNLABELLED = "(no label)";

  /** The images with one decision for one reason. */
  public record ReasonRow(String decision, String reason, long count, double share) {}

  /** The images whose label changes from one to another. */
  public record Change(String from, String to, long count) {}

  /**
   * Reads the tables of one run of {@code relabel}.
   *
   * @param shown the number of images of the review queue to show
   */
  static RelabelSection gather(
      Dataset<Row> summary,
      Dataset<Row> review,
      Dataset<Row> images,
      int shown,
      Thumbnails thumbnails) {
    Dataset<Row> all = summary.where(col(RelabelSummaryTable.SLICE).equalTo(MetricsTable.ALL));
    List<Row> rows =
        all.groupBy(RelabelSummaryTable.DECISION, RelabelSummaryTable.REASON)
            .agg(sum(RelabelSummaryTable.IMAGES).as("n"))
            .orderBy(
                col(RelabelSummaryTable.DECISION), col("n").desc(), col(RelabelSummaryTable.REASON))
            .collectAsList();
    long total = rows.stream().mapToLong(row -> row.getLong(2)).sum();
    List<ReasonRow> reasons =
        rows.stream()
            .map(
                row ->
                    new ReasonRow(
                        row.getString(0),
                        row.getString(1).replace('_', ' '),
                        row.getLong(2),
                        Count.share(row.getLong(2), total)))
            .toList();
    return new RelabelSection(
        summary.select(RelabelSummaryTable.MODEL).head().getString(0),
        total,
        decided(reasons, RelabelsTable.CHANGE),
        decided(reasons, RelabelsTable.REVIEW),
        reasons,
        changes(all),
        queue(review, images, shown, thumbnails));
  }

  private static long decided(List<ReasonRow> reasons, String decision) {
    return reasons.stream()
        .filter(row -> row.decision().equals(decision))
        .mapToLong(ReasonRow::count)
        .sum();
  }

  private static List<Change> changes(Dataset<Row> all) {
    return all
        .where(col(RelabelSummaryTable.DECISION).equalTo(RelabelsTable.CHANGE))
        .groupBy(
            coalesce(col(RelabelSummaryTable.OLD_LABEL), lit(UNLABELLED)).as("from"),
            col(RelabelSummaryTable.NEW_LABEL).as("to"))
        .agg(sum(RelabelSummaryTable.IMAGES).as("n"))
        .orderBy(col("n").desc(), col("from"), col("to"))
        .limit(Count.SHOWN)
        .collectAsList()
        .stream()
        .map(row -> new Change(row.getString(0), row.getString(1), row.getLong(2)))
        .toList();
  }

  private static List<MistakeSection.Mistake> queue(
      Dataset<Row> review, Dataset<Row> images, int shown, Thumbnails thumbnails) {
    List<MistakeSection.Mistake> first =
        review
            .where(col(ReviewTable.RANK).leq(shown))
            .orderBy(ReviewTable.RANK)
            .select(
                col(RelabelsTable.ID),
                col(RelabelsTable.PATH),
                col(RelabelsTable.OLD_LABEL),
                col(RelabelsTable.PREDICTED),
                col(RelabelsTable.CONFIDENCE),
                col(RelabelsTable.VALUE),
                col(SplitsTable.SPLIT))
            .collectAsList()
            .stream()
            .map(
                row ->
                    new MistakeSection.Mistake(
                        row.getString(0),
                        row.getString(1),
                        row.isNullAt(2) ? UNLABELLED : row.getString(2),
                        row.getString(3),
                        row.getFloat(4),
                        row.isNullAt(2) ? Double.NaN : 1 - row.getFloat(5),
                        null,
                        null))
            .toList();
    return MistakeSection.illustrated(
        first, thumbnails.make(images, first.stream().map(MistakeSection.Mistake::id).toList()));
  }
}
