package org.sparkvit.cli;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.evaluate.CalibrateConfig;
import org.sparkvit.pipeline.evaluate.CalibrateStage;
import org.sparkvit.stats.metrics.Objective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit calibrate}. */
@Command(
    name = "calibrate",
    description = {
      "On the validation split fits what makes probabilities say how often they are right, and"
          + " chooses",
      "thresholds: by F-beta, Youden's index, floors of recall and precision, cost, and a band for"
          + " people to look at.",
      "Says what they come to on the test split."
    })
final class CalibrateCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "NAME|HASH",
      description =
          "Only models whose folder has this name or whose hash begins with this. Default: every"
              + " model with predictions.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "temperature|platt|isotonic",
      defaultValue = "temperature",
      description =
          "What is fitted: one number for all classes, which keeps every prediction; for each class"
              + " a logistic curve over its log-odds; or for each class any rising curve, which"
              + " wants a thousand validation images of it and more. Default: ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--positive",
      paramLabel = "CLASS",
      description =
          "The class that thresholds are for. Default: the rarer of two, or each of more.")
  private Optional<String> positive = Optional.empty();

  @Option(
      names = "--prior-shift",
      fallbackValue = "true",
      description =
          "Discount what the plan shows more often, or weighs more, than it occurs in the train"
              + " split; for models trained on the plan.")
  private boolean priorShift;

  @Option(
      names = "--beta",
      defaultValue = "1",
      description =
          "Of F-beta: how much more recall counts than precision. Default: ${DEFAULT-VALUE}.")
  private double beta;

  @Option(
      names = "--recall-floor",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description = "For the highest precision that finds so many. Default: ${DEFAULT-VALUE}.")
  private double recallFloor;

  @Option(
      names = "--precision-floor",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description = "For the highest recall that is right so often. Default: ${DEFAULT-VALUE}.")
  private double precisionFloor;

  @Option(
      names = "--miss-cost",
      paramLabel = "COST",
      defaultValue = "10",
      description = "Of an image of the class that is not flagged. Default: ${DEFAULT-VALUE}.")
  private double missCost;

  @Option(
      names = "--false-alarm-cost",
      paramLabel = "COST",
      defaultValue = "1",
      description = "Of another image that is flagged. Default: ${DEFAULT-VALUE}.")
  private double falseAlarmCost;

  @Option(
      names = "--review-capacity",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share of the images that people can look at. Default: ${DEFAULT-VALUE}.")
  private double reviewCapacity;

  @Option(
      names = "--images-per-day",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "To say how many images a day a threshold flags; 0 for not. Default: ${DEFAULT-VALUE}.")
  private long imagesPerDay;

  @Option(
      names = "--prevalence",
      paramLabel = "SHARE",
      description =
          "Of those the share that are of the class, where it is another than in the test split."
              + " Default: that of the split.")
  private Optional<Double> prevalence = Optional.empty();

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace an earlier calibration.")
  private boolean overwrite;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    CalibrateConfig config =
        new CalibrateConfig(
            workspace(),
            model,
            method,
            positive,
            priorShift,
            new Objective.Terms(beta, recallFloor, precisionFloor, missCost, falseAlarmCost),
            reviewCapacity,
            imagesPerDay,
            prevalence,
            overwrite);
    return asOf.reading(new CalibrateStage(config, progress)::run);
  }
}
