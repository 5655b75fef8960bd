package org.sparkvit.pipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * The checked steps of a file. They run one after the other in one session. A step that fails ends
 * the run with its error. A step that stops before all is done, as {@code --max-minutes} asks for,
 * ends the run as well. The next run with {@code --resume} goes on there.
 */
public final class Pipeline {
  private final String name;
  private final String workspace;
  private final List<PipelineStep> steps;
  private final RunOptions options;

  private Pipeline(String name, String workspace, List<PipelineStep> steps, RunOptions options) {
    this.name = name;
    this.workspace = workspace;
    this.steps = List.copyOf(steps);
    this.options = options;
  }

  /** The outcome of a run that did not fail. */
  public enum Outcome {
    /** All steps are done. */
    DONE,
    /** The time was over, and another run would go on. */
    STOPPED
  }

  /**
   * Reads a file and checks all of its steps, before the first one runs.
   *
   * @param text the content of the file
   * @param stages all stages that exist
   * @throws UserException when something is wrong; the message names file and line
   */
  public static Pipeline check(RunOptions options, String text, List<Stage<?>> stages) {
    PipelineFile file = PipelineFile.parse(options.file(), text, options.set());
    UserException.require(
        OutputName.isName(file.name()),
        "FILE",
        options.file(),
        "a name of letters, digits, '.', '_' and '-': it names the run in the workspace");
    String workspace =
        options
            .workspace()
            .or(file::workspace)
            .filter(uri -> !uri.isBlank())
            .orElseThrow(
                () ->
                    new UserException(
                        options.file() + " names no workspace; pass --workspace URI"));
    Map<String, Integer> counts = new HashMap<>();
    List<PipelineStep> steps = new ArrayList<>();
    for (PipelineFile.Entry entry : file.steps()) {
      int number = counts.merge(entry.command(), 1, Integer::sum);
      steps.add(PipelineStep.check(entry, stages, workspace, number));
    }
    Pipeline pipeline = new Pipeline(file.name(), workspace, steps, options);
    options.from().ifPresent(pipeline::indexOf);
    return pipeline;
  }

  private int indexOf(String step) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).name().equals(step)) {
        return i;
      }
    }
    throw new UserException(
        "--from is '"
            + step
            + "'; the steps are "
            + steps.stream().map(PipelineStep::name).toList());
  }

  /** Returns a line for each step, in their order. */
  public List<String> lines() {
    return steps.stream().map(step -> "spark-vit " + step.line()).toList();
  }

  /** Returns the URI of the workspace that all steps work on. */
  public String workspace() {
    return workspace;
  }

  /**
   * Runs the steps as {@link #run(SparkSession, Progress, Consumer)} does, without doing anything
   * after each step.
   */
  public Outcome run(SparkSession spark, Progress progress) {
    return run(spark, progress, step -> {});
  }

  /**
   * Runs the steps.
   *
   * @param progress receives the lines of all steps, and at the end the summary as JSON in one line
   * @param after receives the name of each step that is done
   * @throws UserException as the step that failed does
   */
  public Outcome run(SparkSession spark, Progress progress, Consumer<String> after) {
    Deadline deadline = Deadline.inMinutes(options.maxMinutes());
    PipelineState state = new PipelineState(Workspace.forStage(spark, workspace), name);
    List<Map<String, Object>> entries = new ArrayList<>();
    int first = 0;
    if (options.resume()) {
      entries.addAll(state.done(steps));
      first = entries.size();
      progress.say(
          first == 0
              ? "run: there is nothing to go on with; beginning with " + steps.get(0).name()
              : "run: going on with " + steps.get(first).name() + ", after " + first + " steps");
    } else if (options.from().isPresent()) {
      first = indexOf(options.from().get());
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("pipeline", name);
    summary.put("workspace", workspace);
    summary.put("started", Instant.now().toString());
    summary.put("status", PipelineState.RUNNING);
    summary.put("steps", entries);
    try {
      for (int i = first; i < steps.size(); i++) {
        if (deadline.isOver()) {
          summary.put("status", PipelineState.STOPPED);
          progress.say("run: the time is over; " + steps.get(i).name() + " is next");
          return Outcome.STOPPED;
        }
        if (run(spark, steps.get(i), i, entries, summary, state, deadline, progress) > 0) {
          summary.put("status", PipelineState.STOPPED);
          return Outcome.STOPPED;
        }
        after.accept(steps.get(i).name());
      }
      summary.put("status", PipelineState.DONE);
      return Outcome.DONE;
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      summary.put("status", PipelineState.FAILED);
      throw e;
    } finally {
      summary.put("finished", Instant.now().toString());
      state.write(summary);
      progress.say(Json.line(summary));
    }
  }

  /** Runs one step and returns the number of images that it has left. */
  private long run(
      SparkSession spark,
      PipelineStep step,
      int index,
      List<Map<String, Object>> entries,
      Map<String, Object> summary,
      PipelineState state,
      Deadline deadline,
      Progress progress) {
    progress.say("");
    progress.say(
        String.format(Locale.ROOT, "run: step %d of %d: %s", index + 1, steps.size(), step.line()));
    Map<String, Object> entry = new LinkedHashMap<>(step.identity());
    entry.put("status", PipelineState.RUNNING);
    entries.add(entry);
    state.write(summary);
    Instant started = Instant.now();
    try {
      RunRecord record = step.run(spark, progress, minutesLeft(deadline));
      Map<?, ?> results = (Map<?, ?>) record.toMap().get("results");
      entry.put("run", record.runId());
      entry.put("results", results);
      long left = results.get(StageContext.LEFT) instanceof Number number ? number.longValue() : 0;
      entry.put("status", left > 0 ? PipelineState.STOPPED : PipelineState.DONE);
      return left;
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      entry.put("status", PipelineState.FAILED);
      entry.put("error", String.valueOf(e.getMessage()));
      throw e;
    } finally {
      entry.put("seconds", Duration.between(started, Instant.now()).toMillis() / 1000.0);
      state.write(summary);
    }
  }

  private static int minutesLeft(Deadline deadline) {
    double seconds = deadline.secondsLeft();
    return seconds > Integer.MAX_VALUE ? 0 : (int) Math.max(1, Math.ceil(seconds / 60));
  }
}
