package org.sparkvit.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.Workspace;

class TrainingRowsTest extends SparkTest {
  @TempDir static Path folder;

  private static Dataset<Row> images;
  private static Dataset<Row> splits;
  private static Dataset<Row> plan;

  @BeforeAll
  static void tables() throws Exception {
    TrainFixtures.workspace(spark, folder.resolve("files"), folder.resolve("w"), 1);
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    images = workspace.read(ImagesTable.SPEC);
    splits = workspace.read(SplitsTable.SPEC);
    plan = workspace.read(PlanTable.SPEC);
  }

  private static void assertRefused(
      Dataset<Row> someImages, Dataset<Row> someSplits, Dataset<Row> somePlan, String message) {
    assertThatThrownBy(() -> TrainingRows.of(someImages, someSplits, Optional.ofNullable(somePlan)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void joinsAndCounts() {
    TrainingRows rows = TrainingRows.of(images, splits, Optional.of(plan));
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

  @Test
  void leavesOutWhatThePlanDrops() {
    Dataset<Row> fewer =
        plan.withColumn(
            PlanTable.COPIES, when(col("label").equalTo("cold"), 0).otherwise(col("copies")));
    assertRefused(
        images, splits, fewer, "class 'cold' has 12 validation images but none to train on");
    Dataset<Row> half =
        plan.withColumn(
            PlanTable.COPIES,
            when(col("label").equalTo("cold").and(col("id").lt("8")), 0).otherwise(1));
    long dropped = half.where("copies = 0").count();
    assertThat(dropped).isBetween(1L, 36L);
    TrainingRows rows = TrainingRows.of(images, splits, Optional.of(half));
    assertThat(rows.images()).isEqualTo(65 - dropped);
    assertThat(rows.rows().count()).isEqualTo(65 - dropped);
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
    assertRefused(
        images,
        splits.where("not (split = 'validation' and label = 'warm')"),
        null,
        "none in the validation split");
    TrainingRows rows = TrainingRows.of(images, splits, Optional.of(plan));
    // 37 and 2 x 12 showings
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
        "class 'warm' has 4 validation images but none to train on");
  }

  @Test
  void refusesTablesThatDoNotBelongTogether() {
    assertRefused(images.where("label = 'cold'"), splits, null, "not in 'images'");
    assertRefused(
        images,
        splits,
        plan.where("label = 'cold'"),
        "12 train images of class 'warm' lack an entry");
    assertRefused(
        images,
        splits,
        plan.withColumn("label", lit("cold")),
        "12 images have another label there than 'warm'");
    assertRefused(
        images,
        splits.withColumn("split", when(col("id").lt("8"), "test").otherwise(col("split"))),
        plan,
        "of its images are not in the train split");
    assertRefused(images, splits, plan.withColumn("weight", lit(Double.NaN)), "column 'weight'");
    assertRefused(images, splits, plan.withColumn("copies", lit(-1)), "column 'copies'");
  }
}
