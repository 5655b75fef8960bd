package org.sparkvit.pipeline.synthesize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.neighbors.NearHashes;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.image.hash.PdqHash;

/** Synthetic images that look like an image of the validation or test split. */
final class SyntheticLeakage {
  private static final String FRESH = "fresh";
  private static final String OLD = "old";

  private SyntheticLeakage() {}

  /**
   * Looks for them by their PDQ hashes.
   *
   * @param made with {@code id}, {@code path}, {@code pdq} and {@code pdq_quality}
   * @param judging rows of {@link PixelsTable} of validation and test
   * @param most bits by which such hashes differ
   * @return those of {@code made}, each once
   */
  static Dataset<Row> find(Dataset<Row> made, Dataset<Row> judging, int most) {
    Dataset<Row> clear = made.where(col(SyntheticTable.PDQ_QUALITY).geq(PdqHash.USABLE));
    Dataset<Row> hashes =
        clear
            .select(
                col(SyntheticTable.PDQ).as(NearHashes.HASH),
                lit(true).as(FRESH),
                lit(false).as(OLD))
            .union(
                judging
                    .where(col(PixelsTable.PDQ_QUALITY).geq(PdqHash.USABLE))
                    .select(col(PixelsTable.PDQ), lit(false), lit(true)))
            .groupBy(NearHashes.HASH)
            .agg(max(FRESH).as(FRESH), max(OLD).as(OLD))
            .withColumn(NearHashes.PROBE, col(FRESH).and(not(col(OLD))));
    Dataset<Row> pairs =
        NearHashes.pairsWithProbes(hashes.select(NearHashes.HASH, NearHashes.PROBE), most);
    Dataset<Row> near =
        pairs
            .select(col(NearHashes.A).as(NearHashes.HASH), col(NearHashes.B).as("other"))
            .union(pairs.select(NearHashes.B, NearHashes.A))
            .join(hashes.where(col(OLD)).select(col(NearHashes.HASH).as("other")), "other")
            .select(NearHashes.HASH)
            // One and the same hash is no pair.
            .union(hashes.where(col(FRESH).and(col(OLD))).select(NearHashes.HASH))
            .distinct();
    return clear.join(
        near, clear.col(SyntheticTable.PDQ).equalTo(near.col(NearHashes.HASH)), "left_semi");
  }
}
