package org.sparkvit.pipeline.resample;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ResampledTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.recipe.RareClasses;

/**
 * Reads {@code images}, {@code splits} and a model; writes {@code resampled}. Validation and test
 * images have no part in it.
 */
@StageDescription(
    name = "resample",
    group = Group.PREPARE,
    help = {
      "Makes up embeddings of rare classes between those of their images, and finds images of large"
          + " classes that stand among others, for 'probe --resampled'.",
      "Only images of the train split have a part in it."
    })
public final class ResampleStage extends Stage<ResampleConfig> {
  public ResampleStage() {
    super(ResampleConfig.class);
  }

  /** Each run replaces what an earlier one made. */
  @Override
  protected List<TableSpec> appends(ResampleConfig config) {
    return List.of(ResampledTable.SPEC, EmbeddingsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, ResampleConfig config) {
    SparkSession spark = context.spark();
    Workspace workspace = context.workspace();
    TrainingRows rows =
        TrainingRows.read(
            workspace, context.labels(), false, false, RareClasses.KEPT, context.record());
    rows.notes().forEach(note -> context.say("warning: %s", note));
    Dataset<Row> train = rows.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    String location = context.model(config.model());
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      store =
          EmbeddingStore.open(
              spark, workspace, files, location, config.embedding(), context.record());
    }
    Dataset<Row> embeddings =
        store
            .embed(train, context.record(), context.progress(), "resample")
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(
                col(EmbeddingsTable.ID).as(Neighbors.ID),
                col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT));
    Dataset<Row> points =
        context.cache(
            train
                .select(col(ImagesTable.ID).as(Neighbors.ID), col(SplitsTable.LABEL))
                .join(embeddings, Neighbors.ID));
    context.publish(
        ResampledTable.SPEC,
        new Resampling(config, context.progress())
            .resample(points)
            .withColumn(ResampledTable.MODEL, lit(store.modelHash()))
            .withColumn(ResampledTable.PRECISION, lit(config.embedding().precision())));
    context.say(
        "the probabilities of a probe on it are for the resampled classes, so choose thresholds on"
            + " the validation split");
    context.next("probe --resampled --no-plan --from %s", config.model());
  }
}
