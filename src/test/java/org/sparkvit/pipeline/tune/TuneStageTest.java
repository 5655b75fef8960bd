package org.sparkvit.pipeline.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.tracking.FakeMlflow;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.recipe.RareClasses;

class TuneStageTest extends SparkTest {
  @TempDir Path folder;

  private Path space(String line) {
    try {
      return Files.writeString(Files.createTempFile(folder, "space", ".properties"), line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TuneConfig config(
      Path workspace, String name, boolean resume, String rates, int trials, int pruneAfter) {
    return config(workspace, name, resume, false, "learning-rate = " + rates, trials, pruneAfter);
  }

  private TuneConfig config(
      Path workspace,
      String name,
      boolean resume,
      boolean synthetic,
      String line,
      int trials,
      int pruneAfter) {
    return config(
        workspace, name, resume, synthetic, line, trials, pruneAfter, MlflowOptions.DEFAULT);
  }

  private TuneConfig config(
      Path workspace,
      String name,
      boolean resume,
      boolean synthetic,
      String line,
      int trials,
      int pruneAfter,
      MlflowOptions mlflow) {
    return new TuneConfig(
        workspace.toString(),
        name,
        false,
        resume,
        true,
        synthetic,
        RareClasses.KEPT,
        TrainFixtures.scratch(),
        space(line),
        TuneConfig.Method.RANDOM,
        3,
        trials,
        pruneAfter == 0 ? 2 : 1,
        0,
        pruneAfter,
        2,
        1,
        "cpu",
        "fp32",
        1,
        TrainFixtures.options(4, 1e-3, 0.1),
        mlflow);
  }

  private static List<JsonNode> events(Path workspace, String name) throws Exception {
    Path file = workspace.resolve("studies").resolve(name).resolve("study.jsonl");
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      events.add(Json.read(file.toString(), line));
    }
    return events;
  }

  /** Values and outcome by trial. */
  private static Map<Integer, String> outcomes(Path workspace, String name) throws Exception {
    Map<Integer, String> outcomes = new TreeMap<>();
    for (JsonNode event : events(workspace, name)) {
      String kind = event.path("event").asText();
      if (kind.equals("begin")) {
        outcomes.put(event.path("trial").asInt(), event.path("values").toString());
      } else if (kind.equals("end")) {
        outcomes.merge(
            event.path("trial").asInt(),
            " " + event.path("state").asText() + " " + event.path("history"),
            String::concat);
      }
    }
    return outcomes;
  }

  @Test
  void trialsAreRunsOfMlflowBelowTheStudy() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 1);
    try (FakeMlflow server = new FakeMlflow()) {
      TuneConfig config =
          config(
              workspace,
              "s",
              false,
              false,
              "learning-rate = log-float 1e-4 1e-2",
              2,
              0,
              new MlflowOptions(Optional.of(server.uri()), Optional.empty()));
      new TuneStage().run(spark, config, Progress.SILENT);
      assertThat(server.runs()).hasSize(3).allMatch(run -> run.status.equals("FINISHED"));
      FakeMlflow.RunOfFake study = server.runs().get(0);
      assertThat(study.name).isEqualTo("tune s");
      assertThat(study.metrics.keySet()).anyMatch(name -> name.startsWith("best/"));
      for (FakeMlflow.RunOfFake trial : server.runs().subList(1, 3)) {
        assertThat(trial.tags)
            .containsEntry("mlflow.parentRunId", "run1")
            .containsEntry("spark-vit.state", "complete");
        assertThat(trial.params).containsOnlyKeys("learning-rate");
        assertThat(trial.metrics.get("train/epoch")).hasSize(4);
      }
    }
  }

  @Test
  void findsTheBestAndWritesItForTrain() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 2);
    List<String> lines = new ArrayList<>();
    TuneConfig config = config(workspace, "s", false, "log-float 1e-7 1e-2", 5, 0);
    new TuneStage().run(spark, config, lines::add);
    Path study = workspace.resolve("studies/s");
    JsonNode summary =
        Json.read("summary", Files.readString(study.resolve("summary.json"))).path("results");
    assertThat(summary.path("trials").path("complete").asInt()).isEqualTo(5);
    double best = summary.path("best_value").asDouble();
    Map<Integer, String> outcomes = outcomes(workspace, "s");
    assertThat(outcomes).hasSize(5);
    for (JsonNode event : events(workspace, "s")) {
      if (event.path("event").asText().equals("end")) {
        assertThat(event.path("value").asDouble()).isLessThanOrEqualTo(best);
        assertThat(event.path("history")).hasSize(4);
      }
    }
    String rate = summary.path("best_values").path("learning-rate").asText();
    assertThat(Files.readString(study.resolve("best.properties")))
        .contains("learning-rate = " + rate + "\n")
        .contains("epochs = 4\n")
        .contains("hidden-size = 32\n")
        .contains("precision = fp32\n");
    assertThat(lines.get(lines.size() - 1)).contains("train --config " + study);
    // Nothing is left of the trials but what is said of them.
    try (var files = Files.list(study)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.startsWith("."))
          .containsExactlyInAnyOrder("study.jsonl", "summary.json", "best.properties");
    }

    assertThatThrownBy(() -> new TuneStage().run(spark, config, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--resume");
    TuneConfig other = config(workspace, "s", true, "log-float 1e-7 1e-1", 6, 0);
    assertThatThrownBy(() -> new TuneStage().run(spark, other, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("log-float 1.0E-7 0.01");
    // More trials of the same study.
    new TuneStage()
        .run(spark, config(workspace, "s", true, "log-float 1e-7 1e-2", 6, 0), Progress.SILENT);
    Map<Integer, String> more = outcomes(workspace, "s");
    assertThat(more).hasSize(6).containsAllEntriesOf(outcomes);
  }

  @Test
  void aKilledStudyGoesOnWhereItWas() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 2);
    TuneConfig config = config(workspace, "whole", false, "log-float 1e-9 1e-2", 5, 1);
    new TuneStage().run(spark, config, Progress.SILENT);
    Map<Integer, String> outcomes = outcomes(workspace, "whole");
    assertThat(outcomes.values()).anyMatch(outcome -> outcome.contains("pruned"));
    assertThat(outcomes.values()).anyMatch(outcome -> outcome.contains("complete"));

    // As a process that is killed leaves it: some lines, and a trial that is not at its end.
    List<String> lines = Files.readAllLines(workspace.resolve("studies/whole/study.jsonl"));
    int report = 0;
    while (!lines.get(report).contains("\"report\",")
        || !lines.get(report).contains("\"trial\":1")) {
      report++;
    }
    Path cut = Files.createDirectories(workspace.resolve("studies/cut"));
    Files.write(cut.resolve("study.jsonl"), lines.subList(0, report + 1));
    new TuneStage()
        .run(spark, config(workspace, "cut", true, "log-float 1e-9 1e-2", 5, 1), Progress.SILENT);
    assertThat(outcomes(workspace, "cut")).isEqualTo(outcomes);
  }

  @Test
  void twoRunsOfOneStudyAreNoticed() throws Exception {
    var fs = org.apache.hadoop.fs.FileSystem.getLocal(spark.sparkContext().hadoopConfiguration());
    var path = new org.apache.hadoop.fs.Path(folder.toUri());
    StudyFile one = StudyFile.begin(fs, path, StudyLog.begin("accuracy", true, Map.of("a", "b")));
    StudyFile two = StudyFile.read(fs, path, Map.of("a", "b")).orElseThrow();
    one.write(log -> log.begin(0, Map.of("x", "1")));
    one.write(log -> log.begin(1, Map.of("x", "2")));
    assertThatThrownBy(() -> two.write(log -> log.begin(0, Map.of("x", "3"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("another run");
    assertThat(StudyFile.read(fs, path, Map.of("a", "b")).orElseThrow().log().trials()).hasSize(2);
  }

  @Test
  void trialsThatCannotBeTrainedFailAlone() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 2);
    List<String> lines = new ArrayList<>();
    // At such rates the loss is soon no number.
    TuneConfig config = config(workspace, "f", false, "categorical 1e-3 1e12", 4, 0);
    new TuneStage().run(spark, config, lines::add);
    assertThat(outcomes(workspace, "f").values())
        .anyMatch(outcome -> outcome.contains("failed"))
        .anyMatch(outcome -> outcome.contains("complete"));
    TuneConfig hopeless = config(workspace, "h", false, "categorical 1e11 1e12", 30, 0);
    assertThatThrownBy(() -> new TuneStage().run(spark, hopeless, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("trials failed");
    assertThat(outcomes(workspace, "h").size()).isLessThan(8);
  }

  @Test
  void imagesThatWereMadeAreShownWhenAskedFor() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 3);
    TuneConfig asked =
        config(workspace, "s", false, true, "learning-rate = log-float 1e-4 1e-2", 1, 0);
    new TuneStage().check(asked);
    assertThatThrownBy(() -> new TuneStage().run(spark, asked, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spark-vit synthesize");
  }

  @Test
  void aMistakeShowsBeforeAnythingIsTrained() {
    Path workspace = folder.resolve("w");
    TuneConfig negative = config(workspace, "x", false, "float -1 1", 3, 0);
    assertThatThrownBy(() -> new TuneStage().check(negative))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("lets 'learning-rate' be -1")
        .hasMessageContaining("--learning-rate is -1");
    TuneConfig unknown = config(workspace, "x", false, false, "learning-rat = float 0.1 1", 3, 0);
    assertThatThrownBy(() -> new TuneStage().check(unknown))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'learning-rat' is no option");
    TuneConfig judge = config(workspace, "x", false, false, "metric = categorical mcc", 3, 0);
    assertThatThrownBy(() -> new TuneStage().check(judge))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("set it with --metric");
    assertThatThrownBy(
            () -> Options.with(TuneConfig.class, "workspace", "w", "space", "s", "trials", 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--trials is 0");
  }
}
