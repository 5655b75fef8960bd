package org.sparkvit.tune;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.Metric;
import org.sparkvit.search.Trial;
import org.sparkvit.table.AtomicFiles;
import org.sparkvit.table.Json;

/**
 * What has happened in a study, as JSON lines to which more are added and none is changed: {@code
 * "event": "study"} first, then {@code "begin"}, {@code "report"} and {@code "end"} of trials.
 * Readers see whole lines at any time.
 */
final class StudyFile {
  static final String NAME = "study.jsonl";

  private final FileSystem fs;
  private final Path file;
  private final Metric metric;
  private final List<String> lines = new ArrayList<>();
  private final TreeMap<Integer, Trial> trials = new TreeMap<>();

  /**
   * @param folder of the study
   * @param metric that values are of
   */
  StudyFile(FileSystem fs, Path folder, Metric metric) {
    this.fs = fs;
    this.file = new Path(folder, NAME);
    this.metric = metric;
  }

  /**
   * Reads what is there.
   *
   * @return whether there is anything
   * @throws UserException when it is a study of something else
   */
  boolean read(Map<String, String> essence) {
    String text;
    try {
      text = AtomicFiles.read(fs, file);
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
    for (String line : text.lines().toList()) {
      JsonNode event = Json.read(file.toString(), line);
      if (event.path("event").asText().equals("study")) {
        requireSame(event.path("config"), essence);
      } else {
        take(event);
      }
      lines.add(line);
    }
    return true;
  }

  private void requireSame(JsonNode config, Map<String, String> essence) {
    Map<String, String> former = new TreeMap<>();
    config
        .fields()
        .forEachRemaining(field -> former.put(field.getKey(), field.getValue().asText()));
    Map<String, String> all = new TreeMap<>(former);
    all.putAll(essence);
    for (String key : all.keySet()) {
      String before = former.get(key);
      String now = essence.get(key);
      if (!String.valueOf(before).equals(String.valueOf(now))) {
        throw new UserException(
            "the study in "
                + file.getParent()
                + " was begun with "
                + key
                + " = "
                + before
                + ", not "
                + now
                + "; give it the same settings, --overwrite it, or choose another --name");
      }
    }
  }

  private void take(JsonNode event) {
    int number = event.path("trial").asInt();
    switch (event.path("event").asText()) {
      case "begin" -> {
        Map<String, String> values = new TreeMap<>();
        event
            .path("values")
            .fields()
            .forEachRemaining(field -> values.put(field.getKey(), field.getValue().asText()));
        trials.put(number, Trial.begin(number, values));
      }
      case "report" ->
          trials.computeIfPresent(
              number,
              (same, trial) ->
                  trial.report(event.path("epoch").asInt(), loss(event.path("value").asDouble())));
      case "end" ->
          trials.computeIfPresent(
              number,
              (same, trial) ->
                  trial.end(
                      Trial.State.valueOf(event.path("state").asText().toUpperCase(Locale.ROOT)),
                      event.path("value").isNumber()
                          ? loss(event.path("value").asDouble())
                          : Double.NaN));
      default ->
          throw new UserException(file + ": unknown event '" + event.path("event").asText() + "'");
    }
  }

  /** Less is better. */
  private double loss(double value) {
    return metric.higherIsBetter() ? -value : value;
  }

  /** The value of the metric that a loss was made from. */
  double value(double loss) {
    return metric.higherIsBetter() ? -loss : loss;
  }

  List<Trial> trials() {
    return List.copyOf(trials.values());
  }

  Trial trial(int number) {
    return trials.get(number);
  }

  /** The best that is complete. */
  Optional<Trial> best() {
    return trials.values().stream()
        .filter(trial -> trial.state() == Trial.State.COMPLETE)
        .min((a, b) -> Double.compare(a.loss(), b.loss()));
  }

  void begin(Map<String, String> essence) {
    Map<String, Object> event = event("study");
    event.put("metric", metric.label());
    event.put("higher_is_better", metric.higherIsBetter());
    event.put("config", essence);
    add(event);
  }

  void begin(int number, Map<String, String> values) {
    Map<String, Object> event = event("begin");
    event.put("trial", number);
    event.put("values", new TreeMap<>(values));
    add(event);
  }

  /**
   * @param value best until then
   */
  void report(int number, int epoch, double value) {
    Map<String, Object> event = event("report");
    event.put("trial", number);
    event.put("epoch", epoch);
    event.put("value", value);
    add(event);
  }

  /**
   * @param value best of all its epochs, or NaN
   * @param details more to note
   */
  void end(int number, Trial.State state, double value, Map<String, Object> details) {
    Map<String, Object> event = event("end");
    event.put("trial", number);
    event.put("state", state.name().toLowerCase(Locale.ROOT));
    event.put("value", Double.isNaN(value) ? null : value);
    event.putAll(details);
    add(event);
  }

  private static Map<String, Object> event(String name) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event", name);
    event.put("time", Instant.now().toString());
    return event;
  }

  private void add(Map<String, Object> event) {
    String line = Json.line(event);
    lines.add(line);
    if (event.containsKey("trial")) {
      take(Json.read(file.toString(), line));
    }
    try {
      AtomicFiles.write(fs, file, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }
}
