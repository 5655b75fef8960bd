package org.sparkvit.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.evaluate.EvaluateConfig;
import org.sparkvit.pipeline.evaluate.EvaluateStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit evaluate}. */
@Command(
    name = "evaluate",
    description = {
      "Compares predictions with labels: accuracy, per-class and averaged precision, recall and F1,"
          + " MCC,",
      "log-loss, calibration, ROC-AUC, average precision, each with its interval, confusion and"
          + " curves, for all images, each",
      "split and each slice; slices beside one another, and models beside one another."
    })
final class EvaluateCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "NAME|HASH",
      description =
          "Only models whose folder has this name or whose hash begins with this. Default: every"
              + " model with predictions.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--slices",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns of the images table, with commas between them; each of their values gets figures"
              + " of its own. Default: none.")
  private List<String> slices = List.of();

  @Option(
      names = "--positive",
      paramLabel = "CLASS",
      description =
          "The class that the summary on the console and the run record are about; figures are"
              + " written for every class. Default: the rarest of the test split.")
  private Optional<String> positive = Optional.empty();

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Resamples of the bootstrap from which the intervals of all figures come; 0 for no"
              + " intervals. Default: ${DEFAULT-VALUE}.")
  private int resamples;

  @Option(
      names = "--rank-bins",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "For hundreds of millions of images: ROC-AUC, average precision and curves from so many"
              + " ranges of the log-odds instead of from every score, with a bound of the error; 0"
              + " for exact ones. Default: ${DEFAULT-VALUE}.")
  private int rankBins;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace the figures that exist.")
  private boolean overwrite;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    EvaluateConfig config =
        new EvaluateConfig(workspace(), model, slices, positive, resamples, rankBins, overwrite);
    return asOf.reading(new EvaluateStage(config, progress)::run);
  }
}
