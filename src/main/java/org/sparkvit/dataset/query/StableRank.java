package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Ranks the images of each class in a random order that is the same for any partitioning.
 *
 * <p>The order is that of a hash of id, seed and purpose, and of the id where hashes are equal. A
 * window over a whole class would put millions of rows into one task. So the leading bits of the
 * hash cut every class into buckets. Ranks are counted within a bucket, and the sizes of the
 * buckets before it are added.
 */
public final class StableRank {
  /**
   * The column that {@link #withinLabel} adds, with values from 1 to the number of rows of the
   * label.
   */
  public static final String RANK = "rank";

  /**
   * The number of bits that choose the bucket. There are 1,024 buckets in a class, so each holds
   * about 10,000 rows of a class of ten million.
   */
  private static final int BUCKET_BITS = 10;

  private static final String HASH = "rank_hash";
  private static final String BUCKET = "rank_bucket";
  private static final String BEFORE = "rank_before";

  private StableRank() {}

  /**
   * Adds the column {@link #RANK} to rows.
   *
   * @param rows rows with the columns {@code id} and {@code label}
   * @param id the name of a column of unique ids
   * @param label the name of a column of labels without nulls
   * @param purpose a word that keeps the order of one use independent of another's, e.g. {@code
   *     split}
   */
  public static Dataset<Row> withinLabel(
      Dataset<Row> rows, String id, String label, long seed, String purpose) {
    Dataset<Row> hashed =
        rows.withColumn(HASH, xxhash64(col(id), lit(seed), lit(purpose)))
            .withColumn(BUCKET, shiftrightunsigned(col(HASH), Long.SIZE - BUCKET_BITS));
    Dataset<Row> buckets =
        hashed
            .groupBy(col(label), col(BUCKET))
            .count()
            .select(
                col(label),
                col(BUCKET),
                coalesce(
                        sum("count")
                            .over(
                                Window.partitionBy(label)
                                    .orderBy(BUCKET)
                                    .rowsBetween(Window.unboundedPreceding(), -1)),
                        lit(0L))
                    .as(BEFORE));
    return hashed
        .join(buckets, new String[] {label, BUCKET})
        .withColumn(
            RANK,
            col(BEFORE)
                .plus(
                    row_number()
                        .over(Window.partitionBy(label, BUCKET).orderBy(col(HASH), col(id)))))
        .drop(HASH, BUCKET, BEFORE);
  }
}
