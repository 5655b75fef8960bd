package org.sparkvit.training.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;

/**
 * Writes the metrics of a training as JSON lines, up to date within half a minute while it runs:
 * {@code "event": "step"} with loss, learning rate and gradient norm, and {@code "event": "epoch"}
 * with everything that {@link EpochResult} has.
 */
public final class MetricsFile implements TrainingListener {
  /** The name of the file. */
  public static final String NAME = "metrics.jsonl";

  private static final long WRITE_EVERY_NANOS = 30_000_000_000L;

  private final FileSystem fs;
  private final Path file;
  private final int everySteps;
  private final List<String> lines = new ArrayList<>();
  private long lastWrite = System.nanoTime();

  /**
   * Creates a file of metrics.
   *
   * @param folder the folder that it is written to
   * @param everySteps the number of steps between those that are noted
   */
  public MetricsFile(FileSystem fs, Path folder, int everySteps) {
    this.fs = fs;
    this.file = new Path(folder, NAME);
    this.everySteps = everySteps;
  }

  @Override
  public void trainingBegins(TrainingRun trainingRun) {
    lines.clear();
    if (trainingRun.steps() == 0) {
      return;
    }
    // What was noted after the resumed state happens again, so it is left out.
    try {
      for (String line : Presence.text(fs, file).orElse("").lines().toList()) {
        JsonNode entry = Json.read(file.toString(), line);
        long step = entry.path("step").asLong(entry.path("steps").asLong());
        boolean epochIsDone =
            entry.path("event").asText().equals("step")
                || entry.path("epoch").asInt() <= trainingRun.history().size();
        if (step <= trainingRun.steps() && epochIsDone) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  @Override
  public void stepEnds(TrainingRun trainingRun, Step step) {
    if (step.number() % everySteps == 0) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("event", "step");
      entry.put("time", Instant.now().toString());
      entry.put("epoch", step.epoch());
      entry.put("step", step.number());
      entry.put("loss", step.loss());
      entry.put("learning_rate", step.learningRate());
      entry.put("gradient_norm", Double.isFinite(step.gradientNorm()) ? step.gradientNorm() : null);
      lines.add(Json.line(entry));
      if (System.nanoTime() - lastWrite > WRITE_EVERY_NANOS) {
        write();
      }
    }
  }

  @Override
  public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("event", "epoch");
    entry.put("time", Instant.now().toString());
    entry.putAll(result.toMap());
    lines.add(Json.line(entry));
    write();
  }

  @Override
  public void trainingEnds(TrainingRun trainingRun, boolean finished) {
    write();
  }

  /** Returns the lines written so far. */
  public String text() {
    return String.join("\n", lines) + "\n";
  }

  private void write() {
    lastWrite = System.nanoTime();
    try {
      AtomicFiles.write(fs, file, text());
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
