package org.sparkvit.cli;

import java.math.BigDecimal;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.balance.BalanceConfig;
import org.sparkvit.pipeline.balance.BalanceStage;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.BalancePolicy.Sampling;
import org.sparkvit.training.recipe.BalancePolicy.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of the stage {@code balance}. */
@Command(
    name = "balance",
    description = {
      "Reports how even the classes of the train split are, and plans how often and with what",
      "weight training sees each image. Validation and test stay as they are.",
      "",
      "Sampling and weights can be combined: weights correct what imbalance sampling leaves."
    })
final class BalanceCommand extends StageCommand {
  @Option(
      names = "--sampling",
      paramLabel = "NONE|OVERSAMPLE|UNDERSAMPLE",
      defaultValue = "NONE",
      description =
          "OVERSAMPLE shows images of small classes several times, UNDERSAMPLE leaves out images of"
              + " large ones. Default: ${DEFAULT-VALUE}.")
  private Sampling sampling;

  @Option(
      names = "--ratio",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "What sampling aims for: smallest over largest class, above 0 and up to 1."
              + " Default: ${DEFAULT-VALUE}, all equal.")
  private BigDecimal ratio;

  @Option(
      names = "--weights",
      paramLabel = "NONE|INVERSE|EFFECTIVE",
      defaultValue = "INVERSE",
      description =
          "Weight of an image in the loss: INVERSE in proportion to 1/n, n being how often its"
              + " class is shown; EFFECTIVE to (1-beta)/(1-beta^n). The weights of the K classes"
              + " sum to K, so 1 is neutral. Default: ${DEFAULT-VALUE}.")
  private Weights weights;

  @Option(
      names = "--beta",
      paramLabel = "B",
      defaultValue = "0.9999",
      description =
          "For EFFECTIVE: 0 weighs all alike, close to 1 is INVERSE. Default: ${DEFAULT-VALUE}.")
  private double beta;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Another seed draws other images. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--overwrite", fallbackValue = "true", description = "Replace an earlier plan.")
  private boolean overwrite;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    BalanceConfig config =
        new BalanceConfig(
            workspace(), overwrite, new BalancePolicy(sampling, ratio, weights, beta, seed));
    return new BalanceStage(config, progress)::run;
  }
}
