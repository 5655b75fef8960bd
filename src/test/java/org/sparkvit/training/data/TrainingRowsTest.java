package org.sparkvit.training.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.RareClasses.Rare;
import org.sparkvit.training.recipe.Recipe;

class TrainingRowsTest extends SparkTest {
  @TempDir static Path folder;

  private static Dataset<Row> images;
  private static Dataset<Row> splits;
  private static Dataset<Row> plan;

  @BeforeAll
  static void tables() throws Exception {
    TrainFixtures.workspace(spark, folder.resolve("w"), 1);
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    images = workspace.read(ImagesTable.SPEC);
    splits = workspace.read(SplitsTable.SPEC);
    plan = workspace.read(PlanTable.SPEC);
  }

  private static final BalancePolicy INVERSE =
      new BalancePolicy(
          BalancePolicy.Sampling.NONE, BigDecimal.ONE, BalancePolicy.Weights.INVERSE, 0.9999, 0);

  private static TrainingRows rows(
      Dataset<Row> someImages, Dataset<Row> someSplits, Dataset<Row> somePlan) {
    return TrainingRows.collect(
        someImages,
        someSplits,
        Optional.ofNullable(somePlan).map(p -> new TrainingRows.Plan(p, Optional.empty())),
        RareClasses.KEPT);
  }

  private static TrainingRows rare(Rare rare, int minClass) {
    return TrainingRows.collect(
        withRareClasses(), splits, Optional.empty(), new RareClasses(rare, minClass));
  }

  private static void assertRefused(
      Dataset<Row> someImages, Dataset<Row> someSplits, Dataset<Row> somePlan, String message) {
    assertThatThrownBy(() -> rows(someImages, someSplits, somePlan))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void joinsAndCounts() {
    TrainingRows rows = rows(images, splits, plan);
    assertThat(rows.notes()).isEmpty();
    assertThat(rows.labels().names()).containsExactly("cold", "warm");
    assertThat(rows.images()).isEqualTo(65);
    assertThat(rows.rows().count()).isEqualTo(65);
    assertThat(rows.countsToMap())
        .containsEntry("warm", Map.of("train", 12L, "used", 12L, "shown", 24L, "validation", 4L))
        .containsEntry("cold", Map.of("train", 37L, "used", 37L, "shown", 37L, "validation", 12L));
    assertThat(
            rows.rows()
                .where("split = 'train' and label = 'warm'")
                .first()
                .<Integer>getAs("copies"))
        .isEqualTo(2);
    assertThat(
            rows.rows().where("split = 'validation'").agg(Map.of("weight", "max")).first().get(0))
        .isEqualTo(1.0);
  }

  /** Ten train and two validation images of the class cold are warm now. */
  private static Dataset<Row> corrected() {
    Dataset<Row> cold = splits.where("label = 'cold'");
    List<Object> ids =
        Stream.concat(
                cold.where("split = 'train'").orderBy("id").limit(10).collectAsList().stream(),
                cold.where("split = 'validation'").orderBy("id").limit(2).collectAsList().stream())
            .map(row -> (Object) row.getString(0))
            .toList();
    return images.withColumn(
        "label", when(col("id").isin(ids.toArray()), "warm").otherwise(col("label")));
  }

  @Test
  void labelsThatWereCorrectedSinceTheSplitAreTheOnesLearnt() {
    TrainingRows rows = rows(corrected(), splits, null);
    assertThat(rows.countsToMap())
        .containsEntry("warm", Map.of("train", 22L, "used", 22L, "shown", 22L, "validation", 6L))
        .containsEntry("cold", Map.of("train", 27L, "used", 27L, "shown", 27L, "validation", 10L));
    assertThat(rows.rows().where("label = 'warm'").count()).isEqualTo(28);
    assertThat(rows.notes()).hasSize(1);
    assertThat(rows.notes().get(0))
        .startsWith("of the 65 images in the splits 12 have another label now")
        .contains("spark-vit split --overwrite");
  }

  @Test
  void aPlanOfOtherLabelsIsMadeAnewByItsPolicyAndSaid() {
    TrainingRows rows =
        TrainingRows.collect(
            corrected(),
            splits,
            Optional.of(new TrainingRows.Plan(plan, Optional.of(INVERSE))),
            RareClasses.KEPT);
    // 27 cold and 22 warm: weights in proportion to 1 / n that sum to 2
    assertThat(weights(rows))
        .containsExactly(entry("cold", 0.897959183673), entry("warm", 1.102040816327));
    assertThat(rows.notes().get(1))
        .contains("10 train images have another label there")
        .contains("weights=inverse")
        .contains("spark-vit balance --overwrite");
  }

  private static Row made(String id, String method, Row first, Row other) {
    return RowFactory.create(
        id,
        id,
        1L,
        "hash",
        first.getAs("label"),
        method,
        first.getAs("id"),
        other.getAs("id"),
        0.5,
        0L,
        new byte[32],
        100);
  }

  @Test
  void syntheticImagesWhoseParentsHaveAnotherClassNowAreLeftOutAndCounted() {
    List<Row> cold =
        splits.where("label = 'cold' and split = 'train'").orderBy("id").collectAsList();
    Row changed = cold.get(0);
    Row same = cold.get(20);
    Dataset<Row> synthetic =
        spark.createDataFrame(
            List.of(
                made("both same", "mixup", same, cold.get(21)),
                made("first changed", "mixup", changed, same),
                made("second changed", "cutmix", same, changed),
                made("both changed alike", "mixup", changed, cold.get(1)),
                made("look of changed", SyntheticTable.FOURIER, same, changed),
                made("changed, look of same", SyntheticTable.FOURIER, changed, same)),
            SyntheticTable.SPEC.schema());
    TrainingRows before = rows(images, splits, null).with(synthetic, splits);
    assertThat(before.notes()).isEmpty();
    assertThat(before.countsToMap().get("cold").toString()).contains("used=43", "shown=43");

    TrainingRows rows = rows(corrected(), splits, null).with(synthetic, splits);
    assertThat(
            rows.rows().where("offset = 0 and bytes = 1").select("id").collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactlyInAnyOrder("both same", "look of changed");
    assertThat(rows.countsToMap())
        .containsEntry("cold", Map.of("train", 27L, "used", 29L, "shown", 29L, "validation", 10L))
        .containsEntry("warm", Map.of("train", 22L, "used", 22L, "shown", 22L, "validation", 6L));
    assertThat(rows.notes().get(1))
        .startsWith("4 of 6 synthetic images are left out")
        .contains("spark-vit synthesize --overwrite");

    Row held = splits.where("label = 'cold' and split = 'validation'").first();
    Dataset<Row> leaking =
        spark.createDataFrame(
            List.of(made("of validation", "mixup", same, held)), SyntheticTable.SPEC.schema());
    assertThatThrownBy(() -> rows(images, splits, null).with(leaking, splits))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1 parents of images of the table 'synthetic' are not in");
  }

  private static Map<String, Double> weights(TrainingRows rows) {
    Map<String, Double> weights = new TreeMap<>();
    rows.rows()
        .where("split = 'train'")
        .select("label", "weight")
        .distinct()
        .collectAsList()
        .forEach(row -> assertThat(weights.put(row.getString(0), row.getDouble(1))).isNull());
    weights.replaceAll((label, weight) -> Math.round(weight * 1e12) / 1e12);
    return weights;
  }

  @Test
  void imagesThatAreGoneOrHaveNoLabelAnyMoreAreLeftOutAndCounted() {
    Dataset<Row> train = splits.where("split = 'train' and label = 'cold'").orderBy("id");
    Object gone = train.first().get(0);
    Object bare = train.limit(2).collectAsList().get(1).get(0);
    Dataset<Row> fewer =
        images
            .where(not(col("id").equalTo(gone)))
            .withColumn("label", when(not(col("id").equalTo(bare)), col("label")));
    TrainingRows rows = rows(fewer, splits, null);
    assertThat(rows.images()).isEqualTo(63);
    assertThat(rows.notes().get(0))
        .contains("1 have no label now and are left out, and 1 are no longer in the catalog");
    TrainingRows some = rows(images, splits.where(not(col("id").equalTo(gone))), null);
    assertThat(some.notes().get(0)).startsWith("1 labelled images are in no split");
    assertRefused(
        images.withColumn("label", lit(null).cast("string")),
        splits,
        null,
        "none of the 65 images in the splits has a label in the catalog now");
  }

  /** One train image is of a class of its own, odd, and one of validation of another, late. */
  private static Dataset<Row> withRareClasses() {
    Object odd = splits.where("split = 'train' and label = 'cold'").orderBy("id").first().get(0);
    Object late =
        splits.where("split = 'validation' and label = 'cold'").orderBy("id").first().get(0);
    return images.withColumn(
        "label",
        when(col("id").equalTo(odd), "odd")
            .when(col("id").equalTo(late), "late")
            .otherwise(col("label")));
  }

  @Test
  void aClassOfOneImageIsLearntWithoutAFigureAndOneThatCannotBeLearntIsLeftOut() {
    TrainingRows rows = rare(Rare.KEEP, 1);
    assertThat(rows.labels().names()).containsExactly("cold", "odd", "warm");
    assertThat(rows.images()).isEqualTo(64);
    assertThat(rows.rows().where("label = 'late'").count()).isZero();
    assertThat(rows.notes())
        .anyMatch(note -> note.contains("left out") && note.contains("late (0 train, 1 valid"))
        .anyMatch(
            note ->
                note.contains("without an image in the validation split, so that split has no"));
    // Its figures would say nothing of a class that validation does not have.
    assertThat(rows.labels().name(rows.rarestClass())).isEqualTo("warm");
  }

  @Test
  void rareClassesAreDroppedOrRefusedWhenAsked() {
    assertThat(rare(Rare.DROP, 1).labels().names()).containsExactly("cold", "warm");
    assertThat(rare(Rare.DROP, 1).images()).isEqualTo(63);
    assertThatThrownBy(() -> rare(Rare.DROP, 17))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("of 4 classes only 'cold' can be learnt")
        .hasMessageContaining("warm (12 train, 4 validation)");
    assertThatThrownBy(() -> rare(Rare.ERROR, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2 classes are rare: late (0 train, 1 validation), odd (1 train");
    assertThatThrownBy(() -> new RareClasses(Rare.KEEP, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--rare drop");
    assertThatThrownBy(() -> Options.check(new RareClasses(Rare.DROP, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--min-class is 0");
  }

  @Test
  void oneImageOfEachClassIsNothingToValidateWith() {
    Dataset<Row> one = images.withColumn("label", col("id"));
    assertRefused(
        one,
        splits.withColumn("split", lit("train")),
        null,
        "every class has one image only, which is needed to train on");
  }

  private static Recipe withBatches(int size) {
    Recipe recipe = TrainFixtures.recipe(1, 1e-3, 0);
    return new Recipe(
        recipe.epochs(),
        size,
        1,
        recipe.schedule(),
        recipe.freezing(),
        recipe.regularization(),
        recipe.loss(),
        recipe.augmentation(),
        recipe.selection(),
        recipe.recompute(),
        recipe.seed());
  }

  @Test
  void refusesWhatCannotBeTrainedOn() {
    TrainingRows rows = rows(images, splits, plan);
    // 37 and 2 x 12 samples
    rows.requireFills(withBatches(61));
    assertThatThrownBy(() -> rows.requireFills(withBatches(62)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a step takes 62 images")
        .hasMessageContaining("61");
    assertRefused(images, splits.where("split = 'train'"), null, "the validation split is empty");
    assertRefused(images, splits.where("split <> 'train'"), null, "the train split is empty");
    assertRefused(images, splits.where("label = 'cold'"), null, "all images have the class 'cold'");
    assertRefused(
        images,
        splits.where("split = 'validation' or label = 'cold'"),
        null,
        "of 2 classes only 'cold' can be learnt");
  }

  @Test
  void refusesTablesThatDoNotBelongTogether() {
    assertRefused(
        images, splits, plan.where("label = 'cold'"), "12 train images lack an entry in it");
    assertRefused(
        images,
        splits,
        plan.withColumn("label", lit("cold")),
        "12 train images have another label there");
    assertRefused(
        images,
        splits.withColumn("split", when(col("id").lt("8"), "test").otherwise(col("split"))),
        plan,
        "of its images are not trained on now");
    assertRefused(images, splits, plan.withColumn("weight", lit(Double.NaN)), "column 'weight'");
    assertRefused(images, splits, plan.withColumn("copies", lit(-1)), "column 'copies'");
  }
}
