package org.sparkvit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.run.Pipeline;
import org.sparkvit.pipeline.run.RunOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command {@code spark-vit run}, which runs a whole pipeline from one file in one session. */
@Command(
    name = "run",
    description = {
      "Runs the steps that a file names, one after the other in one session. All are checked before"
          + " the first begins.",
      "The summary is the last line, JSON. Exit code 75 says that --max-minutes is over and that"
          + " the same command with --resume goes on. conf/pipelines has files to begin with."
    })
final class RunCommand extends SparkCommand {
  private final CommandSpec spec;
  private String workspace;

  private RunCommand() {
    this.spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * Creates the command.
   *
   * @param showAll whether the help shows the advanced options as well
   */
  static CommandSpec of(boolean showAll) {
    RunCommand command = new RunCommand();
    RecordOptions.add(command.spec, RunOptions.class, showAll);
    return command.spec;
  }

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    RunOptions options =
        Options.read(RunOptions.class, RecordOptions.given(spec, RunOptions.class));
    Pipeline pipeline = Pipeline.check(options, text(options.file()), Stages.ALL);
    workspace = pipeline.workspace();
    if (options.dryRun()) {
      pipeline.lines().forEach(progress::say);
      return NOTHING;
    }
    return spark -> {
      Progress both = options.summary().isPresent() ? keepingLast(progress, options) : progress;
      if (pipeline.run(spark, both) == Pipeline.Outcome.STOPPED) {
        throw new MoreToDoException(
            "run: the time is over; run it again with --resume to go on (exit code "
                + MoreToDoException.EXIT_CODE
                + ")");
      }
    };
  }

  /** Returns a progress that also writes the summary, which is the last line, to a file. */
  private static Progress keepingLast(Progress progress, RunOptions options) {
    java.nio.file.Path file = java.nio.file.Path.of(options.summary().orElseThrow());
    return line -> {
      progress.say(line);
      if (line.startsWith("{")) {
        try {
          Files.writeString(file, line + "\n");
        } catch (IOException e) {
          throw new UserException(
              "--summary file '" + file + "' cannot be written: " + e.getMessage(), e);
        }
      }
    };
  }

  private static String text(String file) {
    Path path = new Path(file);
    try {
      FileSystem fs = path.getFileSystem(hadoop());
      try (FSDataInputStream in = fs.open(path)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UserException("'" + file + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** Returns Hadoop's settings as the session has them, which need not have started yet. */
  private static Configuration hadoop() {
    SparkEnv running = SparkEnv.get();
    return SparkHadoopUtil.get()
        .newConfiguration(running == null ? new SparkConf() : running.conf());
  }

  @Override
  String workspace() {
    return workspace;
  }

  /** Returns false, as the steps print their own progress. */
  @Override
  boolean showsSparkProgress() {
    return false;
  }
}
