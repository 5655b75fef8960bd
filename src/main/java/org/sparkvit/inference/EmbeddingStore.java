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
 * The embeddings of a workspace's images by one model. Each is computed once, on the executors, and
 * kept in a table. Existing embeddings are not computed again, so a run that is killed loses only
 * the chunk that it was working on.
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
   * Distributes a model so that it can embed images.
   *
   * @param files the model's files, which may be closed afterwards
   * @param location the place that the files come from, which is written to the record
   * @param record the record of the run, which gets the model's location and hash as inputs
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

  /** Returns the model's hash. */
  public String modelHash() {
    return model.hash();
  }

  /** Returns the background that transparent images are put on before the model sees them. */
  public Background background() {
    return model.input().background();
  }

  /**
   * Computes the embeddings that do not exist yet, and returns those of all the images.
   *
   * @param images rows with the columns id, path, offset, bytes and sha256 of {@link ImagesTable}
   * @param record the record of the run, which is stored with the table's new parts
   * @param progress receives a line before the first chunk and one after each chunk
   * @param stage the name of the stage for messages
   * @return rows of {@link EmbeddingsTable} about the content of these images that the catalog saw
   */
  public Dataset<Row> embed(
      Dataset<Row> images, RunRecord record, Progress progress, String stage) {
    model.differs(background).ifPresent(line -> progress.say(stage + ": " + line));
    new IncrementalTable(
            workspace,
            EmbeddingsTable.SPEC,
            images,
            // Failed images are tried again, as the cause may have been the network.
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
                // An image that could not be read keeps the hash of the content that the catalog
                // saw.
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
