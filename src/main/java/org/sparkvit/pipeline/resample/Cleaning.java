package org.sparkvit.pipeline.resample;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.ResampledTable;

/**
 * Points of large classes that stand among others: what is left has clearer borders. The smallest
 * class loses none.
 */
enum Cleaning {
  /** Nothing is removed. */
  NONE,
  /** Points whose three nearest are not all of their class (Wilson 1972, edited neighbours). */
  ENN_ALL,
  /** Points whose three nearest are mostly of one other class. */
  ENN_MODE,
  /** Of two points that are each other's nearest, those of the larger class (Tomek 1976). */
  TOMEK;

  private static final int NEIGHBORS = 3;

  /** As the table says it. */
  String method() {
    return this == TOMEK ? "tomek" : "enn";
  }

  /**
   * Ids to go without.
   *
   * @param around {@code id}, {@code label}, {@link Neighbors#NEIGHBOR}, {@code other_label} and
   *     {@link Neighbors#RANK}, of three neighbours or more
   * @param smallest the class that loses none
   * @return {@code id} and {@code label}
   */
  Dataset<Row> of(Dataset<Row> around, String smallest) {
    Column differs = not(col("other_label").equalTo(col(ResampledTable.LABEL)));
    Dataset<Row> large = around.where(not(col(ResampledTable.LABEL).equalTo(smallest)));
    Dataset<Row> three = large.where(col(Neighbors.RANK).leq(NEIGHBORS));
    return switch (this) {
      case NONE -> around.limit(0).select("id", ResampledTable.LABEL);
      case ENN_ALL ->
          three
              .groupBy("id", ResampledTable.LABEL)
              .agg(count_if(differs).as("others"))
              .where(col("others").gt(0))
              .select("id", ResampledTable.LABEL);
      case ENN_MODE -> {
        // The most frequent label; where its own is as frequent as another, a point stays.
        Dataset<Row> votes =
            three.groupBy("id", ResampledTable.LABEL, "other_label").agg(count(lit(1)).as("votes"));
        yield votes
            .groupBy("id", ResampledTable.LABEL)
            .agg(
                max(org.apache.spark.sql.functions.when(differs, col("votes"))).as("others"),
                max(org.apache.spark.sql.functions.when(not(differs), col("votes"))).as("own"))
            .where(col("others").gt(org.apache.spark.sql.functions.coalesce(col("own"), lit(0))))
            .select("id", ResampledTable.LABEL);
      }
      case TOMEK -> {
        Dataset<Row> first = around.where(col(Neighbors.RANK).equalTo(1));
        Dataset<Row> back =
            first.select(col("id").as("back_id"), col(Neighbors.NEIGHBOR).as("back_neighbor"));
        yield first
            .where(differs.and(not(col(ResampledTable.LABEL).equalTo(smallest))))
            .join(
                back,
                col(Neighbors.NEIGHBOR)
                    .equalTo(col("back_id"))
                    .and(col("id").equalTo(col("back_neighbor"))),
                "left_semi")
            .select("id", ResampledTable.LABEL);
      }
    };
  }
}
