package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesSkippedTable;

/**
 * What a catalog skipped, in numbers.
 *
 * @param reasons what was skipped for each reason that occurs, in the order of {@link SkipReason}
 * @param tables the Parquet files among what is no image by its name, which may have images inside,
 *     or empty
 */
record SkippedSummary(Map<SkipReason, Group> reasons, Optional<Group> tables) {

  /**
   * What was skipped for one reason.
   *
   * @param number the number of skipped things
   * @param example the first path among them
   */
  record Group(long number, String example) {}

  /** Counts the rows of the table {@code images_skipped}. */
  static SkippedSummary summarize(Dataset<Row> skipped) {
    Map<SkipReason, Group> reasons = new EnumMap<>(SkipReason.class);
    Optional<Group> tables = Optional.empty();
    Column table =
        when(col(ImagesSkippedTable.PATH).endsWith(".parquet"), col(ImagesSkippedTable.PATH));
    for (Row row :
        skipped
            .groupBy(ImagesSkippedTable.REASON)
            .agg(count(lit(1)), min(ImagesSkippedTable.PATH), count(table), min(table))
            .collectAsList()) {
      SkipReason reason = SkipReason.valueOf(row.getString(0));
      reasons.put(reason, new Group(row.getLong(1), row.getString(2)));
      if (reason == SkipReason.NOT_AN_IMAGE && row.getLong(3) > 0) {
        tables = Optional.of(new Group(row.getLong(3), row.getString(4)));
      }
    }
    return new SkippedSummary(reasons, tables);
  }

  /** Returns the numbers for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    reasons.forEach((reason, group) -> map.put(reason.name(), group.number));
    return map;
  }

  /**
   * Returns the numbers in brackets behind a sentence, with a space before, or an empty text where
   * there are none. Parquet files are named, as they are what should have been read.
   */
  String inBrackets() {
    List<String> parts = new ArrayList<>();
    reasons.forEach(
        (reason, group) ->
            parts.add(String.format(Locale.ROOT, "%,d %s", group.number, reason.words())));
    tables.ifPresent(
        group -> parts.add("Parquet files among them such as '" + group.example + "'"));
    return parts.isEmpty() ? "" : " (left out: " + String.join(", ", parts) + ")";
  }

  /** Returns the numbers as lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    reasons.forEach(
        (reason, group) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "  left out  %,d %s, e.g. '%s'",
                    group.number,
                    reason.words(),
                    group.example)));
    tables.ifPresent(
        group ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "  warning: %,d of them are Parquet files, whose images are not read, e.g."
                        + " '%s'; name their folder with --input",
                    group.number,
                    group.example)));
    if (!lines.isEmpty()) {
      lines.add("  what was left out is listed in table '" + ImagesSkippedTable.SPEC.name() + "'");
    }
    return lines;
  }
}
