package org.sparkvit.core;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The record of the run that made an output. It has the stage, its configuration, what the run
 * read, what it counted, and when it ran. Every output has such a record beside it. The
 * configuration never holds credentials, which come from the platform.
 */
public final class RunRecord {
  /** The name of this program among {@link #versions}. */
  public static final String PROGRAM = "spark-vit";

  /** The key of the result that says how many images the run has worked on. */
  public static final String IMAGES_DONE = "images_done";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String runId;
  private final String stage;
  private final Instant started = Instant.now();
  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Map<String, Object> inputs = new LinkedHashMap<>();
  private final Map<String, Object> results = new LinkedHashMap<>();

  private RunRecord(String stage, Map<String, Object> config) {
    this.stage = stage;
    config.forEach((name, value) -> option(name, value));
    // Run ids sort by time, and two runs that start in the same millisecond still differ.
    this.runId = TIME.format(started) + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /**
   * Begins the record of one run.
   *
   * @param stage the subcommand's name, e.g. {@code split}
   * @param config the names and values of the options
   */
  public static RunRecord start(String stage, Map<String, Object> config) {
    return new RunRecord(stage, config);
  }

  /**
   * Returns the run's name, which is unique and sortable by time. The run's outputs are named after
   * it.
   */
  public String runId() {
    return runId;
  }

  /** Returns the name of the run's subcommand. */
  public String stage() {
    return stage;
  }

  /** Notes an option that is not part of the stage's own configuration. */
  public RunRecord option(String name, Object value) {
    config.put(name, withoutSecrets(value));
    return this;
  }

  /**
   * Returns a value without secrets. Addresses of inputs may be signed, or have a password in them.
   */
  private static Object withoutSecrets(Object value) {
    if (value instanceof List<?> values) {
      return values.stream().map(RunRecord::withoutSecrets).toList();
    }
    return value instanceof String text ? Urls.withoutSecrets(text) : value;
  }

  /** Notes something that was read, e.g. a table and its version, or a folder. */
  public RunRecord input(String name, Object reference) {
    inputs.put(name, reference);
    return this;
  }

  /** Notes a count or another figure of the result. */
  public RunRecord result(String name, Object value) {
    results.put(name, value);
    return this;
  }

  /** Adds to a count of the result, which starts at 0. */
  public RunRecord add(String name, long count) {
    results.merge(name, count, (before, more) -> ((Number) before).longValue() + (Long) more);
    return this;
  }

  /** Returns the number of images that the run has worked on, or 0 where it is not by images. */
  public long imagesDone() {
    return results.get(IMAGES_DONE) instanceof Number number ? number.longValue() : 0;
  }

  /** Returns the record as plain maps, ready to be written as JSON. Durations are in seconds. */
  public Map<String, Object> toMap() {
    Instant now = Instant.now();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("run", runId);
    map.put("stage", stage);
    map.put("started", started.toString());
    map.put("finished", now.toString());
    map.put("seconds", Duration.between(started, now).toMillis() / 1000.0);
    map.put("config", config);
    map.put("inputs", inputs);
    map.put("results", results);
    map.put("versions", versions());
    return map;
  }

  /** Returns the versions of the program and of the software that it runs on, by name. */
  public static Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    String own = RunRecord.class.getPackage().getImplementationVersion();
    versions.put(PROGRAM, own == null ? "development" : own);
    versions.put("java", System.getProperty("java.runtime.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }
}
