package org.sparkvit.cli;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.pipeline.probe.ProbeConfig;
import org.sparkvit.pipeline.probe.ProbeStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit probe}. */
@Command(
    name = "probe",
    description = {
      "Trains a linear head on the embeddings of a model that stays as it is, and writes a model"
          + " directory with it.",
      "The executors embed each image once; MLlib's logistic regression then trains in seconds,"
          + " with the plan's",
      "weights, and chooses the regularization by cross-validation. The embeddings stay in the"
          + " workspace."
    })
final class ProbeCommand extends SparkCommand {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "NAME|URI",
      description = "A model of the workspace, or the URI of a Hugging Face model directory.")
  private String from;

  @Option(
      names = "--name",
      defaultValue = "probe",
      description = "What the new model is called in the workspace. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Publish a further version of a model of that name.")
  private boolean overwrite;

  @Mixin private RareOptions rare;

  @Option(
      names = "--no-plan",
      fallbackValue = "true",
      description = "Ignore the plan table: every image has weight 1.")
  private boolean noPlan;

  @Option(
      names = "--resampled",
      fallbackValue = "true",
      description =
          "Also train on the points that 'resample' made up, and without the images that it"
              + " removes.")
  private boolean resampled;

  @Option(
      names = "--regularization",
      split = ",",
      paramLabel = "R",
      defaultValue = "0.0001,0.001,0.01,0.1",
      description =
          "Strengths to choose from, 0 or more (MLlib's regParam). Default: ${DEFAULT-VALUE}.")
  private List<Double> regularization;

  @Option(
      names = "--elastic-net",
      split = ",",
      paramLabel = "A",
      defaultValue = "0",
      description =
          "Mixtures to choose from: 0 is L2, 1 is L1, which sets weights to zero (MLlib's"
              + " elasticNetParam). Default: ${DEFAULT-VALUE}.")
  private List<Double> elasticNet;

  @Option(
      names = "--folds",
      defaultValue = "5",
      description =
          "Parts of the train split for cross-validation; with one strength and mixture there is"
              + " none. Default: ${DEFAULT-VALUE}.")
  private int folds;

  @Option(
      names = "--metric",
      paramLabel = "log_loss|accuracy|f1_weighted",
      defaultValue = "log_loss",
      description =
          "What the choice is by, weighted as the plan weighs images. Default: ${DEFAULT-VALUE}.")
  private String metric;

  @Option(
      names = "--max-iterations",
      defaultValue = "200",
      description = "Of the optimizer, for one head. Default: ${DEFAULT-VALUE}.")
  private int maxIterations;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Decides which image is in which fold. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private EmbeddingOptions embedding;

  @Option(
      names = "--license",
      paramLabel = "NAME",
      description =
          "Licence of the new model, for its card. Default: that of the model in --from, if it"
              + " names one.")
  private String license;

  @Option(
      names = "--known-biases",
      paramLabel = "TEXT",
      description =
          "What is known of the starting model's biases, for the card. Default: what that model's"
              + " own card says.")
  private String knownBiases;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    ProbeConfig config =
        new ProbeConfig(
            workspace(),
            name,
            overwrite,
            !noPlan,
            rare.classes(),
            resampled,
            from,
            regularization,
            elasticNet,
            folds,
            metric,
            maxIterations,
            seed,
            embedding.settings(),
            new CardFields(license, knownBiases));
    return new ProbeStage(config, progress)::run;
  }
}
