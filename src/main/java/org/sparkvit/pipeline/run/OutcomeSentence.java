package org.sparkvit.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkvit.core.Progress;

/** Says in one sentence how a run of a pipeline has ended. */
final class OutcomeSentence {
  private static final int LONGEST_ERROR = 500;

  private OutcomeSentence() {}

  /**
   * Returns the sentence.
   *
   * @param summary the summary of the run
   * @param steps the number of steps of the file
   * @param seconds the seconds that the run has taken
   */
  static String of(Map<String, Object> summary, int steps, double seconds) {
    List<?> entries = (List<?>) summary.get("steps");
    long done =
        entries.stream().filter(entry -> has((Map<?, ?>) entry, PipelineState.DONE)).count();
    String outcome =
        switch (String.valueOf(summary.get("status"))) {
          case PipelineState.DONE -> "is done";
          case PipelineState.STOPPED ->
              "has stopped as its time was over, and --resume goes on with it";
          default -> "has failed" + failure(summary, entries);
        };
    return String.format(
        Locale.ROOT,
        "Pipeline %s %s (%d of %d steps, %s).",
        summary.get("pipeline"),
        outcome,
        done,
        steps,
        Progress.duration(seconds));
  }

  /** Returns whether a step has a status. Steps of an earlier run are as its state has them. */
  private static boolean has(Map<?, ?> entry, String status) {
    Object value = entry.get("status");
    return status.equals(value instanceof JsonNode json ? json.asText() : value);
  }

  private static String failure(Map<String, Object> summary, List<?> entries) {
    Map<?, ?> last = entries.isEmpty() ? Map.of() : (Map<?, ?>) entries.get(entries.size() - 1);
    boolean inStep = has(last, PipelineState.FAILED);
    String error = String.valueOf(summary.get("error")).replaceAll("\\s+", " ");
    return (inStep ? " in step " + last.get("step") : "")
        + ": "
        + (error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) + "..." : error);
  }
}
