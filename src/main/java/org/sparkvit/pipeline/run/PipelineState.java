package org.sparkvit.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Keeps what the last run of a pipeline has done, step by step, in the file {@code
 * pipelines/NAME/state.json} of the workspace. The file is written before and after each step, so
 * that a run which was killed can go on.
 */
final class PipelineState {
  static final String DONE = "done";
  static final String RUNNING = "running";
  static final String FAILED = "failed";

  /** The step ended before all was done, as it was asked to. */
  static final String STOPPED = "stopped";

  private final FileSystem fs;
  private final Path file;
  private final Workspace workspace;

  PipelineState(Workspace workspace, String pipeline) {
    this.workspace = workspace;
    this.file = new Path(workspace.pipeline(pipeline), "state.json");
    try {
      this.fs = file.getFileSystem(workspace.hadoopConfiguration());
    } catch (IOException e) {
      throw new UncheckedIOException("opening " + file, e);
    }
  }

  /** Writes the summary of a run as far as it is known. */
  void write(Map<String, Object> summary) {
    try {
      AtomicFiles.write(fs, file, Json.write(summary));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }

  /** Returns the summary of the last run, or empty where there was none. */
  Optional<JsonNode> last() {
    return workspace.text(file.toString()).map(text -> Json.read(file.toString(), text));
  }

  /**
   * Returns the steps that the last run has done and that this run can skip. There are none where
   * the last run has done all steps, so that the next run begins anew.
   *
   * @param steps the steps of the file as it is now
   * @throws UserException when one of them was another step in the last run
   */
  List<Map<String, Object>> done(List<PipelineStep> steps) {
    Optional<JsonNode> last = last();
    if (last.isEmpty() || last.get().path("status").asText().equals(DONE)) {
      return List.of();
    }
    List<Map<String, Object>> done = new ArrayList<>();
    for (JsonNode before : last.get().path("steps")) {
      if (!before.path("status").asText().equals(DONE)) {
        break;
      }
      int number = done.size();
      JsonNode now =
          number < steps.size()
              ? Json.read("step", Json.line(steps.get(number).identity()))
              : Json.read("step", "{}");
      if (!now.path("step").equals(before.path("step"))
          || !now.path("options").equals(before.path("options"))) {
        throw new UserException(
            "the last run did step "
                + (number + 1)
                + " as '"
                + before.path("step").asText()
                + " "
                + before.path("options")
                + "', which the file no longer has there; run it without --resume, or with --from"
                + " STEP");
      }
      Map<String, Object> entry = new LinkedHashMap<>();
      before.fields().forEachRemaining(field -> entry.put(field.getKey(), field.getValue()));
      done.add(entry);
    }
    return done;
  }
}
