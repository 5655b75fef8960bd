package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.stats.metrics.Association;

/**
 * Checks the guarantees of a split on the result itself, before it is written: quotas are met,
 * every image occurs once, and no group value and no content is in two splits.
 *
 * @param groups the number of groups of at least two images
 * @param groupedImages the number of images in them
 * @param ties the number of contents, groups of the audit, and values of the group column that
 *     several images have; none of them is in two splits
 * @param shares the test of whether classes have other shares in one split than in another
 */
record SplitCheck(long groups, long groupedImages, long ties, Association shares) {

  /**
   * Checks the rows of {@link Splitter#place} or {@link Folds}.
   *
   * @param quotas the number of images of each class or label set in each split
   * @param names the names of the splits
   * @throws DataException when an image id occurs twice
   * @throws IllegalStateException when a guarantee is broken, which is a bug
   */
  static SplitCheck check(
      Dataset<Row> placed, SortedMap<String, long[]> quotas, List<String> names) {
    requireQuotas(placed, quotas, names);
    // One pass over all keys: a pass for each would cost four shuffles.
    Dataset<Row> keys =
        placed
            .select(
                col(SplitsTable.SPLIT),
                explode(
                        array(
                            key(SplitsTable.ID),
                            key(SplitsTable.GROUP),
                            key(SplitItems.GROUP_KEY),
                            key(SplitItems.CONTENT_KEY)))
                    .as("k"))
            .select(col("k.kind"), col("k.value"), col(SplitsTable.SPLIT))
            .filter(col("value").isNotNull())
            .groupBy("kind", "value")
            .agg(
                count(lit(1)).as("images"),
                min(SplitsTable.SPLIT).notEqual(max(SplitsTable.SPLIT)).as("parted"))
            .groupBy("kind")
            .agg(
                count(lit(1)),
                sum("images"),
                count_if(col("parted")),
                min(when(col("images").gt(1), col("value"))),
                count_if(col("images").gt(1)));
    Association shares =
        Association.of(LabelCounts.classes(quotas).values().toArray(long[][]::new));
    long groups = 0;
    long grouped = 0;
    long ties = 0;
    for (Row row : keys.collectAsList()) {
      if (row.getString(0).equals(SplitsTable.ID)) {
        if (!row.isNullAt(4)) {
          throw new DataException(
              ImagesTable.SPEC.name(), ImagesTable.ID, "has '" + row.getString(4) + "' twice");
        }
      } else if (row.getLong(3) > 0) {
        throw new IllegalStateException(
            row.getLong(3) + " values of " + row.getString(0) + " are in two splits");
      } else if (row.getString(0).equals(SplitsTable.GROUP)) {
        groups = row.getLong(1);
        grouped = row.getLong(2);
      } else {
        ties += row.getLong(5);
      }
    }
    return new SplitCheck(groups, grouped, ties, shares);
  }

  private static Column key(String name) {
    return struct(lit(name).as("kind"), col(name).as("value"));
  }

  private static void requireQuotas(
      Dataset<Row> placed, SortedMap<String, long[]> quotas, List<String> names) {
    SortedMap<String, long[]> counts = new TreeMap<>();
    for (Row row : placed.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT).count().collectAsList()) {
      long[] count = counts.computeIfAbsent(row.getString(0), label -> new long[names.size()]);
      count[names.indexOf(row.getString(1))] = row.getLong(2);
    }
    quotas.forEach(
        (label, quota) -> {
          if (!Arrays.equals(quota, counts.get(label))) {
            throw new IllegalStateException(
                String.format(
                    Locale.ROOT,
                    "class '%s' has %s images in %s, not %s",
                    label,
                    Arrays.toString(counts.get(label)),
                    names,
                    Arrays.toString(quota)));
          }
        });
  }
}
