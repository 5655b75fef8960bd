package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.maintenance.ModelsStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit models}. */
@Command(
    name = "models",
    description = {
      "Lists the versions of the workspace's models, the newest of each first: which is current,"
          + " when it was trained, its hash,",
      "what it was worth on the validation split, the tables that it was trained on, how many"
          + " images it has scored, its folder.",
      "Commands that take a model take NAME for the version that is current, and NAME@RUN."
    })
final class ModelsCommand extends SparkCommand {
  @Option(
      names = "--promote",
      paramLabel = "NAME@RUN",
      defaultValue = "",
      description = "Make this version the current one of its model.")
  private String promote;

  @Option(
      names = "--roll-back",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Make the version current again that was so before the one that is.")
  private String rollBack;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    return new ModelsStage(workspace(), promote, rollBack, progress)::run;
  }

  @Override
  boolean showsSparkProgress() {
    return false;
  }
}
