package org.sparkvit.pipeline.explain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.neighbors.CenteredUnitVectors;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.inference.EmbeddingStore;

/**
 * The images of the train split that a model finds most like its mistakes. They often show a wrong
 * label, or the same image with another label.
 *
 * @param store the model's embeddings, of which what is missing is made
 * @param nearest how many of each
 */
record NearestTraining(EmbeddingStore store, int nearest, RunRecord record, Progress progress) {
  /**
   * Finds them by the cosine of the embeddings, seen from their mean.
   *
   * @param images all of the catalog
   * @param splits of the data set
   * @param mistakes ids
   * @return {@code id} and {@link ExplanationsTable#NEAREST}, the most alike first; without the
   *     mistakes that cannot be read
   */
  Dataset<Row> find(Dataset<Row> images, Dataset<Row> splits, Dataset<Row> mistakes) {
    Dataset<Row> train =
        splits
            .where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
            .select(col(SplitsTable.ID).as("train_id"));
    Dataset<Row> wrong = mistakes.select(col(ImagesTable.ID).as("wrong_id"));
    Column isTrain = col("train_id").isNotNull();
    Column isWrong = col("wrong_id").isNotNull();
    Dataset<Row> both =
        images
            .join(train, col(ImagesTable.ID).equalTo(col("train_id")), "left")
            .join(wrong, col(ImagesTable.ID).equalTo(col("wrong_id")), "left")
            .where(isTrain.or(isWrong))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> points =
        store
            .embed(both, record, progress, "explain")
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(
                col(EmbeddingsTable.ID).as(Neighbors.ID),
                col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      if (points.isEmpty()) {
        return none(both);
      }
      Dataset<Row> directions = CenteredUnitVectors.compute(points);
      Dataset<Row> found =
          new Neighbors(nearest, 0)
              .ofFew(
                  directions.join(both.where(isWrong).select(ImagesTable.ID), ImagesTable.ID),
                  directions.join(both.where(isTrain).select(ImagesTable.ID), ImagesTable.ID));
      Dataset<Row> about =
          both.select(
              col(ImagesTable.ID).as(Neighbors.NEIGHBOR),
              col(ImagesTable.PATH).as("near_path"),
              col(ImagesTable.LABEL).as("near_label"));
      return found
          .join(about, Neighbors.NEIGHBOR)
          .groupBy(Neighbors.ID)
          .agg(sort_array(collect_list(entry())).as(ExplanationsTable.NEAREST))
          // A few rows, computed once while their sources are in memory.
          .localCheckpoint();
    } finally {
      points.unpersist();
      both.unpersist();
    }
  }

  /** No such images of any of these. */
  static Dataset<Row> none(Dataset<Row> images) {
    return images
        .where(lit(false))
        .select(
            col(ImagesTable.ID),
            lit(null)
                .cast(ExplanationsTable.SPEC.schema().apply(ExplanationsTable.NEAREST).dataType())
                .as(ExplanationsTable.NEAREST));
  }

  /** Two directions at a distance d have the cosine 1 - d² / 2. */
  private static Column entry() {
    Column cosine =
        lit(1).minus(col(Neighbors.DISTANCE).multiply(col(Neighbors.DISTANCE)).divide(2));
    return struct(
        col(Neighbors.RANK).as(ExplanationsTable.NEAR_RANK),
        col(Neighbors.NEIGHBOR).as(ExplanationsTable.ID),
        col("near_path").as(ExplanationsTable.PATH),
        col("near_label").as(ExplanationsTable.LABEL),
        cosine.cast("float").as(ExplanationsTable.NEAR_COSINE));
  }
}
