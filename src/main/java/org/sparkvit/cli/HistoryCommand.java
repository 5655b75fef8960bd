package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.maintenance.HistoryStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code spark-vit history}. */
@Command(
    name = "history",
    description = {
      "Lists the versions of a table, the newest first: when, by which command, files that came and"
          + " went, rows that the",
      "run wrote. --as-of of other commands takes the versions and the times that it shows."
    })
final class HistoryCommand extends SparkCommand {
  @Parameters(paramLabel = "TABLE", arity = "0..1", description = "Name of the table.")
  private String table = "";

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    return new HistoryStage(workspace(), table, progress)::run;
  }

  @Override
  boolean showsSparkProgress() {
    return false;
  }
}
