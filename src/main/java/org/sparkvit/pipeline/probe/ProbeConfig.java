package org.sparkvit.pipeline.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.FoldsOption;
import org.sparkvit.core.options.NoPlanOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SeedOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.recipe.RareClasses;

/**
 * Options of {@link ProbeStage}.
 *
 * @param workspace the URI of the workspace
 * @param name the name of the new model in the workspace
 * @param overwrite whether a model of that name gets a further version
 * @param usePlan whether the {@code plan} table is used where there is one
 * @param rare the treatment of rare classes
 * @param resampled whether the {@code resampled} table is used
 * @param model the name of a model of the workspace, or the URI of a Hugging Face model directory
 * @param regularization the strengths to choose from, each 0 or more
 * @param elasticNet the mixtures to choose from, each 0 (L2 only) to 1 (L1 only)
 * @param folds the number of parts of the train split that each choice is judged on, 2 or more
 * @param metric the metric by which the choice is made
 * @param maxIterations the largest number of passes over the train split for one head
 * @param seed the seed that decides which image is in which fold
 * @param embedding the settings of the embedding
 * @param card the facts for the model's card that cannot be measured
 * @param mlflow the tracking server that the run is logged to
 */
public record ProbeConfig(
    @WorkspaceOption String workspace,
    @Option(standard = "probe", help = "What the new model is called in the workspace.")
        String name,
    @OverwriteOption boolean overwrite,
    @NoPlanOption boolean usePlan,
    RareClasses rare,
    @Option(
            help =
                "Also train on the points that 'resample' made up, and without the images that it"
                    + " removes.")
        boolean resampled,
    @Option(
            name = "from",
            label = "NAME|URI",
            help =
                "The model that embeds: one of the workspace, or the URI of a Hugging Face model"
                    + " directory.")
        String model,
    @Option(
            label = "R",
            standard = "0.0001,0.001,0.01,0.1",
            least = 0,
            help = "Strengths to choose from (MLlib's regParam).")
        List<Double> regularization,
    @Option(
            label = "A",
            standard = "0",
            least = 0,
            greatest = 1,
            advanced = true,
            help =
                "Mixtures to choose from: 0 is L2, 1 is L1, which sets weights to zero (MLlib's"
                    + " elasticNetParam).")
        List<Double> elasticNet,
    @FoldsOption int folds,
    @Option(
            standard = "log-loss",
            help = "What the choice is by, weighted as the plan weighs images.")
        Criterion metric,
    @Option(
            standard = "200",
            least = 1,
            greatest = 1_000_000,
            advanced = true,
            help = "Iterations of the optimizer for one head, at most.")
        int maxIterations,
    @SeedOption long seed,
    EmbeddingSettings embedding,
    CardFields card,
    MlflowOptions mlflow) {
  /** The metrics by which a strength and a mixture can be chosen. */
  public enum Criterion {
    LOG_LOSS("log_loss", "logLoss"),
    ACCURACY("accuracy", "accuracy"),
    F1_WEIGHTED("f1_weighted", "f1");

    private final String label;
    private final String sparkName;

    Criterion(String label, String sparkName) {
      this.label = label;
      this.sparkName = sparkName;
    }

    /** Returns the name in tables. */
    String label() {
      return label;
    }

    /** Returns the name that MLlib's evaluator uses. */
    String sparkName() {
      return sparkName;
    }
  }

  /** The options that have no influence on the model. */
  private static final List<String> INDIFFERENT =
      List.of(
          "workspace",
          "name",
          "overwrite",
          "device",
          "batch-size",
          "decode-threads",
          "license",
          "known-biases");

  /** Checks what the ranges of the options cannot. */
  public ProbeConfig {
    regularization = List.copyOf(regularization);
    elasticNet = List.copyOf(elasticNet);
    OutputName.require(name);
    UserException.require(!model.isBlank(), "--from", model, "the name of a model, or a URI");
    UserException.require(
        !regularization.isEmpty(), "--regularization", regularization, "one number or more");
    UserException.require(!elasticNet.isEmpty(), "--elastic-net", elasticNet, "one number or more");
  }

  /** Returns the values of the options that decide the model, by name. */
  Map<String, Object> fingerprint() {
    Map<String, Object> map = new LinkedHashMap<>(Options.values(this));
    map.keySet().removeAll(INDIFFERENT);
    map.keySet().removeAll(Options.values(mlflow).keySet());
    return map;
  }
}
