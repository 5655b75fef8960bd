package org.sparkvit.pipeline.resample;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ResampledTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.recipe.RareClasses;

/**
 * Reads {@code images}, {@code splits} and a model; writes {@code resampled}. Validation and test
 * images have no part in it.
 */
public final class ResampleStage {
  private final ResampleConfig config;
  private final Progress progress;

  public ResampleStage(ResampleConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("resample", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    TrainingRows rows =
        TrainingRows.read(
            workspace, workspace.read(ImagesTable.SPEC), false, false, RareClasses.KEPT, record);
    rows.notes().forEach(note -> progress.say("resample: warning: " + note));
    Dataset<Row> train = rows.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    String location = workspace.modelAt(config.model());
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      store = EmbeddingStore.open(spark, workspace, files, location, config.embedding(), record);
    }
    Dataset<Row> embeddings =
        store
            .embed(train, record, progress, "resample")
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(
                col(EmbeddingsTable.ID).as(Neighbors.ID),
                col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT));
    Dataset<Row> points =
        train
            .select(col(ImagesTable.ID).as(Neighbors.ID), col(SplitsTable.LABEL))
            .join(embeddings, Neighbors.ID)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> resampled =
          new Resampling(config, progress)
              .resample(points)
              .withColumn(ResampledTable.MODEL, lit(store.modelHash()))
              .withColumn(ResampledTable.PRECISION, lit(config.embedding().precision()));
      workspace.replace(ResampledTable.SPEC, resampled, record);
    } finally {
      points.unpersist();
    }
    progress.say(
        "next: spark-vit probe --resampled --no-plan --from "
            + config.model()
            + "; its probabilities are for the resampled classes, so choose thresholds on the"
            + " validation split");
  }
}
