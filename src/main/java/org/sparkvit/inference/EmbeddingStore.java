package org.sparkvit.inference;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.Background;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;

/**
 * The embeddings of a workspace's images by one model: each is computed once, on the executors, and
 * kept. What is there already is not computed again, so that a run which is killed loses the chunk
 * it was in, and no more.
 */
public final class EmbeddingStore {
  private final SparkSession spark;
  private final Workspace workspace;
  private final SharedModel model;
  private final EmbeddingSettings settings;
  private final Background background;

  private EmbeddingStore(
      SparkSession spark,
      Workspace workspace,
      SharedModel model,
      EmbeddingSettings settings,
      Background background) {
    this.background = background;
    this.spark = spark;
    this.workspace = workspace;
    this.model = model;
    this.settings = settings;
  }

  /**
   * Makes a model ready to embed.
   *
   * @param files the model's, which may be closed afterwards
   * @param location where they are from, for the record
   */
  public static EmbeddingStore open(
      SparkSession spark,
      Workspace workspace,
      LocalModelDirectory files,
      String location,
      EmbeddingSettings settings,
      RunRecord record) {
    Background background = CatalogBackground.of(workspace);
    SharedModel model =
        SharedModel.distribute(
                spark,
                files.directory(),
                settings.device(),
                settings.precision(),
                ModelOutput.EMBEDDINGS)
            .on(background);
    model.input().requireFits(settings.batchSize());
    record.input("model", location).input("model_hash", model.hash());
    return new EmbeddingStore(spark, workspace, model, settings, background);
  }

  /** The model's hash. */
  public String modelHash() {
    return model.hash();
  }

  /** What transparent images were put on before the model saw them. */
  public Background background() {
    return model.input().background();
  }

  /**
   * Computes the embeddings that are not there yet.
   *
   * @param images rows with id, path, offset, bytes and sha256 of {@link ImagesTable}
   * @param record of the run, which the table's new parts get
   * @param progress gets a line before and after each chunk, with the stage's name in front
   * @param stage name of the stage
   * @return of these images, and of the content that the catalog saw: the columns of {@link
   *     EmbeddingsTable}
   */
  public Dataset<Row> embed(
      Dataset<Row> images, RunRecord record, Progress progress, String stage) {
    model.differs(background).ifPresent(line -> progress.say(stage + ": " + line));
    new IncrementalTable(
            workspace,
            EmbeddingsTable.SPEC,
            images,
            // What failed is tried again: it may have been the network.
            rows -> mine(rows).where(col(EmbeddingsTable.EMBEDDING).isNotNull()))
        .fill("embedded", chunk -> Optional.of(run(chunk.spread())), record, progress);
    return SameContent.current(mine(workspace.read(EmbeddingsTable.SPEC)), images);
  }

  private Dataset<Row> run(Dataset<Row> images) {
    String hash = model.hash();
    String asked = settings.precision();
    StructType schema = EmbeddingsTable.SPEC.schema();
    ResultRow result =
        (image, values, used) ->
            RowFactory.create(
                image.row().<String>getAs(ImagesTable.ID),
                // Of what could not be read, the content that the catalog saw.
                image.sha256() == null
                    ? image.row().<String>getAs(ImagesTable.SHA256)
                    : image.sha256(),
                hash,
                asked,
                values == null ? null : BatchInference.cell(values),
                image.status().name(),
                image.reason());
    return BatchInference.run(
        images,
        new CatalogImages(new ImageFiles(spark)),
        model,
        ModelOutput.EMBEDDINGS,
        settings.batchSize(),
        settings.decodeThreads(),
        result,
        schema);
  }

  private Dataset<Row> mine(Dataset<Row> embeddings) {
    return embeddings
        .where(col(EmbeddingsTable.MODEL).equalTo(lit(model.hash())))
        .where(col(EmbeddingsTable.PRECISION).equalTo(settings.precision()));
  }
}
