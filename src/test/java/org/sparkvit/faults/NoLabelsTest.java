package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.pipeline.balance.BalanceConfig;
import org.sparkvit.pipeline.balance.BalanceStage;
import org.sparkvit.pipeline.evaluate.EvaluateConfig;
import org.sparkvit.pipeline.evaluate.EvaluateStage;
import org.sparkvit.pipeline.split.SplitConfig;
import org.sparkvit.pipeline.split.SplitStage;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.RareClasses;

/** A catalog of images without any label: what needs labels says so, and what gives them. */
class NoLabelsTest extends SparkTest {
  @TempDir Path folder;

  @Test
  void everyStageThatNeedsLabelsSaysSoInsteadOfNamingAnotherStageThatCannotWork() {
    String workspace = folder.toString();
    TableWorkspace tables =
        TableWorkspace.at(spark, folder)
            .images(
                List.of(
                    new TableWorkspace.Image("a.jpg", null, "OK", "x"),
                    new TableWorkspace.Image("b.jpg", " ", "OK", "x"),
                    // What cannot be read has no use for its label.
                    new TableWorkspace.Image("c.jpg", "cat", "EMPTY", "x")));
    Map<String, ThrowingCallable> stages = new LinkedHashMap<>();
    stages.put(
        "split",
        () ->
            new SplitStage()
                .run(
                    spark,
                    Options.with(SplitConfig.class, "workspace", workspace),
                    Progress.SILENT));
    stages.put(
        "balance",
        () ->
            new BalanceStage()
                .run(
                    spark,
                    new BalanceConfig(
                        workspace,
                        false,
                        new BalancePolicy(
                            BalancePolicy.Sampling.NONE,
                            BigDecimal.ONE,
                            BalancePolicy.Weights.INVERSE,
                            0.9,
                            0)),
                    Progress.SILENT));
    stages.put(
        "train",
        () ->
            TrainingRows.read(
                tables.workspace(),
                tables.workspace().read(ImagesTable.SPEC),
                true,
                false,
                RareClasses.KEPT,
                RunRecord.start("train", Map.of())));
    stages.put(
        "evaluate",
        () ->
            new EvaluateStage()
                .run(
                    spark,
                    new EvaluateConfig(
                        workspace,
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        0,
                        0,
                        false,
                        MlflowOptions.DEFAULT),
                    Progress.SILENT));
    stages.forEach(
        (name, stage) ->
            assertThatThrownBy(stage)
                .as(name)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no readable image of the catalog has a label")
                .hasMessageContaining("'spark-vit score', then 'spark-vit relabel'"));
  }
}
