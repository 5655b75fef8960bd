package org.sparkvit.pipeline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;

class DistributedTrainingTest extends SparkTest {
  @TempDir Path folder;

  private static TrainConfig config(
      Path workspace, String name, Diloco diloco, TrainRunOptions trainRunOptions) {
    return config(workspace, name, diloco, trainRunOptions, TrainFixtures.recipe(6, 3e-3, 0.1));
  }

  private static TrainConfig config(
      Path workspace, String name, Diloco diloco, TrainRunOptions trainRunOptions, Recipe recipe) {
    return new TrainConfig(
        workspace.toString(),
        name,
        false,
        true,
        false,
        RareClasses.KEPT,
        TrainFixtures.scratch(),
        RecipeOptions.of(recipe),
        diloco,
        "cpu",
        "fp32",
        1,
        Optional.empty(),
        trainRunOptions,
        CardFields.INHERITED);
  }

  private JsonNode train(TrainConfig config, Progress progress) throws Exception {
    new TrainStage().run(spark, config, progress);
    Path file =
        TestModels.current(Path.of(config.workspace()), config.name()).resolve(TrainedModel.RECORD);
    return Json.read(file.toString(), Files.readString(file));
  }

  private static String hash(JsonNode record) {
    return record.path("results").path("model_hash").asText();
  }

  /** Ends the training after the second round. */
  public static final class AfterTwoRounds implements TrainingListener {
    @Override
    public void stepEnds(TrainingRun trainingRun, Step step) {
      if (step.number() == 2) {
        trainingRun.interrupt();
      }
    }
  }

  @Test
  void workersLearnTogetherTheSameWayEveryTime() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 3);
    Diloco two = new Diloco(2, 2, 0.7, 0.9);
    List<String> lines = new ArrayList<>();
    JsonNode first = train(config(workspace, "first", two, TrainRunOptions.DEFAULT), lines::add);
    assertThat(first.path("results").path("best_value").asDouble()).isEqualTo(1.0);
    // 60 samples in rounds of 2 workers x 2 steps x 8 images
    assertThat(first.path("history").get(0).path("steps").asInt()).isEqualTo(2);
    assertThat(lines).anyMatch(line -> line.contains("train images cannot be read"));
    assertThat(lines).anyMatch(line -> line.contains("MB a round"));

    JsonNode second =
        train(config(workspace, "second", two, TrainRunOptions.DEFAULT), Progress.SILENT);
    assertThat(hash(second)).isEqualTo(hash(first));

    TrainRunOptions interrupted =
        new TrainRunOptions(
            false, false, 0, 1, List.of(AfterTwoRounds.class.getName()), MlflowOptions.DEFAULT);
    TrainConfig third = config(workspace, "third", two, interrupted);
    assertThatThrownBy(() -> new TrainStage().run(spark, third, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--resume");
    assertThat(workspace.resolve("training/third/last-2")).isDirectory();
    JsonNode resumed =
        train(
            config(
                workspace,
                "third",
                two,
                new TrainRunOptions(false, true, 0, 1, List.of(), MlflowOptions.DEFAULT)),
            Progress.SILENT);
    assertThat(hash(resumed)).isEqualTo(hash(first));
    assertThat(workspace.resolve("training/third")).doesNotExist();

    JsonNode four =
        train(
            config(workspace, "four", new Diloco(4, 1, 1, 0), TrainRunOptions.DEFAULT),
            Progress.SILENT);
    assertThat(hash(four)).isNotEqualTo(hash(first));
    assertThat(four.path("history").get(5).path("train_loss").asDouble())
        .isLessThan(four.path("history").get(0).path("train_loss").asDouble());
  }

  @Test
  void whatCannotBeIsSaid() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    TrainConfig many =
        config(workspace, "many", new Diloco(500, 2, 0.7, 0.9), TrainRunOptions.DEFAULT);
    assertThatThrownBy(() -> new TrainStage().run(spark, many, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--workers is 500")
        .hasMessageContaining("use fewer");
    assertThatThrownBy(() -> Options.check(new Diloco(2, 0, 0.7, 0.9)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--inner-steps is 0");
    assertThatThrownBy(() -> Options.check(new Diloco(2, 1, 0.7, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--outer-momentum is 1");
  }
}
