package org.sparkvit.cli;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.gate.GateConfig;
import org.sparkvit.pipeline.gate.GateStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit gate}. */
@Command(
    name = "gate",
    description = {
      "Checks the figures of the data set against limits and against earlier runs, and fails where"
          + " they are broken.",
      "A scheduler that runs it between 'audit' and what comes next does not train on a data set"
          + " that has gone wrong."
    })
final class GateCommand extends SparkCommand {
  @Option(
      names = "--checks",
      paramLabel = "URI",
      description =
          "File of limits, a line for each figure: 'unusable_share = warn > 0.01, fail > 0.1'."
              + " conf/checks.properties has those that count unless given, and the names of the"
              + " figures.")
  private String checks;

  @Option(
      names = "--fail-on-anomaly",
      fallbackValue = "true",
      description =
          "Fail, and not only warn, where a figure is more than 3 standard deviations from earlier"
              + " runs (from 7 on), has changed by more than half since the last one, or its"
              + " distribution has drifted.")
  private boolean failOnAnomaly;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    GateConfig config = new GateConfig(workspace(), Optional.ofNullable(checks), failOnAnomaly);
    return new GateStage(config, progress)::run;
  }
}
