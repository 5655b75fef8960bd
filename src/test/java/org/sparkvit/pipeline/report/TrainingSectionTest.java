package org.sparkvit.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.query.ScoredModel;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.search.Trial;

class TrainingSectionTest extends SparkTest {
  @TempDir Path folder;

  private static void metrics(Path folder, int epochs) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      for (int step = 10; step <= 100; step += 10) {
        lines.append(
            String.format(
                Locale.ROOT,
                "{\"event\":\"step\",\"epoch\":%d,\"step\":%d,\"loss\":1,\"learning_rate\":%s,\"gradient_norm\":%s}%n",
                epoch,
                100 * (epoch - 1) + step,
                1e-4 / epoch,
                step == 50 ? "null" : "2.5"));
      }
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"event\":\"epoch\",\"epoch\":%d,\"steps\":%d,\"train_loss\":%s,\"validation\":"
                  + "{\"log_loss\":%s,\"accuracy\":0.5,\"f1_macro\":null},\"recall\":{\"cat\":0.25,"
                  + "\"dog\":null}}%n",
              epoch,
              100 * epoch,
              2.0 / epoch,
              3.0 / epoch));
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("metrics.jsonl"), lines);
  }

  @Test
  void showsTrainingsThatRunAndTheModelsOwn() throws Exception {
    Workspace workspace = Workspace.at(spark, folder.toString());
    assertThat(TrainingSection.of(workspace, null)).isNull();
    metrics(folder.resolve("training/new"), 2);
    Path version = folder.resolve("models/old/versions/20261101T080000000Z-0a1b2c3d");
    metrics(version, 4);
    Files.writeString(version.resolve("training.json"), "{\"results\":{\"model_hash\":\"00\"}}");
    String location = workspace.model("old") + "/versions/" + version.getFileName();
    ScoredModel model = new ScoredModel("00", location, List.of("a"), Instant.EPOCH);
    List<TrainingSection.Run> runs = TrainingSection.of(workspace, model).runs();
    assertThat(runs).extracting(TrainingSection.Run::name).containsExactly("new", "old");
    assertThat(runs).extracting(TrainingSection.Run::unfinished).containsExactly(true, false);
    assertThat(runs).extracting(TrainingSection.Run::epochs).containsExactly(2, 4);
    assertThat(runs).extracting(TrainingSection.Run::steps).containsExactly(200L, 400L);
    ScoredModel other = new ScoredModel("01", model.location(), List.of("a"), Instant.EPOCH);
    assertThat(TrainingSection.of(workspace, other).runs()).hasSize(1);
    List<LineChart> charts = runs.get(1).charts();
    assertThat(charts)
        .extracting(LineChart::title)
        .containsExactly(
            "Loss",
            "On the validation split",
            "Recall by class",
            "Learning rate",
            "Gradient norm, before clipping");
    assertThat(charts.get(0).lines())
        .extracting(LineChart.Line::last)
        .containsExactly("0.5", "0.75");
    // What is undefined throughout is no line, and what is at one point leaves that out.
    assertThat(charts.get(1).lines()).extracting(LineChart.Line::name).containsExactly("accuracy");
    assertThat(charts.get(2).lines()).extracting(LineChart.Line::name).containsExactly("cat");
    assertThat(charts.get(4).lines().get(0).dots()).hasSize(36);
  }

  @Test
  void showsStudies() throws Exception {
    Workspace workspace = Workspace.at(spark, folder.toString());
    assertThat(StudySection.of(workspace)).isNull();
    StudyLog log = StudyLog.begin("accuracy", true, Map.of("search rate", "float 0 1"));
    for (int i = 0; i < 8; i++) {
      log.begin(i, Map.of("rate", "0." + i));
      log.report(i, 1, 0.1 * i);
      if (i < 7) {
        log.end(i, i == 3 ? Trial.State.PRUNED : Trial.State.COMPLETE, 0.1 * i, Map.of());
      }
    }
    Path study = Files.createDirectories(folder.resolve("studies/s"));
    Files.writeString(study.resolve("study.jsonl"), log.text());
    StudySection.Study shown = StudySection.of(workspace).studies().get(0);
    assertThat(shown.complete()).isEqualTo(6);
    assertThat(shown.pruned()).isEqualTo(1);
    assertThat(shown.running()).isEqualTo(1);
    assertThat(shown.best()).hasSize(5);
    assertThat(shown.best().get(0).number()).isEqualTo(6);
    assertThat(shown.best().get(0).value()).isCloseTo(0.6, within(1e-12));
    assertThat(shown.best().get(0).values()).containsExactly("0.6");
    assertThat(shown.importance()).hasSize(1);
    assertThat(shown.chart().lines())
        .extracting(LineChart.Line::name)
        .containsExactly("best so far", "complete", "ended early");
  }

  @Test
  void axesHaveRoundNumbersInOrder() {
    LineChart chart =
        LineChart.of(
            "c",
            "Title",
            "Epoch",
            List.of(
                new LineChart.Series(
                    "one", List.of(new double[] {1, 0.2}, new double[] {10, 0.93}), true)));
    assertThat(chart.yTicks())
        .extracting(LineChart.Tick::label)
        .containsExactly("0.2", "0.4", "0.6", "0.8");
    assertThat(chart.yTicks().get(0).at()).isGreaterThan(chart.yTicks().get(3).at());
    assertThat(chart.xTicks())
        .extracting(LineChart.Tick::label)
        .containsExactly("2", "4", "6", "8", "10");
    assertThat(chart.lines().get(0).path()).startsWith("M56.0 ").contains("L346.0 ");
    LineChart flat =
        LineChart.of(
            "c",
            "T",
            "E",
            List.of(new LineChart.Series("one", List.of(new double[] {1, 1}), true)));
    assertThat(flat.lines().get(0).dots()).hasSize(1);
    assertThat(
            LineChart.of(
                "c",
                "T",
                "E",
                List.of(new LineChart.Series("n", List.of(new double[] {1, Double.NaN}), true))))
        .isNull();
  }
}
