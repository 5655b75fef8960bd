package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * The section on the content of the catalog.
 *
 * @param usable the number of images that can be decoded
 * @param bytes the size of all files that exist, in bytes
 * @param classes the number of distinct labels
 * @param labels the most frequent labels
 * @param sizes images by the longer side, small to large
 * @param problems the most frequent reasons why images cannot be used
 * @param unlistedProblems the number of images that cannot be used for other reasons
 */
public record DataSetSection(
    long images,
    long usable,
    long labelled,
    long bytes,
    long classes,
    List<Count> statuses,
    List<Count> formats,
    List<Count> labels,
    List<Count> sizes,
    List<Problem> problems,
    long unlistedProblems,
    Duplicates duplicates) {
  private static final int PROBLEMS_SHOWN = 30;
  private static final int SMALLEST_BAND = 32;
  private static final int LARGEST_BAND = 4096;

  /**
   * The images with the same problem.
   *
   * @param example the path of one of them
   */
  public record Problem(String status, String reason, long count, String example) {}

  /**
   * Files with equal content.
   *
   * @param groups the number of contents that occur more than once
   * @param surplus the number of images that would go if each content stayed once
   * @param labelConflicts the number of contents that carry different labels
   * @param acrossSplits the number of contents that are in more than one split; 0 without splits
   */
  public record Duplicates(long groups, long surplus, long labelConflicts, long acrossSplits) {}

  /**
   * Counts the catalog.
   *
   * @param splits rows of the table {@code splits}, or null
   */
  static DataSetSection gather(Dataset<Row> images, Dataset<Row> splits) {
    Column usable = ImagesTable.usable();
    Row totals =
        images
            .agg(
                count(lit(1)),
                count(when(usable, 1)),
                count(col(ImagesTable.LABEL)),
                coalesce(sum(greatest(col(ImagesTable.BYTES), lit(0L))), lit(0L)),
                countDistinct(col(ImagesTable.LABEL)))
            .head();
    long total = totals.getLong(0);
    long unusable = total - totals.getLong(1);
    List<Problem> problems = problems(images.where(usable.unary_$bang()));
    return new DataSetSection(
        total,
        totals.getLong(1),
        totals.getLong(2),
        totals.getLong(3),
        totals.getLong(4),
        Count.top(images, col(ImagesTable.STATUS), "", total),
        Count.top(images, col(ImagesTable.FORMAT), "unknown", total),
        Count.top(
            images.where(col(ImagesTable.LABEL).isNotNull()), col(ImagesTable.LABEL), "", total),
        sizes(images, total),
        problems,
        unusable - problems.stream().mapToLong(Problem::count).sum(),
        duplicates(images, splits));
  }

  private static List<Problem> problems(Dataset<Row> unusable) {
    List<Problem> problems = new ArrayList<>();
    for (Row row :
        unusable
            .groupBy(
                col(ImagesTable.STATUS),
                coalesce(col(ImagesTable.REASON), lit("")).as(ImagesTable.REASON))
            .agg(count(lit(1)).as("count"), min(ImagesTable.PATH).as("example"))
            .orderBy(col("count").desc(), col(ImagesTable.STATUS), col(ImagesTable.REASON))
            .limit(PROBLEMS_SHOWN)
            .collectAsList()) {
      problems.add(
          new Problem(row.getString(0), row.getString(1), row.getLong(2), row.getString(3)));
    }
    return problems;
  }

  private static List<Count> sizes(Dataset<Row> images, long total) {
    Column side = greatest(col(ImagesTable.WIDTH), col(ImagesTable.HEIGHT));
    Column band = when(side.isNull(), lit(Integer.MAX_VALUE));
    for (int top = SMALLEST_BAND; top <= LARGEST_BAND; top *= 2) {
      band = band.when(side.leq(top), lit(top));
    }
    List<Count> counts = new ArrayList<>();
    for (Row row :
        images
            .groupBy(band.otherwise(lit(2 * LARGEST_BAND)).as("band"))
            .count()
            .orderBy("band")
            .collectAsList()) {
      counts.add(Count.of(bandName(row.getInt(0)), row.getLong(1), total));
    }
    return counts;
  }

  private static String bandName(int top) {
    if (top == Integer.MAX_VALUE) {
      return "unknown";
    }
    if (top > LARGEST_BAND) {
      return "over " + LARGEST_BAND + " px";
    }
    return top == SMALLEST_BAND ? "up to " + top + " px" : top / 2 + 1 + " to " + top + " px";
  }

  private static Duplicates duplicates(Dataset<Row> images, Dataset<Row> splits) {
    Dataset<Row> contents =
        images
            .where(ImagesTable.usable().and(col(ImagesTable.SHA256).isNotNull()))
            .select(ImagesTable.ID, ImagesTable.SHA256, ImagesTable.LABEL);
    contents =
        splits == null
            ? contents.withColumn(SplitsTable.SPLIT, lit(null).cast("string"))
            : contents.join(
                splits.select(SplitsTable.ID, SplitsTable.SPLIT),
                new String[] {ImagesTable.ID},
                "left");
    Row row =
        contents
            .groupBy(ImagesTable.SHA256)
            .agg(
                count(lit(1)).as("copies"),
                min(ImagesTable.LABEL).notEqual(max(ImagesTable.LABEL)).as("conflict"),
                min(SplitsTable.SPLIT).notEqual(max(SplitsTable.SPLIT)).as("across"))
            .where(col("copies").gt(1))
            .agg(
                count(lit(1)),
                coalesce(sum(col("copies").minus(1)), lit(0L)),
                count(when(col("conflict"), 1)),
                count(when(col("across"), 1)))
            .head();
    return new Duplicates(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3));
  }
}
