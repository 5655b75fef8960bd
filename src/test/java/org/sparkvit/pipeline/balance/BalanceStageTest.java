package org.sparkvit.pipeline.balance;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.ImageRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.BalancePolicy.Sampling;
import org.sparkvit.training.recipe.BalancePolicy.Weights;

class BalanceStageTest extends SparkTest {
  @TempDir Path folder;

  @Test
  void overSamplingShowsSmallClassesAsOftenAsTheLargest() {
    Dataset<Row> plan = plan(splits(100, 30), config(Sampling.OVERSAMPLE, Weights.NONE, 0));

    assertThat(copies(plan)).isEqualTo(Map.of("rare x3", 20L, "rare x4", 10L, "often x1", 100L));
    assertThat(plan.filter("weight != 1").count()).isZero();
  }

  @Test
  void underSamplingLeavesOutPartOfTheLargeClasses() {
    BalanceConfig config = config(Sampling.UNDERSAMPLE, Weights.NONE, 0);
    Dataset<Row> plan = plan(splits(100, 30), config);

    assertThat(copies(plan)).isEqualTo(Map.of("rare x1", 30L, "often x1", 30L, "often x0", 70L));
  }

  @Test
  void isTheSameForAnyPartitioningAndOtherForAnotherSeed() {
    for (Sampling sampling : new Sampling[] {Sampling.OVERSAMPLE, Sampling.UNDERSAMPLE}) {
      List<Row> one = sorted(splits(500, 120).repartition(1), config(sampling, Weights.INVERSE, 0));

      assertThat(sorted(splits(500, 120).repartition(3), config(sampling, Weights.INVERSE, 0)))
          .isEqualTo(one);
      assertThat(sorted(splits(500, 120).repartition(7), config(sampling, Weights.INVERSE, 0)))
          .isEqualTo(one);
      assertThat(sorted(splits(500, 120), config(sampling, Weights.INVERSE, 1))).isNotEqualTo(one);
    }
  }

  @Test
  void writesPlanAndReport() {
    workspace().replace(SplitsTable.SPEC, splits(90, 10), RunRecord.start("split", Map.of()));
    workspace().replace(ImagesTable.SPEC, images(90, 10), RunRecord.start("catalog", Map.of()));
    BalanceConfig config = config(Sampling.NONE, Weights.INVERSE, 0);
    List<String> lines = new ArrayList<>();

    new BalanceStage().run(spark, config, lines::add);

    Dataset<Row> plan = workspace().read(PlanTable.SPEC);
    assertThat(plan.count()).isEqualTo(100);
    assertThat(plan.filter("copies != 1").count()).isZero();
    List<Row> report = workspace().read(BalanceTable.SPEC).orderBy("label").collectAsList();
    assertThat(report.get(0)).isEqualTo(RowFactory.create("often", 90L, 90L, 90 * 0.2));
    assertThat(report.get(1).getLong(1)).isEqualTo(10);
    assertThat(report.get(1).getDouble(3)).isCloseTo(18, within(1e-9));
    assertThat(lines)
        .anyMatch(line -> line.matches("rare +10 +10 +1.8000 +18.0"))
        .anyMatch(line -> line.matches("smallest : largest +0.1111 +0.1111 +1.0000"))
        .anyMatch(line -> line.matches("entropy, bits +0.4690 +0.4690 +1.0000"));

    assertThatThrownBy(() -> new BalanceStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'plan' exists already");
  }

  @Test
  void needsTwoClassesToTrainOn() {
    BalanceConfig config = config(Sampling.NONE, Weights.NONE, 0);
    assertThatThrownBy(() -> plan(splits(10, 0), config))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("only")
        .hasMessageContaining("often");
    assertThatThrownBy(() -> plan(splits(0, 0), config))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no image");
    assertThatThrownBy(() -> new BalanceStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no table 'images'");
  }

  /** The images of {@link #splits}. */
  private static Dataset<Row> images(int often, int rare) {
    ImageRows images = new ImageRows();
    for (String label : List.of("often", "rare")) {
      for (String split : SplitsTable.NAMES) {
        int count = !split.equals(SplitsTable.TRAIN) ? 5 : label.equals("often") ? often : rare;
        for (int i = 0; i < count; i++) {
          images.add(label + split + i, label, null, null, label + split + i);
        }
      }
    }
    return images.dataset(spark);
  }

  @Test
  void labelsThatWereCorrectedSinceTheSplitAreTheOnesPlanned() {
    workspace().replace(SplitsTable.SPEC, splits(60, 40), RunRecord.start("split", Map.of()));
    Dataset<Row> corrected =
        images(60, 40)
            .withColumn(
                "label",
                when(col("path").rlike("raretrain1[0-9]$"), "often").otherwise(col("label")));
    workspace().replace(ImagesTable.SPEC, corrected, RunRecord.start("catalog", Map.of()));
    List<String> lines = new ArrayList<>();

    new BalanceStage().run(spark, config(Sampling.NONE, Weights.INVERSE, 0), lines::add);

    List<Row> report = workspace().read(BalanceTable.SPEC).orderBy("label").collectAsList();
    assertThat(report.get(0).getLong(1)).isEqualTo(70);
    assertThat(report.get(1).getLong(1)).isEqualTo(30);
    assertThat(workspace().read(PlanTable.SPEC).where("label = 'rare'").count()).isEqualTo(30);
    assertThat(lines.get(0))
        .contains("of the 120 images in the splits 10 have another label now")
        .contains("spark-vit split --overwrite");
  }

  @Test
  void aClassOfOneImageThatIsShownHundredsOfTimesIsNamed() {
    workspace().replace(SplitsTable.SPEC, splits(900, 1), RunRecord.start("split", Map.of()));
    workspace().replace(ImagesTable.SPEC, images(900, 1), RunRecord.start("catalog", Map.of()));
    List<String> lines = new ArrayList<>();

    new BalanceStage().run(spark, config(Sampling.OVERSAMPLE, Weights.NONE, 0), lines::add);

    assertThat(lines).anyMatch(line -> line.contains("of 'rare' 900 times (1 images)"));
  }

  private Workspace workspace() {
    return Workspace.at(spark, folder.toUri().toString());
  }

  private BalanceConfig config(Sampling sampling, Weights weights, long seed) {
    return new BalanceConfig(
        folder.toUri().toString(),
        false,
        new BalancePolicy(sampling, BigDecimal.ONE, weights, 0.9999, seed));
  }

  private static Dataset<Row> plan(Dataset<Row> splits, BalanceConfig config) {
    Dataset<Row> train = splits.where("split = 'train'");
    return config.policy().plan(train, config.policy().classes(train));
  }

  private static List<Row> sorted(Dataset<Row> splits, BalanceConfig config) {
    return plan(splits, config).orderBy("id").collectAsList();
  }

  /** Train images as given, and 5 of each class in validation and test, which must not count. */
  private static Dataset<Row> splits(int often, int rare) {
    List<Row> rows = new ArrayList<>();
    add(rows, often, "often", SplitsTable.TRAIN);
    add(rows, rare, "rare", SplitsTable.TRAIN);
    for (String label : List.of("often", "rare")) {
      add(rows, 5, label, SplitsTable.VALIDATION);
      add(rows, 5, label, SplitsTable.TEST);
    }
    return spark.createDataFrame(rows, SplitsTable.SPEC.schema());
  }

  private static void add(List<Row> rows, int count, String label, String split) {
    for (int i = 0; i < count; i++) {
      rows.add(RowFactory.create(StableHash.id(label + split + i), label, split, null));
    }
  }

  private static Map<String, Long> copies(Dataset<Row> plan) {
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : plan.groupBy("label", "copies").count().collectAsList()) {
      counts.put(row.getString(0) + " x" + row.getInt(1), row.getLong(2));
    }
    return counts;
  }
}
