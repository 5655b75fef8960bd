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
 * Draws images of a class in a random order that is the same for any partitioning.
 *
 * <p>The order is that of a hash of (id, seed, purpose), ties by id. A window over a whole class
 * would put millions of rows into one task; so the hash's leading bits cut every class into
 * buckets, ranks are counted within a bucket, and the sizes of the buckets before it are added.
 */
public final class StableRank {
  /** The column that {@link #withinLabel} adds: 1 to the number of rows with that label. */
  public static final String RANK = "rank";

  /** 1,024 buckets a class: about 10,000 rows in each of them for a class of ten million. */
  private static final int BUCKET_BITS = 10;

  private static final String HASH = "rank_hash";
  private static final String BUCKET = "rank_bucket";
  private static final String BEFORE = "rank_before";

  private StableRank() {}

  /**
   * Adds {@link #RANK} to rows that have an id, unique, and a label, never null.
   *
   * @param purpose keeps the order of one use independent of another's, e.g. {@code split}
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
