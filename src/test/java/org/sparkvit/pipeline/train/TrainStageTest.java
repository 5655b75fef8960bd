package org.sparkvit.pipeline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.tracking.FakeMlflow;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;
import org.sparkvit.training.output.ModelDestination;
import org.sparkvit.training.output.TrainedModel;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.InitializationOptions;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.RecipeOptions;

class TrainStageTest extends SparkTest {
  @TempDir Path folder;

  private JsonNode train(TrainConfig config, Progress progress) throws Exception {
    new TrainStage().run(spark, config, progress);
    Path file =
        TestModels.current(Path.of(config.workspace()), config.name()).resolve(TrainedModel.RECORD);
    return Json.read(file.toString(), Files.readString(file));
  }

  private TrainConfig config(Path workspace) throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    return config(workspace, TrainFixtures.options(6, 3e-3, 0.1), cache);
  }

  @Test
  void trainsFromTablesToAModelDirectory() throws Exception {
    Path workspace = folder.resolve("w1");
    TrainFixtures.workspace(spark, workspace, 1);
    TrainConfig config = config(workspace);
    List<String> lines = new ArrayList<>();
    JsonNode record = train(config, lines::add);

    assertThat(record.path("results").path("best_value").asDouble()).isEqualTo(1.0);
    assertThat(record.path("results").path("unreadable").asInt()).isEqualTo(1);
    assertThat(record.path("results").path("rarest_class").asText()).isEqualTo("warm");
    assertThat(record.path("results").path("label_counts").path("warm").path("shown").asInt())
        .isEqualTo(24);
    assertThat(record.path("inputs").path("plan").asText()).isEqualTo("plan@0");
    assertThat(record.path("history").size()).isEqualTo(6);
    // 36 cold and 2 x 12 warm in batches of 8
    assertThat(record.path("history").get(0).path("steps").asInt()).isEqualTo(8);
    assertThat(lines).anyMatch(line -> line.contains("1 of 65 images cannot be read"));
    assertThat(folder.resolve("cache")).isEmptyDirectory();

    Path model = TestModels.current(workspace, "vit");
    assertThat(ModelDirectory.hash(model))
        .isEqualTo(record.path("results").path("model_hash").asText());
    Checkpoint checkpoint = ModelDirectory.read(model);
    assertThat(checkpoint.config().labels()).containsExactly("cold", "warm");

    assertThatThrownBy(() -> new TrainStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");

    TrainConfig tuned = fineTuned(config);
    JsonNode second = train(tuned, Progress.SILENT);
    // It begins where the first one ended, so one epoch at a tiny rate is as good.
    assertThat(second.path("results").path("best_value").asDouble()).isEqualTo(1.0);
    assertThat(second.path("inputs").path("model_hash").asText())
        .isEqualTo(record.path("results").path("model_hash").asText());
    assertThat(second.path("inputs").has("plan")).isFalse();
    assertThat(second.path("history").get(0).path("train_loss").asDouble())
        .isLessThan(record.path("history").get(0).path("train_loss").asDouble() / 2);

    Path other = folder.resolve("w3");
    TrainFixtures.workspace(spark, other, 3);
    JsonNode again = train(config(other), Progress.SILENT);
    assertThat(again.path("results").path("model_hash"))
        .isEqualTo(record.path("results").path("model_hash"));
    for (int epoch = 0; epoch < 6; epoch++) {
      for (String key : List.of("train_loss", "learning_rate", "validation")) {
        assertThat(again.path("history").get(epoch).get(key))
            .isEqualTo(record.path("history").get(epoch).get(key));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "deit-headless, deit",
    "deit-distilled, deit",
    "dinov2-headless, dinov2",
    "dinov2-gated, dinov2",
    "timm-vit, vit"
  })
  void everyFamilyIsFineTunedAndStaysWhatItIs(String name, String modelType) throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    TrainConfig scratch = config(workspace);
    Path start = Path.of("src/test/resources/vit/families", name).toAbsolutePath();
    JsonNode record =
        train(
            new TrainConfig(
                scratch.workspace(),
                "tuned",
                false,
                true,
                false,
                RareClasses.KEPT,
                from(start.toString()),
                TrainFixtures.options(4, 3e-3, 0.1),
                Diloco.NONE,
                "cpu",
                "fp32",
                1,
                Optional.empty(),
                TrainRunOptions.DEFAULT,
                CardFields.INHERITED),
            Progress.SILENT);
    assertThat(record.path("history").get(3).path("train_loss").asDouble())
        .isLessThan(record.path("history").get(0).path("train_loss").asDouble());
    assertThat(record.path("results").path("best_value").asDouble()).isGreaterThan(0.9);
    ViTConfig tuned = ModelDirectory.read(TestModels.current(workspace, "tuned")).config();
    assertThat(tuned.family().modelType()).isEqualTo(modelType);
    assertThat(tuned.labels()).containsExactly("cold", "warm");
  }

  private static InitializationOptions from(String model) {
    return Options.with(InitializationOptions.class, "from", model);
  }

  private static TrainConfig fineTuned(TrainConfig config) {
    return new TrainConfig(
        config.workspace(),
        "tuned",
        false,
        false,
        false,
        RareClasses.KEPT,
        from("vit"),
        TrainFixtures.options(1, 1e-5, 0),
        Diloco.NONE,
        "cpu",
        "fp32",
        1,
        Optional.empty(),
        TrainRunOptions.DEFAULT,
        CardFields.INHERITED);
  }

  /** Ends the training after ten steps, as Ctrl-C does. */
  public static final class AfterTenSteps implements TrainingListener {
    @Override
    public void stepEnds(TrainingRun trainingRun, Step step) {
      if (step.number() == 10) {
        trainingRun.interrupt();
      }
    }
  }

  @Test
  void anInterruptedTrainingIsTakenUp() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    TrainConfig config = config(workspace);
    JsonNode straight = train(config, Progress.SILENT);

    String listener = AfterTenSteps.class.getName();
    TrainConfig other =
        named(
            config,
            "other",
            new TrainRunOptions(false, false, 3, 1, List.of(listener), MlflowOptions.DEFAULT));
    List<String> lines = new ArrayList<>();
    assertThatThrownBy(() -> new TrainStage().run(spark, other, lines::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--resume");
    Path states = workspace.resolve("training/other");
    assertThat(lines).anyMatch(line -> line.contains("interrupted after step 10"));
    try (Stream<Path> files = Files.list(states)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(n -> !n.startsWith(".")))
          .containsExactlyInAnyOrder("last-10", "best-1", "metrics.jsonl", "contact-sheet.png");
    }
    assertThat(workspace.resolve("models/other")).doesNotExist();

    TrainConfig forgetful = named(config, "other", TrainRunOptions.DEFAULT);
    assertThatThrownBy(() -> new TrainStage().run(spark, forgetful, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("was interrupted; pass --resume");

    JsonNode resumed =
        train(
            named(
                config,
                "other",
                new TrainRunOptions(false, true, 0, 1, List.of(), MlflowOptions.DEFAULT)),
            lines::add);
    assertThat(lines).anyMatch(line -> line.contains("going on with the training"));
    assertThat(resumed.path("results").path("model_hash"))
        .isEqualTo(straight.path("results").path("model_hash"));
    assertThat(states).doesNotExist();
    Path model = TestModels.current(workspace, "other");
    List<String> metrics = Files.readAllLines(model.resolve("metrics.jsonl"));
    List<Integer> steps = new ArrayList<>();
    int epochs = 0;
    for (String line : metrics) {
      JsonNode entry = Json.read("line", line);
      if (entry.path("event").asText().equals("step")) {
        steps.add(entry.path("step").asInt());
      } else {
        epochs++;
      }
    }
    assertThat(epochs).isEqualTo(6);
    assertThat(steps).isEqualTo(IntStream.rangeClosed(1, 48).boxed().toList());

    JsonNode state = Json.read("state", Files.readString(model.resolve("trainer_state.json")));
    assertThat(state.path("global_step").asInt()).isEqualTo(48);
    assertThat(state.path("log_history").size()).isEqualTo(12);
    JsonNode all = Json.read("all", Files.readString(model.resolve("all_results.json")));
    assertThat(all.path("eval_accuracy").asDouble()).isEqualTo(1.0);
    assertThat(Files.readString(model.resolve("README.md")))
        .contains("library_name: transformers", "| recall of warm | 1.0000 |", "| --seed | 5 |");
  }

  @Test
  void aTrainingIsLoggedToMlflowWithItsModel() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    try (FakeMlflow server = new FakeMlflow()) {
      MlflowOptions mlflow = new MlflowOptions(Optional.of(server.uri()), Optional.of("mine"));
      TrainConfig ten =
          named(
              config(workspace),
              "logged",
              new TrainRunOptions(
                  false, false, 3, 5, List.of(AfterTenSteps.class.getName()), mlflow));
      assertThatThrownBy(() -> new TrainStage().run(spark, ten, Progress.SILENT))
          .hasMessageContaining("--resume");
      TrainConfig rest =
          named(ten, "logged", new TrainRunOptions(false, true, 0, 5, List.of(), mlflow));
      new TrainStage().run(spark, rest, Progress.SILENT);

      assertThat(server.experiments()).containsOnlyKeys("mine");
      assertThat(server.runs().stream().map(run -> run.status))
          .containsExactly("KILLED", "FINISHED");
      FakeMlflow.RunOfFake run = server.runs().get(1);
      assertThat(run.name).isEqualTo("train logged");
      assertThat(run.params)
          .containsEntry("epochs", "6")
          .containsKeys("input.images", "input.splits", "model_hash", "learning-rate");
      // The epoch before the interruption is there as well.
      assertThat(run.metrics.get("train/epoch"))
          .containsExactly("1.0@8", "2.0@16", "3.0@24", "4.0@32", "5.0@40", "6.0@48");
      // Steps 15 to 45; the first ten are with the run that was interrupted.
      assertThat(run.metrics.get("train/loss")).hasSize(7);
      assertThat(server.runs().get(0).metrics.get("train/loss")).hasSize(2);
      assertThat(run.metrics)
          .containsKeys(
              "train/learning_rate", "validation/log_loss", "validation/recall/warm", "best/mcc");
      assertThat(server.files().keySet())
          .anyMatch(file -> file.endsWith("/artifacts/model/model.safetensors"))
          .anyMatch(file -> file.endsWith("/artifacts/model/config.json"));

      server.refusing(request -> 403);
      assertThatThrownBy(
              () ->
                  new TrainStage()
                      .run(spark, named(ten, "new", rest.trainRunOptions()), Progress.SILENT))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("HTTP 403");
      assertThat(workspace.resolve("models/new")).doesNotExist();
    }
  }

  @Test
  void aTrainingGoesOnFromTheVersionThatItBeganWith() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    Workspace tables = Workspace.at(spark, workspace.toString());
    for (long seed = 1; seed <= 2; seed++) {
      Path model = folder.resolve("model-" + seed);
      ModelDirectory.write(
          model,
          Checkpoint.random(
              TrainFixtures.tinyViT().withLabels(List.of("cold", "warm")),
              PreprocessorConfig.squash(TrainFixtures.tinyViT().imageSize()),
              seed));
      ModelDestination.at(spark, tables.model("vit"), true)
          .publish(model, "2026110" + seed + "T080000000Z-0a1b2c3d");
    }
    TrainRunOptions ten =
        new TrainRunOptions(
            false, false, 3, 1, List.of(AfterTenSteps.class.getName()), MlflowOptions.DEFAULT);
    TrainConfig config = from("vit", config(workspace), ten);
    assertThatThrownBy(() -> new TrainStage().run(spark, config, Progress.SILENT))
        .hasMessageContaining("--resume");
    tables.modelVersions("vit").rollBack();
    TrainRunOptions resume =
        new TrainRunOptions(false, true, 0, 1, List.of(), MlflowOptions.DEFAULT);
    TrainConfig other = from("vit", config(workspace), resume);
    assertThatThrownBy(() -> new TrainStage().run(spark, other, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "--from was vit@20261102T080000000Z-0a1b2c3d and is vit@20261101T080000000Z-0a1b2c3d");
    JsonNode record =
        train(from("vit@20261102T080000000Z-0a1b2c3d", config(workspace), resume), Progress.SILENT);
    assertThat(record.path("inputs").path("model").asText())
        .endsWith("models/vit/versions/20261102T080000000Z-0a1b2c3d");
  }

  private static TrainConfig from(
      String model, TrainConfig config, TrainRunOptions trainRunOptions) {
    return new TrainConfig(
        config.workspace(),
        "tuned",
        false,
        config.usePlan(),
        config.useSynthetic(),
        config.rare(),
        from(model),
        config.recipe(),
        config.diloco(),
        config.device(),
        config.precision(),
        config.decodeThreads(),
        config.cacheFolder(),
        trainRunOptions,
        config.card());
  }

  private static TrainConfig named(
      TrainConfig config, String name, TrainRunOptions trainRunOptions) {
    return new TrainConfig(
        config.workspace(),
        name,
        false,
        config.usePlan(),
        config.useSynthetic(),
        config.rare(),
        config.initialization(),
        config.recipe(),
        config.diloco(),
        config.device(),
        config.precision(),
        config.decodeThreads(),
        config.cacheFolder(),
        trainRunOptions,
        config.card());
  }

  @Test
  void saysWhichCheckpointIsMissing() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    TrainConfig config = fineTuned(config(workspace));
    assertThatThrownBy(() -> new TrainStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is no model 'vit'");
    assertThat(workspace.resolve("models/tuned")).doesNotExist();
  }

  private static TrainConfig config(Path workspace, RecipeOptions recipe, Path cacheFolder) {
    return new TrainConfig(
        workspace.toString(),
        "vit",
        false,
        true,
        false,
        RareClasses.KEPT,
        TrainFixtures.scratch(),
        recipe,
        Diloco.NONE,
        "cpu",
        "fp32",
        2,
        Optional.of(cacheFolder),
        TrainRunOptions.DEFAULT,
        CardFields.INHERITED);
  }
}
