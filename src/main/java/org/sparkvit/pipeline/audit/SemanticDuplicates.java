package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.format_number;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.dataset.neighbors.CenteredUnitVectors;
import org.sparkvit.dataset.neighbors.NearHashes;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.neighbors.SimHash;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.Finding;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Finds images that a model's embeddings call the same although they do not look the same: two
 * photos of one scene, a form filled in twice. Candidates have near {@link SimHash}es, and the
 * cosine of every such pair is computed. Images that are near duplicates already are left out.
 *
 * @param findings rows of {@link FindingsTable}: each image that has a partner with a lower id,
 *     with the nearest such partner
 * @param hashed the images with their directions and hashes, persisted until {@link #unpersist}
 */
record SemanticDuplicates(Dataset<Row> findings, Dataset<Row> hashed) {
  private static final String HASH = "hash";
  private static final String OTHER = "other_id";
  private static final String GROUP = "group";
  private static final String COSINE = "cosine";

  /**
   * Finds the semantic duplicates.
   *
   * @param points {@link Neighbors#ID} and {@link Neighbors#POINT} of at least one embedding;
   *     persisted by the caller
   * @param images rows of {@link ImagesTable}
   * @param duplicates rows of {@link DuplicatesTable} of these images
   * @param cosine the least cosine of a pair after the mean of all is subtracted
   */
  static SemanticDuplicates find(
      Dataset<Row> points, Dataset<Row> images, Dataset<Row> duplicates, double cosine) {
    Dataset<Row> hashed =
        CenteredUnitVectors.compute(points)
            .select(
                col(Neighbors.ID), SimHash.of(col(Neighbors.POINT)).as(HASH), col(Neighbors.POINT))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> ids = hashed.select(Neighbors.ID, HASH);
    Dataset<Row> near =
        NearHashes.pairs(ids.select(HASH).distinct(), SimHash.reach(cosine))
            .join(ids.toDF(Neighbors.ID, NearHashes.A), NearHashes.A)
            .join(ids.toDF(OTHER, NearHashes.B), NearHashes.B)
            .select(least(col(Neighbors.ID), col(OTHER)), greatest(col(Neighbors.ID), col(OTHER)));
    // Of one hash the first stands for all: most are the same files.
    Dataset<Row> equal =
        ids.join(ids.groupBy(HASH).agg(min(Neighbors.ID).as(OTHER)), HASH)
            .where(not(col(Neighbors.ID).equalTo(col(OTHER))))
            .select(col(OTHER), col(Neighbors.ID));
    Dataset<Row> groups =
        images
            .join(
                duplicates.select(
                    col(DuplicatesTable.ID).as(ImagesTable.ID), col(DuplicatesTable.COMPONENT)),
                new String[] {ImagesTable.ID},
                "left")
            .select(
                col(ImagesTable.ID),
                coalesce(col(DuplicatesTable.COMPONENT), col(ImagesTable.ID)).as(GROUP));
    UDF2<scala.collection.Seq<Float>, scala.collection.Seq<Float>, Double> dot =
        (a, b) -> {
          double sum = 0;
          for (int i = 0; i < a.size(); i++) {
            sum += (double) a.apply(i) * b.apply(i);
          }
          return sum;
        };
    Dataset<Row> about = hashed.join(groups, ImagesTable.ID);
    Dataset<Row> pairs =
        near.union(equal)
            .toDF(OTHER, ImagesTable.ID)
            .join(
                about.select(
                    col(ImagesTable.ID), col(Neighbors.POINT).as("a_point"), col(GROUP).as("a")),
                ImagesTable.ID)
            .join(
                about.select(
                    col(ImagesTable.ID).as(OTHER),
                    col(Neighbors.POINT).as("b_point"),
                    col(GROUP).as("b")),
                OTHER)
            .where(not(col("a").equalTo(col("b"))))
            .select(
                col(ImagesTable.ID),
                col(OTHER),
                udf(dot, DataTypes.DoubleType).apply(col("a_point"), col("b_point")).as(COSINE))
            .where(col(COSINE).geq(cosine));
    // Of equally near ones the one with the lowest id.
    Dataset<Row> nearest =
        pairs
            .groupBy(ImagesTable.ID, COSINE)
            .agg(min(OTHER).as(OTHER))
            .groupBy(ImagesTable.ID)
            .agg(max_by(struct(col(COSINE), col(OTHER)), col(COSINE)).as("best"));
    Column best = col("best." + COSINE);
    Dataset<Row> findings =
        nearest
            .join(
                images.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL), ImagesTable.ID)
            .select(
                col(ImagesTable.ID).as(FindingsTable.ID),
                col(ImagesTable.PATH).as(FindingsTable.PATH),
                col(ImagesTable.LABEL).as(FindingsTable.LABEL),
                lit(Finding.SEMANTIC_DUPLICATE.name()).as(FindingsTable.FINDING),
                greatest(lit(0.0), lit(1.0).minus(best)).as(FindingsTable.SCORE),
                lit(1 - cosine).as(FindingsTable.THRESHOLD),
                concat(lit("cosine "), format_number(best, 3)).as(FindingsTable.DETAIL),
                col("best." + OTHER).as(FindingsTable.RELATED));
    return new SemanticDuplicates(findings, hashed);
  }

  void unpersist() {
    hashed.unpersist();
  }
}
