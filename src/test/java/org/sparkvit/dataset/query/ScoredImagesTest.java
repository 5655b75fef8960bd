package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

class ScoredImagesTest extends SparkTest {
  private static final Map<String, List<String>> MODEL = Map.of("m", List.of("cat", "dog"));

  private static Row image(String id, String label, String sha256) {
    return TableRow.image(id, "file:/" + id)
        .with(ImagesTable.LABEL, label)
        .with(ImagesTable.SHA256, sha256)
        .build();
  }

  private static Row said(String model, String id, String sha256, float... probabilities) {
    String predicted =
        probabilities.length == 0 ? null : probabilities[0] >= probabilities[1] ? "cat" : "dog";
    return TableRow.prediction(id, "file:/" + id, model, predicted, probabilities)
        .with(PredictionsTable.LABEL, "the label of then")
        .with(PredictionsTable.SHA256, sha256)
        .build();
  }

  private static Dataset<Row> images() {
    return spark.createDataFrame(
        List.of(
            image("right", "dog", "a"),
            image("changed", "cat", "new"),
            image("unreadable", "cat", null),
            image("failed", "cat", "c"),
            image("readable since", "cat", "d"),
            image("unlabelled", null, "e"),
            image("of another class", "eel", "f"),
            image("untried", "dog", "g")),
        ImagesTable.SPEC.schema());
  }

  private static Dataset<Row> predictions() {
    return spark.createDataFrame(
        List.of(
            said("m", "right", "a", 0.25f, 0.75f),
            said("m", "changed", "old", 0.25f, 0.75f),
            said("m", "unreadable", null),
            said("m", "failed", "c"),
            said("m", "readable since", null),
            said("m", "unlabelled", "e", 0.5f, 0.5f),
            said("m", "of another class", "f", 1f, 0f),
            said("m", "gone", "z", 1f, 0f),
            said("n", "untried", "g", 0f, 1f),
            said("other", "right", "a", 1f, 0f)),
        PredictionsTable.SPEC.schema());
  }

  private static Dataset<Row> splits() {
    return spark.createDataFrame(
        List.of(
            RowFactory.create("right", "the label of then", "test", null),
            RowFactory.create("changed", "cat", "train", null),
            RowFactory.create("gone", "cat", "train", null)),
        SplitsTable.SPEC.schema());
  }

  private static List<String> lines(Dataset<Row> rows) {
    List<String> lines = new ArrayList<>();
    rows.select(
            col(ScoredImages.MODEL),
            col(ScoredImages.ID),
            col(ScoredImages.LABEL),
            col(ScoredImages.SPLIT),
            col(ScoredImages.TRIED),
            col(ScoredImages.PREDICTED),
            col(ScoredImages.CONFIDENCE),
            col(ScoredImages.LABEL_INDEX),
            ScoredImages.labelProbability())
        .collectAsList()
        .forEach(row -> lines.add(row.mkString(" ").replace("null", "-")));
    return lines;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void everyImageIsThereOnceWithWhatWasSaidOfItAsItIsNow(int partitions) {
    Dataset<Row> scored =
        ScoredImages.join(
            images().repartition(partitions),
            Optional.of(splits().repartition(partitions)),
            predictions().repartition(partitions),
            MODEL);
    assertThat(lines(scored))
        .containsExactlyInAnyOrder(
            "m right dog test true dog 0.75 1 0.75",
            "m changed cat train false - - 0 -",
            "m unreadable cat - true - - 0 -",
            "m failed cat - true - - 0 -",
            // It failed, but not as the image is now: it has not been tried yet.
            "m readable since cat - false - - 0 -",
            "m unlabelled - - true cat 0.5 - -",
            "m of another class eel - true cat 1.0 - -",
            "m untried dog - false - - 1 -");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void everyImageIsThereOnceForEachModel(int partitions) {
    Map<String, List<String>> models =
        Map.of("m", List.of("cat", "dog"), "n", List.of("dog", "cat"));
    Dataset<Row> scored =
        ScoredImages.join(
            images().repartition(partitions), Optional.empty(), predictions(), models);
    assertThat(lines(scored))
        .hasSize(16)
        .contains(
            "m right dog - true dog 0.75 1 0.75",
            "n right dog - false - - 0 -",
            "m untried dog - false - - 1 -",
            "n untried dog - true dog 1.0 0 0.0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void columnsOfTheUsersMayHaveTheNamesOfThese(int partitions) {
    Dataset<Row> images =
        images()
            .repartition(partitions)
            .withColumn("predicted", col("id"))
            .withColumn("split", col("id"))
            .withColumn("tried", col("id"));
    Row row =
        ScoredImages.join(
                images, Optional.of(splits()), predictions(), MODEL, struct("*").as("image"))
            .where(col("id").equalTo("right"))
            .select("split", "predicted", "tried", "image.split", "image.predicted", "image.label")
            .first();
    assertThat(row.mkString(" ")).isEqualTo("test dog true right right dog");
  }
}
