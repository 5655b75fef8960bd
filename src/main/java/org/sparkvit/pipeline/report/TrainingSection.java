package org.sparkvit.pipeline.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.sparkvit.dataset.query.ScoredModel;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.output.MetricsFile;
import org.sparkvit.training.output.TrainedModel;

/**
 * The section on the training of the report's model, and on unfinished trainings.
 *
 * @param runs the trainings, unfinished ones first
 */
public record TrainingSection(List<Run> runs) {
  /** The largest number of unfinished trainings that are shown. */
  private static final int UNFINISHED = 3;

  private static final int CLASSES = 8;
  private static final List<String> OVERALL = List.of("accuracy", "f1_macro", "roc_auc_macro");

  /**
   * One training.
   *
   * @param name the name of the model
   * @param unfinished whether it is running, or was interrupted
   * @param epochs the number of epochs done
   * @param steps the number of steps noted so far
   */
  public record Run(
      String name, boolean unfinished, int epochs, long steps, List<LineChart> charts) {}

  /** Reads the trainings, or returns null where there are none. */
  static TrainingSection of(Workspace workspace, ScoredModel model) {
    List<Run> runs = new ArrayList<>();
    for (String name : workspace.trainings().stream().limit(UNFINISHED).toList()) {
      read(workspace, workspace.training(name))
          .ifPresent(text -> runs.add(run(name, runs.size(), true, text)));
    }
    if (model != null) {
      String name = ModelName.at(model.location()).name();
      own(workspace, model).ifPresent(text -> runs.add(run(name, runs.size(), false, text)));
    }
    return runs.isEmpty() ? null : new TrainingSection(runs);
  }

  /**
   * Returns the text of the metrics file of a model of this workspace, unless another model has
   * taken its place. A model elsewhere is not read, as its storage may be out of reach and a report
   * should not wait for it.
   */
  private static Optional<String> own(Workspace workspace, ScoredModel model) {
    if (!model.location().startsWith(workspace.uri() + "/")) {
      return Optional.empty();
    }
    return workspace
        .text(model.location() + "/" + TrainedModel.RECORD)
        .filter(
            record ->
                Json.read(TrainedModel.RECORD, record)
                    .at("/results/model_hash")
                    .asText()
                    .equals(model.hash()))
        .flatMap(record -> read(workspace, model.location()));
  }

  private static Optional<String> read(Workspace workspace, String folder) {
    return workspace.text(folder + "/" + MetricsFile.NAME);
  }

  private static Run run(String name, int number, boolean unfinished, String text) {
    List<JsonNode> epochs = new ArrayList<>();
    List<JsonNode> steps = new ArrayList<>();
    for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
      JsonNode entry = Json.read(MetricsFile.NAME, line);
      (entry.path("event").asText().equals("epoch") ? epochs : steps).add(entry);
    }
    String id = "training" + number;
    List<LineChart> charts = new ArrayList<>();
    charts.add(
        LineChart.of(
            id + "-loss",
            "Loss",
            "Epoch",
            List.of(
                line("training", epochs, "epoch", "/train_loss"),
                line("validation", epochs, "epoch", "/validation/log_loss"))));
    charts.add(
        LineChart.of(
            id + "-metrics",
            "On the validation split",
            "Epoch",
            OVERALL.stream()
                .map(metric -> line(metric, epochs, "epoch", "/validation/" + metric))
                .toList()));
    charts.add(LineChart.of(id + "-recall", "Recall by class", "Epoch", recall(epochs)));
    charts.add(
        LineChart.of(
            id + "-rate",
            "Learning rate",
            "Step",
            List.of(line("learning rate", steps, "step", "/learning_rate"))));
    charts.add(
        LineChart.of(
            id + "-norm",
            "Gradient norm, before clipping",
            "Step",
            List.of(line("gradient norm", steps, "step", "/gradient_norm"))));
    charts.removeIf(Objects::isNull);
    long done = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).path("step").asLong();
    if (!epochs.isEmpty()) {
      done = Math.max(done, epochs.get(epochs.size() - 1).path("steps").asLong());
    }
    return new Run(name, unfinished, epochs.size(), done, charts);
  }

  private static LineChart.Series line(
      String name, List<JsonNode> entries, String across, String up) {
    return new LineChart.Series(
        name,
        entries.stream()
            .map(
                entry ->
                    new double[] {entry.path(across).asDouble(), entry.at(up).asDouble(Double.NaN)})
            .toList(),
        true);
  }

  /** Returns the recall of each class, or of many classes that of the worst ones at the end. */
  private static List<LineChart.Series> recall(List<JsonNode> epochs) {
    if (epochs.isEmpty()) {
      return List.of();
    }
    Map<String, Double> last = new LinkedHashMap<>();
    epochs
        .get(epochs.size() - 1)
        .path("recall")
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isNumber()) {
                last.put(field.getKey(), field.getValue().asDouble());
              }
            });
    return last.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry::getKey))
        .limit(CLASSES)
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .map(
            label ->
                new LineChart.Series(
                    label.getKey(),
                    epochs.stream()
                        .map(
                            entry ->
                                new double[] {
                                  entry.path("epoch").asDouble(),
                                  entry.path("recall").path(label.getKey()).asDouble(Double.NaN)
                                })
                        .toList(),
                    true))
        .toList();
  }
}
