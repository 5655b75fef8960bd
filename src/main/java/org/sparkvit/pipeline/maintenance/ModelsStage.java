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
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.ModelVersions;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.training.output.TrainedModel;

/** Lists the versions of the models of a workspace, or makes another version the current one. */
@StageDescription(
    name = "models",
    group = Group.OPERATE,
    help = {
      "Lists the versions of the workspace's models, the newest of each first: which is current,"
          + " when it was trained, its hash, what it was worth on the validation split, the tables"
          + " that it was trained on, how many images it has scored, its folder.",
      "Commands that take a model take NAME for the version that is current, and NAME@RUN."
    },
    showsSparkProgress = false)
public final class ModelsStage extends Stage<ModelsConfig> {
  /** As records name the version of a table that a run has read. */
  private static final Pattern TABLE_VERSION = Pattern.compile("\\w+@\\d+");

  /** What is told beside the metric that a training was chosen by. */
  private static final List<String> FIGURES = List.of("accuracy", "f1_macro");

  public ModelsStage() {
    super(ModelsConfig.class);
  }

  @Override
  protected boolean readsOnly(ModelsConfig config) {
    return config.promote().isEmpty() && config.rollBack().isEmpty();
  }

  @Override
  protected void run(StageContext context, ModelsConfig config) {
    try {
      if (config.promote().isPresent()) {
        promote(context, ModelName.of(config.promote().get()));
      } else if (config.rollBack().isPresent()) {
        rollBack(context, config.rollBack().get());
      } else {
        list(context);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("models of " + context.workspace().uri(), e);
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

  private static void promote(StageContext context, ModelName model) throws IOException {
    ModelVersions versions = versions(context.workspace(), model.name());
    String run = model.version().orElseThrow();
    Optional<String> former = versions.promote(run);
    String before = former.map(other -> model.name() + "@" + other).orElse("none");
    if (former.equals(Optional.of(run))) {
      context.say("%s is current already; nothing has changed", model);
    } else {
      context.say("%s is current now; before it was %s", model, before);
    }
  }

  private static void rollBack(StageContext context, String name) throws IOException {
    ModelVersions versions = versions(context.workspace(), name);
    String former =
        versions.pointer().map(pointer -> name + "@" + pointer.version()).orElse("none");
    String now = versions.rollBack();
    context.say("%s@%s is current again; before it was %s, which stays", name, now, former);
  }

  private static void list(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "model", "state", "trained", "hash", "validation", "data", "predictions", "folder"));
    Map<String, Long> predictions = predictions(context);
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
    TextTable.lines(rows).forEach(context.progress()::say);
  }

  private static Map<String, Long> predictions(StageContext context) {
    Map<String, Long> counts = new HashMap<>();
    context
        .readIfPresent(PredictionsTable.SPEC)
        .ifPresent(
            predictions ->
                predictions
                    .groupBy(col(PredictionsTable.MODEL))
                    .count()
                    .collectAsList()
                    .forEach(row -> counts.put(row.getString(0), row.getLong(1))));
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
