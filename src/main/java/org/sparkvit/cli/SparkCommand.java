package org.sparkvit.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that runs on Spark has: a workspace, a file of options, a session. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n")
abstract class SparkCommand implements Runnable {
  /** What there is to run where all was said before Spark would start. */
  static final Consumer<SparkSession> NOTHING = spark -> {};

  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      description =
          "Properties file with values for these options (key = long name without dashes). A flag"
              + " wins over it.")
  @SuppressWarnings("UnusedVariable") // ConfigFile reads it off the arguments, before parsing
  private Path config;

  @Option(
      names = Main.HELP_ALL,
      help = true,
      description = "Show this help with the advanced options, and exit.")
  @SuppressWarnings("UnusedVariable") // Main looks for it among the arguments
  private boolean helpAll;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  /** The URI of the workspace that the command works on. */
  abstract String workspace();

  /**
   * Checks the options and makes the stage, before Spark starts.
   *
   * @return what to run once there is a session
   */
  protected abstract Consumer<SparkSession> prepare(Progress progress);

  @Override
  public final void run() {
    Progress progress = System.out::println;
    Consumer<SparkSession> stage = prepare(progress);
    if (stage == NOTHING) {
      return;
    }
    try {
      spark.run(spec.name(), stage, showsSparkProgress());
    } catch (Exception | FSError e) { // Spark throws checked ones that it does not declare
      Optional<FullDisk> full = FullDisk.of(e, workspace());
      if (full.isPresent()) {
        throw full.get().line();
      }
      Optional<LostFile> lost = LostFile.of(e);
      if (lost.isPresent()) {
        throw lost.get().line();
      }
      throw e;
    }
  }

  /** Whether to print how far Spark's work is; not where commands inside this one do. */
  boolean showsSparkProgress() {
    return true;
  }
}
