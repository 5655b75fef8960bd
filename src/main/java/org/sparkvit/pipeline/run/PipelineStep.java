package org.sparkvit.pipeline.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.OptionSpec;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.stage.Stage;

/**
 * A stage with its checked options.
 *
 * @param name the name of the command, followed by {@code #2} for the second step of that name and
 *     so on
 * @param stage the stage that runs
 * @param options the texts by the options' names
 */
record PipelineStep(String name, Stage<?> stage, Map<String, List<String>> options) {
  private static final String WORKSPACE = "workspace";
  private static final String MAX_MINUTES = "max-minutes";

  /**
   * Creates a step from an entry of a file.
   *
   * @param stages all stages that exist
   * @param number the number of the step among those of its name, from 1
   * @throws UserException when there is no such command or its options are wrong; the message names
   *     file and line
   */
  static PipelineStep check(
      PipelineFile.Entry entry, List<Stage<?>> stages, String workspace, int number) {
    Stage<?> stage =
        stages.stream()
            .filter(each -> each.name().equals(entry.command()))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserException(
                        entry.place()
                            + ": '"
                            + entry.command()
                            + "' is no step; there are "
                            + stages.stream().map(Stage::name).toList()));
    if (entry.options().containsKey(WORKSPACE)) {
      throw new UserException(
          entry.place() + ": all steps work on one workspace; name it at the top of the file");
    }
    Map<String, List<String>> options = new LinkedHashMap<>();
    options.put(WORKSPACE, List.of(workspace));
    options.putAll(entry.options());
    try {
      stage.read(options);
    } catch (UserException e) {
      throw new UserException(entry.place() + ": " + entry.command() + ": " + e.getMessage(), e);
    }
    String name = number == 1 ? entry.command() : entry.command() + "#" + number;
    return new PipelineStep(name, stage, options);
  }

  /** Returns whether the step can stop before all is done. */
  boolean canStop() {
    return Options.list(stage.options()).stream()
        .map(OptionSpec::name)
        .anyMatch(MAX_MINUTES::equals);
  }

  /** Returns the step as a command line, for people. */
  String line() {
    StringBuilder line = new StringBuilder(stage.name());
    options.forEach(
        (option, values) ->
            values.forEach(value -> line.append(" --").append(option).append(' ').append(value)));
    return line.toString();
  }

  /** Returns what identifies the step. A run that resumes must find the same steps. */
  Map<String, Object> identity() {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("step", name);
    identity.put("options", options);
    return identity;
  }

  /**
   * Runs the step.
   *
   * @param minutes the minutes for which it may begin something new; 0 for no limit
   */
  RunRecord run(SparkSession spark, Progress progress, int minutes) {
    Map<String, List<String>> all = new LinkedHashMap<>(options);
    if (minutes > 0 && canStop()) {
      int own = Integer.parseInt(all.getOrDefault(MAX_MINUTES, List.of("0")).get(0));
      all.put(MAX_MINUTES, List.of(Integer.toString(own == 0 ? minutes : Math.min(own, minutes))));
    }
    return run(stage, spark, all, progress);
  }

  private static <C extends Record> RunRecord run(
      Stage<C> stage, SparkSession spark, Map<String, List<String>> options, Progress progress) {
    return stage.run(spark, stage.read(options), progress);
  }
}
