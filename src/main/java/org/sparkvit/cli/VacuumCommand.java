package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.maintenance.VacuumConfig;
import org.sparkvit.pipeline.maintenance.VacuumStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit vacuum}. */
@Command(
    name = "vacuum",
    description = {
      "Deletes files of tables that only versions have which were replaced long ago, and what runs"
          + " that died have begun and",
      "nobody has written to for two days. Models, exports, reports and whatever else is there"
          + " stay."
    })
final class VacuumCommand extends SparkCommand {
  @Option(
      names = "--keep",
      paramLabel = "TIME",
      defaultValue = "7d",
      description =
          "How long a version stays readable after another has replaced it: hours or days, e.g."
              + " 12h, longer than a run takes. Default: ${DEFAULT-VALUE}.")
  private String keep;

  @Option(
      names = "--dry-run",
      fallbackValue = "true",
      description = "Say what would be deleted, and delete nothing.")
  private boolean dryRun;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    return new VacuumStage(VacuumConfig.of(workspace(), keep, dryRun), progress)::run;
  }

  @Override
  boolean showsSparkProgress() {
    return false;
  }
}
