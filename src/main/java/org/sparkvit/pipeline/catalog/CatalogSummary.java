package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * The outcome of a catalog in numbers.
 *
 * @param images the number of rows of the table
 * @param bytes the sum of the images' sizes
 * @param statuses the number of images of each status, the most frequent first
 * @param labels the number of images of each label, for the {@value #TOP} most frequent labels
 * @param classes the number of distinct labels
 * @param unlabelled the number of images without a label
 * @param repeated the number of usable images with the content of an earlier image
 * @param noted the number of images that are {@link ImageStatus#OK} with a note: damage that spares
 *     all pixels, or samples that were clipped
 * @param alike sentences about classes that differ in spelling only
 */
record CatalogSummary(
    long images,
    long bytes,
    Map<ImageStatus, Long> statuses,
    Map<String, Long> labels,
    long classes,
    long unlabelled,
    long repeated,
    long noted,
    List<String> alike) {
  private static final int TOP = 20;

  /** Counts the rows of an images table. */
  static CatalogSummary summarize(Dataset<Row> images) {
    Map<ImageStatus, Long> statuses = new LinkedHashMap<>();
    for (Row row : counts(images, ImagesTable.STATUS)) {
      statuses.put(ImageStatus.valueOf(row.getString(0)), row.getLong(1));
    }
    Map<String, Long> labels = new LinkedHashMap<>();
    for (Row row : counts(images.where(col(ImagesTable.LABEL).isNotNull()), ImagesTable.LABEL)) {
      labels.put(row.getString(0), row.getLong(1));
    }
    // Two empty files are no duplicates of one another.
    Column content = when(ImagesTable.usable(), col(ImagesTable.SHA256));
    Column withNote =
        col(ImagesTable.STATUS)
            .equalTo(ImageStatus.OK.name())
            .and(col(ImagesTable.REASON).isNotNull());
    Row totals =
        images
            .agg(
                count(lit(1)),
                sum(when(col(ImagesTable.BYTES).gt(0), col(ImagesTable.BYTES)).otherwise(0)),
                count_distinct(col(ImagesTable.LABEL)),
                count(when(col(ImagesTable.LABEL).isNull(), 1)),
                count(content),
                count_distinct(content),
                count(when(withNote, 1)))
            .head();
    return new CatalogSummary(
        totals.getLong(0),
        totals.getLong(1),
        statuses,
        labels,
        totals.getLong(2),
        totals.getLong(3),
        totals.getLong(4) - totals.getLong(5),
        totals.getLong(6),
        AlikeLabels.warnings(images));
  }

  private static List<Row> counts(Dataset<Row> rows, String column) {
    return rows.groupBy(column)
        .count()
        .orderBy(col("count").desc(), col(column))
        .limit(TOP)
        .collectAsList();
  }

  /** Returns the number of images that no stage can use. */
  long unusable() {
    return statuses.entrySet().stream()
        .filter(status -> !status.getKey().isUsable())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Returns the numbers for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> byStatus = new LinkedHashMap<>();
    statuses.forEach((status, number) -> byStatus.put(status.name(), number));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bytes", bytes);
    map.put("statuses", byStatus);
    map.put("classes", classes);
    map.put("unlabelled", unlabelled);
    map.put("repeated", repeated);
    map.put("noted", noted);
    map.put("alike", alike);
    return map;
  }

  /** Returns the numbers as lines for people, with warnings. */
  List<String> lines(List<String> decisions, SkippedSummary skipped) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format("catalog: %,d images, %s, in %,d classes", images, size(bytes), classes)
            + (unlabelled > 0 ? format("; %,d without a label", unlabelled) : ""));
    decisions.forEach(decision -> lines.add("  " + decision));
    lines.add("  status    " + join(statuses));
    if (!labels.isEmpty()) {
      lines.add(
          "  classes   "
              + join(labels)
              + (classes > labels.size() ? format(", and %,d more", classes - labels.size()) : ""));
    }
    if (repeated > 0) {
      lines.add(format("  %,d images repeat the content of another, byte for byte", repeated));
    }
    if (noted > 0) {
      lines.add(
          format("  %,d images are OK with a note on their files ('reason' in 'images')", noted));
    }
    lines.addAll(skipped.lines());
    alike.forEach(sentence -> lines.add("  warning: " + sentence));
    if (classes == 1) {
      lines.add(
          "  warning: there is one class only; training needs two (is the input one folder too"
              + " deep?)");
    }
    return lines;
  }

  private static String join(Map<?, Long> counts) {
    List<String> parts = new ArrayList<>();
    counts.forEach((name, number) -> parts.add(format("%s %,d", name, number)));
    return String.join(", ", parts);
  }

  /** Returns a size in the largest unit that leaves at least 1. */
  static String size(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = bytes == 0 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    return unit == 0
        ? bytes + " bytes"
        : format("%.1f %s", bytes / Math.pow(1024, unit), units[unit]);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
