package org.sparkvit.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;
import org.sparkvit.training.output.ModelDestination;

class VitEmbedderTest extends SparkTest {
  private static final int HIDDEN = DrawnImages.HIDDEN;

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void writeModel() {
    model = DrawnImages.model(folder.resolve("model"));
  }

  private VitEmbedder embedder() {
    return new VitEmbedder()
        .setModelPath(model.toUri().toString())
        .setInputCol("content")
        .setOutputCol("features")
        .setDevice("cpu")
        .setPrecision("fp32")
        .setBatchSize(DrawnImages.BATCH);
  }

  @Test
  void theFolderOfAModelMeansTheVersionThatIsCurrent() throws IOException {
    String vit = folder.resolve("w/models/vit").toString();
    ModelDestination.at(spark, vit, false).publish(model, "20261101T080000000Z-0a1b2c3d");
    Dataset<Row> images = DrawnImages.some(folder).dataset(spark, 1);
    assertThat(embedder().setModelPath(vit).transform(images).collectAsList())
        .isEqualTo(embedder().transform(images).collectAsList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void embeddingsAreTheSessions(int partitions) throws IOException {
    DrawnImages images = DrawnImages.some(folder);
    Dataset<Row> results = embedder().transform(images.dataset(spark, partitions));
    assertThat(AttributeGroup.fromStructField(results.schema().apply("features")).size())
        .isEqualTo(HIDDEN);
    List<Row> rows = results.collectAsList();
    assertThat(rows).hasSameSizeAs(images.rows());
    int usable = 0;
    try (ViTSession session =
        ViTSession.open(model, PyTorchRuntime.device("cpu"), Precision.FP32)) {
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).getInt(0)).isEqualTo(i);
        Vector features = rows.get(i).getAs("features");
        ByteBuffer pixels = DrawnImages.alone(rows.get(i).getAs("content"));
        if (pixels == null) {
          assertThat(features).isNull();
          assertThat(rows.get(i).<String>getAs("embedding_reason")).isNotBlank();
        } else {
          usable++;
          float[] expected = Arrays.copyOf(session.embeddings(pixels, DrawnImages.BATCH), HIDDEN);
          assertThat(features).isEqualTo(ValueColumn.toVector(expected));
          assertThat(rows.get(i).<String>getAs("embedding_status")).isEqualTo("OK");
        }
      }
    }
    assertThat(usable).isEqualTo(12);
  }

  @Test
  void aModelWithoutAHeadEmbedsButDoesNotLabel() throws IOException {
    Path headless = Path.of("src/test/resources/vit/families/dinov2-headless").toAbsolutePath();
    Dataset<Row> images = DrawnImages.some(folder).dataset(spark, 2);
    Dataset<Row> results = embedder().setModelPath(headless.toString()).transform(images);
    // The class token, and the mean of the others.
    assertThat(AttributeGroup.fromStructField(results.schema().apply("features")).size())
        .isEqualTo(2 * 16);
    assertThat(results.where(col("features").isNotNull()).count()).isEqualTo(12);
    VitImageClassifier classifier =
        new VitImageClassifier().setModelPath(headless.toString()).setInputCol("content");
    assertThatThrownBy(() -> classifier.transform(images))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no trained head");
  }

  /** Labels indexed, images embedded, the broken ones left out, a classifier fitted on the rest. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPipelineSeparatesTwoKindsOfImagesAndSurvivesSaving(boolean labelsFirst) throws IOException {
    DrawnImages images = new DrawnImages(folder);
    for (int i = 0; i < 40; i++) {
      if (i % 9 == 8) {
        images.addBroken();
      } else {
        images.addImage();
      }
    }
    Dataset<Row> all = images.dataset(spark, 3);
    Dataset<Row> train = all.where(col("number").lt(28));
    Dataset<Row> test = all.where(col("number").geq(28));
    VitEmbedder embedder = embedder().setHandleInvalid("skip");
    StringIndexer indexer = new StringIndexer().setInputCol("kind").setOutputCol("label");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  labelsFirst ? indexer : embedder,
                  labelsFirst ? embedder : indexer,
                  new LogisticRegression().setMaxIter(20)
                });
    Path unfitted = folder.resolve("pipeline");
    pipeline.save(unfitted.toString());
    PipelineModel fitted = Pipeline.load(unfitted.toString()).fit(train);

    Dataset<Row> predicted = fitted.transform(test);
    Row counts =
        predicted
            .agg(
                count(col("number")),
                count_if(col("prediction").equalTo(col("label"))),
                count_if(col("kind").equalTo("warm")))
            .head();
    assertThat(counts.getLong(0)).isEqualTo(11);
    assertThat(counts.getLong(1)).isEqualTo(11);
    assertThat(counts.getLong(2)).isBetween(4L, 7L);
    assertThat(((LogisticRegressionModel) fitted.stages()[2]).numFeatures()).isEqualTo(HIDDEN);

    // The names of the labels have come through the embedder.
    assertThat(
            ((NominalAttribute) Attribute.fromStructField(predicted.schema().apply("label")))
                .values()
                .get())
        .containsExactlyInAnyOrder("warm", "cold");

    Path saved = folder.resolve("fitted");
    fitted.write().overwrite().save(saved.toString());
    PipelineModel loaded = PipelineModel.load(saved.toString());
    assertThat(loaded.stages()[labelsFirst ? 1 : 0]).isInstanceOf(VitEmbedder.class);
    String[] columns = {"number", "label", "features", "probability", "prediction"};
    assertThat(rows(loaded.transform(test), columns)).isEqualTo(rows(predicted, columns));
    // And for any number of partitions.
    assertThat(rows(loaded.transform(test.repartition(7)), columns))
        .isEqualTo(rows(predicted, columns));
  }

  private static List<Row> rows(Dataset<Row> results, String[] columns) {
    return results
        .select(columns[0], Arrays.copyOfRange(columns, 1, columns.length))
        .orderBy("number")
        .collectAsList();
  }

  /** Both operators beside each other, on one model, with the names they have by default. */
  @Test
  void goesWithTheClassifier() throws IOException {
    DrawnImages images = DrawnImages.some(folder);
    PipelineModel both =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new VitEmbedder().setModelPath(model.toString()).setDevice("cpu"),
                  new VitImageClassifier().setModelPath(model.toString()).setDevice("cpu")
                })
            .fit(images.dataset(spark, 1));
    List<Row> rows = both.transform(images.dataset(spark, 2)).collectAsList();
    assertThat(rows).hasSameSizeAs(images.rows());
    assertThat(rows)
        .allMatch(
            row ->
                row.getAs("embedding") == null
                    ? row.getAs("prediction") == null
                    : row.getAs("prediction") != null);
    assertThat(rows.stream().filter(row -> row.getAs("embedding") != null)).hasSize(12);
  }
}
