package org.sparkvit.ml;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;

class VitImageClassifierTest extends SparkTest {
  @TempDir private Path folder;
  private Path model;
  private DrawnImages images;

  @BeforeEach
  void draw() throws IOException {
    model = DrawnImages.model(folder.resolve("model"));
    images = DrawnImages.some(folder);
  }

  private VitImageClassifier classifier() {
    return new VitImageClassifier()
        .setModelPath(model.toString())
        .setDevice("cpu")
        .setPrecision("fp32")
        .setBatchSize(DrawnImages.BATCH);
  }

  /** From paths and from contents the very numbers of the score stage's engine. */
  @ParameterizedTest
  @ValueSource(strings = {"path", "content"})
  void probabilitiesAreThoseOfScoringBitForBit(String column) {
    SharedModel shared = SharedModel.distribute(spark, model, "cpu", "fp32");
    Map<Integer, Row> expected = new HashMap<>();
    BatchInference.score(spark, images.catalog(spark), shared, DrawnImages.BATCH, 2)
        .collectAsList()
        .forEach(row -> expected.put(Integer.parseInt(row.getString(0)), row));
    List<Row> rows =
        classifier()
            .setInputCol(column)
            .setRawPredictionCol("logits")
            .transform(images.dataset(spark, 1))
            .collectAsList();
    assertThat(rows).hasSameSizeAs(images.rows());
    int usable = 0;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      assertThat(row.getInt(0)).isEqualTo(i);
      Row scored = expected.get(i);
      Vector probability = row.getAs("probability");
      String status = row.getAs("prediction_status");
      if (scored.isNullAt(4)) {
        assertThat(probability).isNull();
        assertThat(row.<Vector>getAs("logits")).isNull();
        assertThat(row.<Double>getAs("prediction")).isNull();
        assertThat(row.<String>getAs("predictedLabel")).isNull();
        assertThat(status).isEqualTo(scored.getString(5));
        assertThat(row.<String>getAs("prediction_reason")).isNotBlank();
        continue;
      }
      usable++;
      List<Float> floats = scored.getList(4);
      int best = 0;
      for (int k = 0; k < floats.size(); k++) {
        assertThat(probability.apply(k)).isEqualTo((double) floats.get(k));
        best = floats.get(k) > floats.get(best) ? k : best;
      }
      assertThat(row.<Vector>getAs("logits").argmax()).isEqualTo(best);
      assertThat(row.<Double>getAs("prediction")).isEqualTo(best);
      assertThat(row.<String>getAs("predictedLabel")).isEqualTo(DrawnImages.LABELS.get(best));
      assertThat(status).isEqualTo("OK");
      assertThat(row.<String>getAs("prediction_reason")).isNull();
    }
    assertThat(usable).isEqualTo(12);
  }

  /** The logits of each image are those of the image alone in a batch of the same size. */
  @Test
  void rawPredictionsAreTheModelsLogits() {
    List<Row> rows =
        classifier()
            .setRawPredictionCol("logits")
            .setProbabilityCol("")
            .setPredictionCol("")
            .setPredictedLabelCol("")
            .setStatusCol("")
            .setReasonCol("")
            .transform(images.dataset(spark, 2))
            .collectAsList();
    try (ViTSession session =
        ViTSession.open(model, PyTorchRuntime.device("cpu"), Precision.FP32)) {
      for (Row row : rows) {
        assertThat(row.schema().fieldNames())
            .containsExactly("number", "path", "content", "kind", "logits");
        ByteBuffer pixels = DrawnImages.alone(row.getAs("content"));
        double[] expected =
            pixels == null
                ? null
                : ValueColumn.toVector(Arrays.copyOf(session.logits(pixels, DrawnImages.BATCH), 3))
                    .toArray();
        Vector logits = row.getAs("logits");
        assertThat(logits == null ? null : logits.toArray()).isEqualTo(expected);
      }
    }
  }

  /** An executor that has embedded with a model has it loaded, with a head of random numbers. */
  @Test
  void labelsAreTheModelsAfterItHasEmbedded() {
    String both = DrawnImages.model(folder.resolve("both"), 77).toString();
    Dataset<Row> rows = images.dataset(spark, 1);
    new VitEmbedder()
        .setModelPath(both)
        .setDevice("cpu")
        .setPrecision("fp32")
        .setBatchSize(DrawnImages.BATCH)
        .transform(rows)
        .collectAsList();
    List<Row> labelled =
        classifier()
            .setModelPath(both)
            .setRawPredictionCol("logits")
            .transform(rows)
            .collectAsList();
    try (ViTSession session =
        ViTSession.open(Path.of(both), PyTorchRuntime.device("cpu"), Precision.FP32)) {
      ByteBuffer pixels = DrawnImages.alone(labelled.get(0).getAs("content"));
      float[] expected = Arrays.copyOf(session.logits(pixels, DrawnImages.BATCH), 3);
      assertThat(labelled.get(0).<Vector>getAs("logits")).isEqualTo(ValueColumn.toVector(expected));
    }
  }

  @Test
  void rowsAreTheSameForAnyPartitioning() {
    List<String> expected = null;
    for (int partitions : new int[] {1, 3, 7}) {
      List<String> rows =
          classifier()
              .transform(images.dataset(spark, partitions))
              .drop("content")
              .collectAsList()
              .stream()
              .map(Row::toString)
              .toList();
      assertThat(rows).hasSameSizeAs(images.rows());
      expected = expected == null ? rows : expected;
      assertThat(rows).isEqualTo(expected);
    }
  }

  /** A broken image in each position of three batches, and in each pair of neighbours. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5})
  void brokenImagesInEveryPositionLeaveTheOthersAlone(int batchSize) throws IOException {
    DrawnImages sound = new DrawnImages(folder.resolve("sound"));
    Files.createDirectories(folder.resolve("sound"));
    for (int i = 0; i < 12; i++) {
      sound.addImage();
    }
    List<Row> rows = new ArrayList<>();
    for (int pattern = 0; pattern < 24; pattern++) {
      for (int i = 0; i < 12; i++) {
        boolean broken = i == pattern % 12 || (pattern >= 12 && i == (pattern + 1) % 12);
        Row row = sound.rows().get(i);
        rows.add(
            RowFactory.create(i, row.get(1), broken ? new byte[] {1, 2, 3} : row.get(2), null));
      }
    }
    Dataset<Row> dataset =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, 24),
            DrawnImages.SCHEMA);
    VitImageClassifier classifier = classifier().setBatchSize(batchSize).setInputCol("content");
    List<Row> expected = classifier.transform(sound.dataset(spark, 1)).collectAsList();
    List<Row> results = classifier.transform(dataset).collectAsList();
    assertThat(results).hasSameSizeAs(rows);
    for (int r = 0; r < rows.size(); r++) {
      Row result = results.get(r);
      assertThat(result.getInt(0)).isEqualTo(r % 12);
      if (rows.get(r).<byte[]>getAs(2).length == 3) {
        assertThat(result.<Vector>getAs("probability")).isNull();
        assertThat(result.<String>getAs("prediction_status")).isEqualTo("BAD_MAGIC");
      } else {
        assertThat(result.<Vector>getAs("probability"))
            .isEqualTo(expected.get(r % 12).<Vector>getAs("probability"));
      }
    }
    // Otherwise the above would hold of rows that were mixed up.
    assertThat(expected.stream().map(row -> row.<Vector>getAs("probability")).distinct())
        .hasSize(12);
  }

  /** Types of all sorts, names with dots and metadata come out as they went in. */
  @Test
  void otherColumnsPassThrough() {
    Dataset<Row> rows =
        images
            .dataset(spark, 2)
            .withColumn("a.b", functions.lit(1.5))
            .withColumn("when", functions.to_timestamp(functions.lit("2026-01-02 03:04:05")))
            .withColumn("amount", functions.lit("12.50").cast("decimal(10,2)"))
            .withColumn("list", functions.array(col("number"), functions.lit(null)))
            .withColumn("map", functions.map(functions.lit("k"), col("number")))
            .withColumn("struct", functions.struct(col("number"), col("kind").as("x")))
            .withColumn("nothing", functions.lit(null).cast("long"))
            .withColumn(
                "noted",
                col("number").as("noted", new MetadataBuilder().putString("note", "kept").build()));
    Dataset<Row> results = classifier().transform(rows);
    String[] names = rows.columns();
    assertThat(Arrays.copyOf(results.columns(), names.length)).isEqualTo(names);
    assertThat(results.schema().apply("noted").metadata().getString("note")).isEqualTo("kept");
    Dataset<Row> passed =
        results.drop(
            "rawPrediction",
            "probability",
            "prediction",
            "predictedLabel",
            "prediction_status",
            "prediction_reason",
            "content");
    assertThat(passed.collectAsList()).isEqualTo(rows.drop("content").collectAsList());
    assertThat(
            AttributeGroup.fromStructField(results.schema().apply("probability")).indexOf("green"))
        .isEqualTo(1);
  }

  @Test
  void imagesAreReadWhenAnActionAsksAndEveryTime() throws IOException {
    Dataset<Row> results = classifier().transform(images.dataset(spark, 2)).drop("content");
    Path first = folder.resolve("image-0.png");
    byte[] content = Files.readAllBytes(first);
    Files.delete(first);
    Row without = results.orderBy("number").head();
    assertThat(without.<String>getAs("prediction_status")).isEqualTo("MISSING");
    Files.write(first, content);
    Row with = results.orderBy("number").head();
    assertThat(with.<String>getAs("prediction_status")).isEqualTo("OK");
    assertThat(results.count()).isEqualTo(images.rows().size());
    assertThat(results.orderBy("number").collectAsList())
        .isEqualTo(results.orderBy("number").collectAsList());
  }

  @Test
  void noRowsGiveNoRows() {
    Dataset<Row> results =
        classifier().transform(spark.createDataFrame(List.<Row>of(), DrawnImages.SCHEMA));
    assertThat(results.collectAsList()).isEmpty();
    assertThat(results.columns())
        .endsWith(
            "rawPrediction",
            "probability",
            "prediction",
            "predictedLabel",
            "prediction_status",
            "prediction_reason");
  }

  @Test
  void handleInvalid() {
    Dataset<Row> rows = images.dataset(spark, 2);
    List<Row> skipped = classifier().setHandleInvalid("skip").transform(rows).collectAsList();
    assertThat(skipped).hasSize(12).allMatch(row -> row.getAs("probability") != null);
    assertThatThrownBy(() -> classifier().setHandleInvalid("error").transform(rows).collectAsList())
        .hasStackTraceContaining("no result for image '")
        .hasStackTraceContaining("broken-");
    assertThatThrownBy(() -> classifier().setHandleInvalid("zero"))
        .hasMessageContaining("handleInvalid");
  }

  /** Paths that name nothing, or nothing that a path could be, are rows with a status. */
  @Test
  void pathsOfAllSorts() {
    List<Row> rows = new ArrayList<>();
    List<String> paths =
        Arrays.asList(
            null,
            "",
            ":",
            "nowhere://a/b.png",
            folder.toString(),
            folder.resolve("gone.png").toString(),
            folder.resolve("image-0.png").toUri().toString());
    for (String path : paths) {
      rows.add(RowFactory.create(path));
    }
    List<Row> results =
        classifier()
            .transform(
                spark
                    .createDataFrame(rows, new StructType().add("path", DataTypes.StringType))
                    .coalesce(1))
            .collectAsList();
    assertThat(results.stream().map(row -> row.<String>getAs("prediction_status")))
        .containsExactly(
            "MISSING", "MISSING", "MISSING", "MISSING", "UNSUPPORTED", "MISSING", "OK");
    assertThat(results.get(0).<String>getAs("prediction_reason"))
        .isEqualTo("column 'path' is null");
  }

  /** What users have from Spark's two sources of files. */
  @Test
  void sparksOwnSources() {
    String pattern = folder + "/image-*.png";
    Dataset<Row> binary = spark.read().format("binaryFile").load(pattern);
    List<Row> byContent =
        classifier().setInputCol("content").transform(binary).orderBy("path").collectAsList();
    List<Row> byPath = classifier().transform(binary).orderBy("path").collectAsList();
    assertThat(byContent).hasSize(12).isEqualTo(byPath);
    assertThat(byPath.get(0).<String>getAs("prediction_status")).isEqualTo("OK");

    Dataset<Row> decoded = spark.read().format("image").load(pattern);
    assertThatThrownBy(() -> classifier().setInputCol("image").transform(decoded))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("binaryFile")
        .hasMessageContaining("image.origin");
    List<Row> byOrigin =
        classifier()
            .transform(decoded.select(col("image.origin").as("path")))
            .orderBy("path")
            .collectAsList();
    assertThat(byOrigin.stream().map(row -> row.<Vector>getAs("probability")).toList())
        .isEqualTo(byPath.stream().map(row -> row.<Vector>getAs("probability")).toList());
  }

  @Test
  void unfitSchemasAndParametersAreRefused() {
    StructType schema = DrawnImages.SCHEMA;
    assertThatThrownBy(() -> new VitImageClassifier().transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("modelPath is not set");
    assertThatThrownBy(() -> classifier().setInputCol("picture").transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "inputCol is 'picture', but the columns are number, path, content, kind; use"
                + " setInputCol with one of them");
    assertThatThrownBy(() -> classifier().setInputCol("number").transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is of type int");
    assertThatThrownBy(() -> classifier().setPredictionCol("kind").transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'kind' exists already");
    assertThatThrownBy(() -> classifier().setStatusCol("prediction").transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'prediction' exists already");
    assertThatThrownBy(
            () ->
                classifier()
                    .setPredictionCol("")
                    .setPredictedLabelCol("")
                    .setProbabilityCol("")
                    .setRawPredictionCol("")
                    .transformSchema(schema))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("all output columns are empty");
    assertThatThrownBy(() -> classifier().setBatchSize(0)).hasMessageContaining("batchSize");
    assertThatThrownBy(() -> classifier().setDevice("tpu")).hasMessageContaining("device");
    assertThatThrownBy(
            () ->
                classifier()
                    .setModelPath(folder.resolve("none").toString())
                    .transform(images.dataset(spark, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not exist");
    assertThat(classifier().transformSchema(schema).fieldNames())
        .containsExactly(classifier().transform(images.dataset(spark, 1)).columns());
  }

  @Test
  void savedAndLoadedIsTheSame() throws IOException {
    VitImageClassifier classifier =
        classifier().setRawPredictionCol("logits").setHandleInvalid("skip").setDecodeThreads(3);
    String path = folder.resolve("saved").toString();
    classifier.save(path);
    // A second time only when told to.
    assertThatThrownBy(() -> classifier.save(path)).isInstanceOf(IOException.class);
    classifier.write().overwrite().save(path);
    VitImageClassifier loaded = VitImageClassifier.load(path);
    assertThat(loaded.uid()).isEqualTo(classifier.uid());
    assertThat(loaded.explainParams()).isEqualTo(classifier.explainParams());
    assertThat(loaded.explainParams()).contains("modelPath").contains("decodeThreads");
    Dataset<Row> rows = images.dataset(spark, 2);
    assertThat(loaded.transform(rows).drop("content").collectAsList())
        .isEqualTo(classifier.transform(rows).drop("content").collectAsList());
    assertThat(VitImageClassifier.read().load(path).getBatchSize()).isEqualTo(DrawnImages.BATCH);
  }

  /** Spark's evaluators, with their own defaults, beside what is counted here by hand. */
  @Test
  void sparksEvaluatorsTakeTheColumns() {
    Dataset<Row> rows = images.dataset(spark, 2).withColumn("truth", truth());
    VitImageClassifier classifier = classifier().setHandleInvalid("skip");
    StructField prediction = classifier.transform(rows).schema().apply("prediction");
    assertThat(prediction.dataType()).isEqualTo(DataTypes.DoubleType);
    String[] labels = ((NominalAttribute) Attribute.fromStructField(prediction)).values().get();
    assertThat(labels).containsExactly(DrawnImages.LABELS.toArray(new String[0]));

    StringIndexerModel numbered =
        new StringIndexerModel(labels).setInputCol("truth").setOutputCol("label");
    Dataset<Row> scored = classifier.transform(numbered.transform(rows)).cache();
    int right = 0;
    double loss = 0;
    List<Row> results = scored.collectAsList();
    for (Row row : results) {
      int label = DrawnImages.LABELS.indexOf(row.<String>getAs("truth"));
      right += row.getAs("truth").equals(row.getAs("predictedLabel")) ? 1 : 0;
      loss -= Math.log(row.<Vector>getAs("probability").apply(label));
    }
    assertThat(results).hasSize(12);
    assertThat(right).isBetween(1, 11);
    assertThat(metric("accuracy").evaluate(scored)).isEqualTo(right / 12.0);
    assertThat(metric("logLoss").evaluate(scored)).isCloseTo(loss / 12, within(1e-9));
    assertThat(metric("f1").evaluate(scored)).isGreaterThan(0).isLessThan(1);
    assertThat(
            new IndexToString()
                .setInputCol("prediction")
                .setOutputCol("again")
                .transform(scored)
                .where("again = predictedLabel")
                .count())
        .isEqualTo(12);
    scored.unpersist();
  }

  /** A label for each image, by its number. */
  private static Column truth() {
    Column label = functions.lit(DrawnImages.LABELS.get(0));
    for (int k = 1; k < DrawnImages.LABELS.size(); k++) {
      label =
          functions
              .when(
                  col("number").mod(DrawnImages.LABELS.size()).equalTo(k),
                  DrawnImages.LABELS.get(k))
              .otherwise(label);
    }
    return label;
  }

  private static MulticlassClassificationEvaluator metric(String name) {
    return new MulticlassClassificationEvaluator().setMetricName(name);
  }

  /** The area under the curve is that of the pairs of a warm and a cold image in their order. */
  @Test
  void sparksEvaluatorOfTwoClassesTakesTheColumns() {
    Path two = DrawnImages.model(folder.resolve("two"), 1, List.of("cold", "warm"));
    Dataset<Row> scored =
        classifier()
            .setModelPath(two.toString())
            .setHandleInvalid("skip")
            .transform(
                images
                    .dataset(spark, 2)
                    .withColumn("label", col("kind").equalTo("warm").cast("double")))
            .cache();
    List<Row> rows = scored.collectAsList();
    double ordered = 0;
    int pairs = 0;
    for (Row warm : rows) {
      for (Row cold : rows) {
        if (warm.<Double>getAs("label") > cold.<Double>getAs("label")) {
          pairs++;
          double above = logit(warm) - logit(cold);
          ordered += above > 0 ? 1 : above == 0 ? 0.5 : 0;
        }
      }
    }
    assertThat(pairs).isGreaterThan(20);
    assertThat(new BinaryClassificationEvaluator().evaluate(scored))
        .isCloseTo(ordered / pairs, within(1e-9));
    scored.unpersist();
  }

  private static double logit(Row row) {
    return row.<Vector>getAs("rawPrediction").apply(1);
  }

  /** What was saved when the prediction was a string; also within a pipeline. */
  @Test
  void aClassifierSavedBeforeThereWasAnIndexGivesTheColumnsThatItGave() throws IOException {
    String metadata =
        """
        {"class":"org.sparkvit.ml.VitImageClassifier","timestamp":1767225600000,\
        "sparkVersion":"3.5.7","uid":"vitImageClassifier_0a1b2c3d4e5f",\
        "paramMap":{"modelPath":"%s","device":"cpu","precision":"fp32","batchSize":4},\
        "defaultParamMap":{"reasonCol":"prediction_reason","precision":"auto","device":"auto",\
        "batchSize":16,"background":"none","handleInvalid":"keep","predictionCol":"prediction",\
        "decodeThreads":2,"statusCol":"prediction_status","inputCol":"path",\
        "probabilityCol":"probability","rawPredictionCol":""}}
        """
            .formatted(model);
    Path saved = Files.createDirectories(folder.resolve("older/metadata"));
    Files.writeString(saved.resolve("part-00000"), metadata);
    VitImageClassifier loaded = VitImageClassifier.load(saved.getParent().toString());
    assertThat(loaded.getBatchSize()).isEqualTo(4);
    Dataset<Row> rows = images.dataset(spark, 2);
    Dataset<Row> results = loaded.transform(rows);
    assertThat(results.columns())
        .containsExactly(
            "number",
            "path",
            "content",
            "kind",
            "probability",
            "prediction",
            "prediction_status",
            "prediction_reason");
    assertThat(results.select("prediction").collectAsList())
        .isEqualTo(classifier().transform(rows).select("predictedLabel").collectAsList());

    // From here on it is as others are.
    String again = folder.resolve("again").toString();
    new Pipeline().setStages(new PipelineStage[] {loaded}).fit(rows).save(again);
    assertThat(PipelineModel.load(again).transform(rows).schema()).isEqualTo(results.schema());
  }

  @Test
  void aCopyHasTheExtraParametersAndIsApart() {
    VitImageClassifier classifier = classifier();
    VitImageClassifier copy = classifier.copy(new ParamMap().put(classifier.batchSize(), 9));
    assertThat(copy.uid()).isEqualTo(classifier.uid());
    assertThat(copy.getBatchSize()).isEqualTo(9);
    assertThat(copy.getModelPath()).isEqualTo(model.toString());
    copy.setPredictionCol("other");
    assertThat(classifier.getBatchSize()).isEqualTo(DrawnImages.BATCH);
    assertThat(classifier.getPredictionCol()).isEqualTo("prediction");
    // What PySpark does: parameters by name.
    classifier.set(classifier.getParam("batchSize").w(5));
    assertThat(classifier.getBatchSize()).isEqualTo(5);
    assertThat(Arrays.stream(classifier.params()).map(param -> param.name()))
        .containsExactly(
            "background",
            "batchSize",
            "decodeThreads",
            "device",
            "handleInvalid",
            "inputCol",
            "modelPath",
            "precision",
            "predictedLabelCol",
            "predictionCol",
            "probabilityCol",
            "rawPredictionCol",
            "reasonCol",
            "statusCol");
  }
}
