package org.sparkvit.pipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.monitoring.CostOptions;
import org.sparkvit.monitoring.NodeCost;
import org.sparkvit.monitoring.NodeHours;
import org.sparkvit.monitoring.NodeTime;
import org.sparkvit.monitoring.StageMetrics;
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
  private final Optional<Double> nodePrice;
  private final Optional<Webhook> webhook;

  private Pipeline(
      PipelineFile file, String workspace, List<PipelineStep> steps, RunOptions options) {
    this.name = file.name();
    this.workspace = workspace;
    this.steps = List.copyOf(steps);
    this.options = options;
    this.nodePrice =
        options
            .cost()
            .nodePrice()
            .or(
                () ->
                    file.nodePrice()
                        .flatMap(
                            price ->
                                inFile(() -> Options.with(CostOptions.class, "node-price", price))
                                    .nodePrice()));
    this.webhook =
        options
            .webhook()
            .map(Webhook::new)
            .or(() -> file.webhook().map(address -> inFile(() -> new Webhook(address))));
  }

  /** Reads a value of the file, which a mistake is said to be in. */
  private <T> T inFile(Supplier<T> value) {
    try {
      return value.get();
    } catch (UserException e) {
      throw new UserException(options.file() + ": " + e.getMessage(), e);
    }
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
    Pipeline pipeline = new Pipeline(file, workspace, steps, options);
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
    Instant started = Instant.now();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("pipeline", name);
    summary.put("workspace", workspace);
    summary.put("started", started.toString());
    summary.put("status", PipelineState.RUNNING);
    summary.put("steps", new ArrayList<Map<String, Object>>());
    try (NodeHours nodeHours = NodeHours.follow(spark.sparkContext())) {
      try {
        return new Run(spark, progress, after, nodeHours, summary).run();
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        summary.put("status", PipelineState.FAILED);
        summary.put("error", String.valueOf(e.getMessage()));
        throw e;
      } finally {
        StageMetrics.of(spark.sparkContext()).runEnds();
        summary.put("finished", Instant.now().toString());
        NodeCost cost = new NodeCost(nodeHours.soFar(), nodePrice, 0);
        summary.put("cost", cost.toMap());
        nodePrice.ifPresent(price -> progress.say("run: " + cost.line()));
        double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
        webhook
            .flatMap(
                hook -> hook.deliver(OutcomeSentence.of(summary, steps.size(), seconds), summary))
            .ifPresent(progress::say);
        progress.say(SummaryJson.line(summary));
      }
    }
  }

  /** One run. */
  private final class Run {
    private final SparkSession spark;
    private final Progress progress;
    private final Consumer<String> after;
    private final NodeHours nodeHours;
    private final Map<String, Object> summary;
    private final List<Map<String, Object>> entries = new ArrayList<>();
    private final Deadline deadline = Deadline.inMinutes(options.maxMinutes());
    private final PipelineState state;

    Run(
        SparkSession spark,
        Progress progress,
        Consumer<String> after,
        NodeHours nodeHours,
        Map<String, Object> summary) {
      this.spark = spark;
      this.progress = progress;
      this.after = after;
      this.nodeHours = nodeHours;
      this.summary = summary;
      this.state = new PipelineState(Workspace.forStage(spark, workspace), name);
      summary.put("steps", entries);
    }

    Outcome run() {
      int first = first();
      try {
        for (int i = first; i < steps.size(); i++) {
          if (deadline.isOver()) {
            summary.put("status", PipelineState.STOPPED);
            progress.say("run: the time is over; " + steps.get(i).name() + " is next");
            return Outcome.STOPPED;
          }
          if (run(steps.get(i), i) > 0) {
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
        summary.put("cost", new NodeCost(nodeHours.soFar(), nodePrice, 0).toMap());
        state.write(summary);
      }
    }

    /** Returns the index of the step to begin with. */
    private int first() {
      if (options.resume()) {
        entries.addAll(state.done(steps));
        int done = entries.size();
        progress.say(
            done == 0
                ? "run: there is nothing to go on with; beginning with " + steps.get(0).name()
                : "run: going on with " + steps.get(done).name() + ", after " + done + " steps");
        return done;
      }
      return options.from().map(Pipeline.this::indexOf).orElse(0);
    }

    /** Runs one step and returns the number of images that it has left. */
    private long run(PipelineStep step, int index) {
      progress.say("");
      progress.say(
          String.format(
              Locale.ROOT, "run: step %d of %d: %s", index + 1, steps.size(), step.line()));
      Map<String, Object> entry = new LinkedHashMap<>(step.identity());
      entry.put("status", PipelineState.RUNNING);
      entries.add(entry);
      state.write(summary);
      StageMetrics.of(spark.sparkContext()).runBegins(index + 1, steps.size());
      Instant started = Instant.now();
      NodeTime before = nodeHours.soFar();
      long images = 0;
      try {
        RunRecord record = step.run(spark, progress, minutesLeft(deadline));
        Map<?, ?> results = (Map<?, ?>) record.toMap().get("results");
        entry.put("run", record.runId());
        entry.put("results", results);
        images = record.imagesDone();
        long left = number(results.get(StageContext.LEFT));
        entry.put("status", left > 0 ? PipelineState.STOPPED : PipelineState.DONE);
        return left;
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        entry.put("status", PipelineState.FAILED);
        entry.put("error", String.valueOf(e.getMessage()));
        throw e;
      } finally {
        entry.put("seconds", Duration.between(started, Instant.now()).toMillis() / 1000.0);
        entry.put("cost", new NodeCost(nodeHours.soFar().since(before), nodePrice, images).toMap());
        state.write(summary);
      }
    }
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  private static int minutesLeft(Deadline deadline) {
    double seconds = deadline.secondsLeft();
    return seconds > Integer.MAX_VALUE ? 0 : (int) Math.max(1, Math.ceil(seconds / 60));
  }
}
