package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.ModelVersions;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.output.TrainedModel;

/** Lists the versions of the models of a workspace, or makes another version the current one. */
public final class ModelsStage {
  /** As records name the version of a table that a run has read. */
  private static final Pattern TABLE_VERSION = Pattern.compile("\\w+@\\d+");

  /** What is told beside the metric that a training was chosen by. */
  private static final List<String> FIGURES = List.of("accuracy", "f1_macro");

  private final String workspace;
  private final Optional<ModelName> promoted;
  private final Optional<String> rolledBack;
  private final Progress progress;

  /**
   * @param workspace URI of the workspace
   * @param promote version to make current, {@code NAME@RUN}; empty for none
   * @param rollBack model that is to go back to the version before; empty for none
   * @throws UserException when they are no such names, or both are given
   */
  public ModelsStage(String workspace, String promote, String rollBack, Progress progress) {
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    if (!promote.isEmpty() && !rollBack.isEmpty()) {
      throw new UserException("--promote and --roll-back are both given; give one of them");
    }
    this.workspace = workspace;
    this.promoted = promote.isEmpty() ? Optional.empty() : Optional.of(ModelName.of(promote));
    this.rolledBack = rollBack.isEmpty() ? Optional.empty() : Optional.of(rollBack);
    this.progress = progress;
    promoted.ifPresent(
        model ->
            UserException.require(
                model.version().isPresent() && OutputName.isName(model.name()),
                "--promote",
                promote,
                "NAME@RUN, as 'spark-vit models' lists it"));
    rolledBack.ifPresent(
        name ->
            UserException.require(
                OutputName.isName(name),
                "--roll-back",
                name,
                "the name of a model, without a version"));
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    try {
      if (promoted.isPresent()) {
        promote(Workspace.forStage(spark, workspace), promoted.get());
      } else if (rolledBack.isPresent()) {
        rollBack(Workspace.forStage(spark, workspace), rolledBack.get());
      } else {
        list(Workspace.forReading(spark, workspace, AsOf.LATEST));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("models of " + workspace, e);
    }
  }

  private static ModelVersions versions(Workspace workspace, String name) throws IOException {
    ModelVersions versions = workspace.modelVersions(name);
    if (versions.pointer().isEmpty() && versions.versions().isEmpty()) {
      throw new UserException(
          "model '"
              + name
              + "' has no versions in "
              + workspace.uri()
              + "; 'spark-vit models' lists the models that there are");
    }
    return versions;
  }

  private void promote(Workspace workspace, ModelName model) throws IOException {
    ModelVersions versions = versions(workspace, model.name());
    String run = model.version().orElseThrow();
    Optional<String> former = versions.promote(run);
    String before = former.map(other -> model.name() + "@" + other).orElse("none");
    progress.say(
        former.equals(Optional.of(run))
            ? "models: " + model + " is current already; nothing has changed"
            : "models: " + model + " is current now; before it was " + before);
  }

  private void rollBack(Workspace workspace, String name) throws IOException {
    ModelVersions versions = versions(workspace, name);
    String former =
        versions.pointer().map(pointer -> name + "@" + pointer.version()).orElse("none");
    String now = versions.rollBack();
    progress.say(
        "models: "
            + name
            + "@"
            + now
            + " is current again; before it was "
            + former
            + ", which stays");
  }

  private void list(Workspace workspace) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "model", "state", "trained", "hash", "validation", "data", "predictions", "folder"));
    Map<String, Long> predictions = predictions(workspace);
    for (String name : workspace.models()) {
      ModelVersions model = workspace.modelVersions(name);
      Optional<ModelVersions.Pointer> pointer = model.pointer();
      for (String run : model.versions()) {
        String state =
            pointer
                .map(
                    current ->
                        current.version().equals(run)
                            ? "current"
                            : current.history().contains(run) ? "former" : "never current")
                .orElse("never current");
        rows.add(row(workspace, name + "@" + run, state, model.place(run).toString(), predictions));
      }
      if (model.isPlain()) {
        rows.add(row(workspace, name, "no versions", workspace.model(name), predictions));
      }
    }
    if (rows.size() == 1) {
      throw new UserException(
          "workspace '"
              + workspace.uri()
              + "' has no models; run 'spark-vit train' or 'spark-vit probe' first");
    }
    TextTable.lines(rows).forEach(progress::say);
  }

  private static Map<String, Long> predictions(Workspace workspace) {
    Map<String, Long> counts = new HashMap<>();
    if (workspace.has(PredictionsTable.SPEC)) {
      workspace
          .read(PredictionsTable.SPEC)
          .groupBy(col(PredictionsTable.MODEL))
          .count()
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    }
    return counts;
  }

  private static List<String> row(
      Workspace workspace,
      String model,
      String state,
      String folder,
      Map<String, Long> predictions) {
    String file = folder + "/" + TrainedModel.RECORD;
    JsonNode record;
    try {
      record = Json.read(file, workspace.text(file).orElse("{}"));
    } catch (UserException e) {
      // One that cannot be read is no reason not to list the others.
      return List.of(model, state, "", "", TrainedModel.RECORD + " is damaged", "", "", folder);
    }
    String hash = record.at("/results/model_hash").asText();
    List<String> data = new ArrayList<>();
    for (JsonNode input : record.path("inputs")) {
      if (TABLE_VERSION.matcher(input.asText()).matches()) {
        data.add(input.asText());
      }
    }
    return List.of(
        model,
        state,
        record.path("finished").asText(),
        ModelClasses.abbreviate(hash),
        validation(record),
        String.join(" ", data),
        predictions.containsKey(hash)
            ? String.format(Locale.ROOT, "%,d", predictions.get(hash))
            : "none",
        folder);
  }

  /** What chose the epoch of a training, and what else is usual. */
  private static String validation(JsonNode record) {
    JsonNode results = record.path("results");
    List<String> figures = new ArrayList<>();
    String metric = results.path("metric").asText();
    if (!metric.isEmpty()) {
      figures.add(figure(metric, results.path("best_value")));
    }
    JsonNode all =
        results.has("validation")
            ? results.path("validation")
            : record
                .path("history")
                .path(results.path("best_epoch").asInt() - 1)
                .path("validation");
    for (String name : FIGURES) {
      if (!name.equals(metric) && all.path(name).isNumber()) {
        figures.add(figure(name, all.path(name)));
      }
    }
    return String.join(" ", figures);
  }

  private static String figure(String name, JsonNode value) {
    return String.format(Locale.ROOT, "%s %.4f", name, value.asDouble(Double.NaN));
  }
}
