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

/**
 * The base of every command that runs on Spark. Such a command has a workspace, a file of options
 * and a session.
 */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n")
abstract class SparkCommand implements Runnable {
  /** The work of a command that has nothing left to do before Spark would start. */
  static final Consumer<SparkSession> NOTHING = spark -> {};

  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      description =
          "Properties file with values for these options (key = long name without dashes). A flag"
              + " wins over it.")
  @SuppressWarnings("UnusedVariable") // ConfigFile takes it from the arguments
  private Path config;

  @Option(
      names = Main.HELP_ALL,
      help = true,
      description = "Show this help with the advanced options, and exit.")
  @SuppressWarnings("UnusedVariable") // Main searches the arguments for it
  private boolean helpAll;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  /** Returns the URI of the workspace that the command works on. */
  abstract String workspace();

  /**
   * Checks the options and makes the stage, before Spark starts.
   *
   * @return the work that needs a session, or {@link #NOTHING}
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
    } catch (Exception | FSError e) { // Spark throws checked exceptions that it does not declare
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

  /**
   * Returns whether to print how far Spark's work is. A command that runs other commands does not
   * print it, as they do.
   */
  boolean showsSparkProgress() {
    return true;
  }
}
