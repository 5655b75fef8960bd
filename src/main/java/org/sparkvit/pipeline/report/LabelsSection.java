package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.pipeline.report.AuditSection.Gallery;
import org.sparkvit.pipeline.report.AuditSection.Item;

/**
 * The section on labels that look wrong.
 *
 * @param images the number of images whose labels were judged
 * @param issues the number of labels that look wrong
 * @param confusions the classes whose labels are likely given to each other, the most frequent
 *     first
 * @param galleries the images whose labels look most wrong, and the images that resemble no other
 */
public record LabelsSection(
    long images, long issues, List<Confusion> confusions, List<Gallery> galleries) {

  /**
   * The labels of one class that likely belong to another.
   *
   * @param share the share of the class, 0 to 1
   */
  public record Confusion(String label, String likely, long images, double share) {}

  /**
   * Reads the tables of {@code labels}.
   *
   * @param shown the number of images of each gallery
   */
  static LabelsSection gather(
      Dataset<Row> checks,
      Dataset<Row> noise,
      Dataset<Row> images,
      int shown,
      Thumbnails thumbnails) {
    Column outlier = coalesce(col(LabelChecksTable.OUTLIER), lit(false));
    Row totals =
        checks.agg(count(lit(1)), count_if(col(LabelChecksTable.ISSUE)), count_if(outlier)).head();
    List<Row> wrong =
        checks
            .where(col(LabelChecksTable.ISSUE))
            .orderBy(LabelChecksTable.MARGIN, LabelChecksTable.ID)
            .limit(shown)
            .collectAsList();
    List<Row> far =
        checks
            .where(outlier)
            .orderBy(col(LabelChecksTable.DISTANCE).desc(), col(LabelChecksTable.ID))
            .limit(shown)
            .collectAsList();
    List<String> ids = new ArrayList<>();
    wrong.forEach(row -> ids.add(row.getAs(LabelChecksTable.ID)));
    far.forEach(row -> ids.add(row.getAs(LabelChecksTable.ID)));
    var pictures = thumbnails.make(images, ids.stream().distinct().toList());
    return new LabelsSection(
        totals.getLong(0),
        totals.getLong(1),
        confusions(noise),
        List.of(
            new Gallery(
                "labels that look wrong",
                totals.getLong(1),
                wrong.stream().map(row -> Item.of(row, suggestion(row), pictures)).toList()),
            new Gallery(
                "like no other image",
                totals.getLong(2),
                far.stream()
                    .map(
                        row ->
                            Item.of(
                                row,
                                String.format(
                                    Locale.ROOT,
                                    "%.2f from its neighbours",
                                    row.<Double>getAs(LabelChecksTable.DISTANCE)),
                                pictures))
                    .toList())));
  }

  private static String suggestion(Row row) {
    return String.format(
        Locale.ROOT,
        "likely %s; the label has %.1f %%",
        row.<String>getAs(LabelChecksTable.SUGGESTED),
        100 * row.<Double>getAs(LabelChecksTable.CONFIDENCE));
  }

  private static List<Confusion> confusions(Dataset<Row> noise) {
    Dataset<Row> sizes =
        noise.groupBy(LabelNoiseTable.LABEL).agg(sum(LabelNoiseTable.IMAGES).as("all"));
    return noise
        .where(not(col(LabelNoiseTable.LABEL).equalTo(col(LabelNoiseTable.LIKELY))))
        .join(sizes, LabelNoiseTable.LABEL)
        .orderBy(
            col(LabelNoiseTable.IMAGES).desc(),
            col(LabelNoiseTable.LABEL),
            col(LabelNoiseTable.LIKELY))
        .limit(Count.SHOWN)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Confusion(
                    row.getAs(LabelNoiseTable.LABEL),
                    row.getAs(LabelNoiseTable.LIKELY),
                    row.<Long>getAs(LabelNoiseTable.IMAGES),
                    Count.share(row.<Long>getAs(LabelNoiseTable.IMAGES), row.<Long>getAs("all"))))
        .toList();
  }
}
