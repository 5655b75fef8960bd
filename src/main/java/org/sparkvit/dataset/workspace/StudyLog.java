package org.sparkvit.dataset.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.stats.search.Trial;

/**
 * The events of a study as JSON lines, to which lines are only added: {@code "event": "study"}
 * first, then {@code "begin"}, {@code "report"} and {@code "end"} of trials.
 */
public final class StudyLog {
  /** The name of the file with the lines. */
  public static final String FILE = "study.jsonl";

  /** The prefix of the keys of the configuration that are parameters of the search space. */
  public static final String SEARCHED = "search ";

  private final String metric;
  private final boolean higherIsBetter;
  private final Map<String, String> config;
  private final List<String> lines = new ArrayList<>();
  private final TreeMap<Integer, Trial> trials = new TreeMap<>();

  private StudyLog(String metric, boolean higherIsBetter, Map<String, String> config) {
    this.metric = metric;
    this.higherIsBetter = higherIsBetter;
    this.config = new LinkedHashMap<>(config);
  }

  /**
   * Begins a log.
   *
   * @param metric the name of the metric that values are of
   * @param higherIsBetter whether higher values of the metric are better
   * @param config the settings that identify the study
   */
  public static StudyLog begin(String metric, boolean higherIsBetter, Map<String, String> config) {
    StudyLog log = new StudyLog(metric, higherIsBetter, config);
    Map<String, Object> event = event("study");
    event.put("metric", metric);
    event.put("higher_is_better", higherIsBetter);
    event.put("config", config);
    log.lines.add(Json.line(event));
    return log;
  }

  /**
   * Reads the lines of a log.
   *
   * @param name the name of the file, for messages
   * @throws UserException when the lines are not a study's
   */
  public static StudyLog parse(String name, String text) {
    List<String> lines = text.lines().toList();
    JsonNode first = Json.read(name, lines.isEmpty() ? "{}" : lines.get(0));
    if (!first.path("event").asText().equals("study")) {
      throw new UserException(name + " does not begin with the line of a study");
    }
    Map<String, String> config = new LinkedHashMap<>();
    first
        .path("config")
        .fields()
        .forEachRemaining(field -> config.put(field.getKey(), field.getValue().asText()));
    StudyLog log =
        new StudyLog(
            first.path("metric").asText(), first.path("higher_is_better").asBoolean(), config);
    log.lines.add(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      log.take(name, Json.read(name, line));
      log.lines.add(line);
    }
    return log;
  }

  private void take(String name, JsonNode event) {
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
          throw new UserException(name + ": unknown event '" + event.path("event").asText() + "'");
    }
  }

  /** Returns the loss of a value, which is lower the better the value is. */
  private double loss(double value) {
    return higherIsBetter ? -value : value;
  }

  /** Returns the value of the metric for a trial's loss. */
  public double value(double loss) {
    return higherIsBetter ? -loss : loss;
  }

  /** Returns the name of the metric that values are of. */
  public String metric() {
    return metric;
  }

  /** Returns whether higher values of the metric are better. */
  public boolean higherIsBetter() {
    return higherIsBetter;
  }

  /** Returns the settings that identify the study, by name. */
  public Map<String, String> config() {
    return Map.copyOf(config);
  }

  /** Returns the search space. */
  public SearchSpace space() {
    Map<String, String> parameters = new TreeMap<>();
    config.forEach(
        (name, value) -> {
          if (name.startsWith(SEARCHED)) {
            parameters.put(name.substring(SEARCHED.length()), value);
          }
        });
    return SearchSpace.parse(parameters);
  }

  /** Returns all trials that have begun, by number. */
  public List<Trial> trials() {
    return List.copyOf(trials.values());
  }

  /** Returns a trial that has begun. */
  public Trial trial(int number) {
    return trials.get(number);
  }

  /** Returns the best complete trial, or empty where none is complete. */
  public Optional<Trial> best() {
    return trials.values().stream()
        .filter(trial -> trial.state() == Trial.State.COMPLETE)
        .min((a, b) -> Double.compare(a.loss(), b.loss()));
  }

  /** Adds the beginning of a trial. */
  public void begin(int number, Map<String, String> values) {
    Map<String, Object> event = event("begin");
    event.put("trial", number);
    event.put("values", new TreeMap<>(values));
    add(event);
  }

  /**
   * Adds a report of a trial.
   *
   * @param epoch the epoch that the trial has reached
   * @param value the best value until then
   */
  public void report(int number, int epoch, double value) {
    Map<String, Object> event = event("report");
    event.put("trial", number);
    event.put("epoch", epoch);
    event.put("value", value);
    add(event);
  }

  /**
   * Adds the end of a trial.
   *
   * @param value the best value of all its epochs, or NaN
   * @param details further fields of the line
   */
  public void end(int number, Trial.State state, double value, Map<String, Object> details) {
    Map<String, Object> event = event("end");
    event.put("trial", number);
    event.put("state", state.name().toLowerCase(Locale.ROOT));
    event.put("value", Double.isNaN(value) ? null : value);
    event.putAll(details);
    add(event);
  }

  /** Returns the lines written so far. */
  public String text() {
    return String.join("\n", lines) + "\n";
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
    take(FILE, Json.read(FILE, line));
  }
}
