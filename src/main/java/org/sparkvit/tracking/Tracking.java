package org.sparkvit.tracking;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.RetryingHttp;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.TrainingListener;

/**
 * Logs one run of a stage to MLflow, or nowhere where no server is named. Only the beginning waits
 * for the server, so that a mistake shows before hours of work. All methods are called by the
 * thread that does the work.
 *
 * <p>Names follow MLflow's habit of groups with a slash: {@code train/loss}, {@code
 * validation/accuracy}, {@code test/recall/CLASS}. Options of the stage are parameters under their
 * own names, the versions of tables that were read are {@code input.TABLE}.
 */
public final class Tracking implements AutoCloseable {
  private static final String PREFIX = "spark-vit.";
  private static final String MODEL = "model";
  private static final String WARNING = "warning: ";

  private final Optional<MlflowRun> run;
  private final Settings settings;
  private final RunRecord record;
  private final List<MlflowRun> children = new ArrayList<>();
  private final boolean isChild;
  private boolean ended;

  /**
   * What the runs of one stage have in common.
   *
   * @param server the server, or nothing where nothing is logged
   * @param hadoop the settings of storages
   * @param say receives lines for people
   */
  private record Settings(
      Optional<MlflowServer> server,
      Configuration hadoop,
      RetryingHttp http,
      MlflowRun.Patience patience,
      Consumer<String> say) {}

  private Tracking(Optional<MlflowRun> run, Settings settings, RunRecord record, boolean isChild) {
    this.run = run;
    this.isChild = isChild;
    this.settings = settings;
    this.record = record;
  }

  /**
   * Begins to log where options or environment name a server.
   *
   * @param record the record of the run, with its options and what it has read so far
   * @param workspace the URI of the workspace
   * @param subject the name of the model or study, for the run's name
   * @param hadoop the settings of the storages that models and artifacts are in
   * @param say receives lines for people, each complete in itself
   * @throws UserException when the server's address is wrong, or the server refuses the run
   */
  public static Tracking begin(
      MlflowOptions options,
      RunRecord record,
      String workspace,
      String subject,
      Configuration hadoop,
      Consumer<String> say) {
    return begin(
        options,
        System.getenv(),
        MlflowRun.Patience.DEFAULT,
        record,
        workspace,
        subject,
        hadoop,
        say);
  }

  static Tracking begin(
      MlflowOptions options,
      Map<String, String> environment,
      MlflowRun.Patience patience,
      RunRecord record,
      String workspace,
      String subject,
      Configuration hadoop,
      Consumer<String> say) {
    Optional<MlflowServer> server =
        MlflowServer.find(options, environment, text -> say.accept(WARNING + text));
    if (server.isEmpty()) {
      return off(record);
    }
    RetryingHttp http = new RetryingHttp(1, patience.firstWait(), patience.longestWait());
    Settings settings = new Settings(server, hadoop, http, patience, say);
    Tracking tracking =
        new Tracking(
            server.map(
                at ->
                    MlflowRun.begin(
                        at,
                        record.stage() + " " + subject,
                        tags(record, workspace),
                        hadoop,
                        http,
                        patience)),
            settings,
            record,
            false);
    // A model's record is written before its run has ended.
    tracking.run.ifPresent(run -> record.result("mlflow", place(server.orElseThrow(), run)));
    tracking.params(configuration(record), "");
    tracking.inputs();
    tracking.warn();
    return tracking;
  }

  /** Returns what logs nowhere. */
  public static Tracking off(RunRecord record) {
    return new Tracking(
        Optional.empty(),
        new Settings(Optional.empty(), null, null, null, text -> {}),
        record,
        false);
  }

  /**
   * Begins a run below this one, such as a trial of a study. It waits for the server neither at its
   * beginning nor at its end; this one's end does.
   *
   * @param name the name of the run
   * @param params the parameters of the run by name
   */
  public Tracking child(String name, Map<String, String> params) {
    Optional<MlflowRun> below =
        run.map(
            parent -> {
              Map<String, String> tags = new LinkedHashMap<>(tags(record, ""));
              parent.id().ifPresent(id -> tags.put("mlflow.parentRunId", id));
              return MlflowRun.beginLater(
                  settings.server().orElseThrow(),
                  name,
                  tags,
                  settings.hadoop(),
                  settings.http(),
                  settings.patience());
            });
    synchronized (children) {
      below.ifPresent(children::add);
    }
    Tracking child = new Tracking(below, settings, RunRecord.start(record.stage(), Map.of()), true);
    child.params(params, "");
    return child;
  }

  private static Map<String, String> tags(RunRecord record, String workspace) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("mlflow.source.type", "JOB");
    tags.put("mlflow.source.name", "spark-vit " + record.stage());
    tags.put("mlflow.user", String.valueOf(System.getProperty("user.name")));
    tags.put(PREFIX + "stage", record.stage());
    tags.put(PREFIX + "run", record.runId());
    if (!workspace.isEmpty()) {
      tags.put(PREFIX + "workspace", Urls.withoutSecrets(workspace));
    }
    tags.put(PREFIX + "version", RunRecord.versions().get(RunRecord.PROGRAM));
    Map<String, String> cut = new LinkedHashMap<>();
    tags.forEach((key, value) -> cut.put(key, MlflowText.value(value, MlflowText.LONGEST_TAG)));
    return cut;
  }

  private static Map<String, Object> configuration(RunRecord record) {
    return entries(record, "config");
  }

  private static Map<String, Object> entries(RunRecord record, String part) {
    Map<String, Object> entries = new TreeMap<>();
    ((Map<?, ?>) record.toMap().get(part))
        .forEach((name, value) -> entries.put(name.toString(), value));
    return entries;
  }

  private void params(Map<String, ?> values, String prefix) {
    run.ifPresent(to -> values.forEach((name, value) -> to.param(prefix + name, text(value))));
  }

  private static String text(Object value) {
    return value instanceof Map || value instanceof List ? Json.line(value) : String.valueOf(value);
  }

  /** Logs as parameters what the stage has read. */
  private void inputs() {
    params(entries(record, "inputs"), "input.");
  }

  /**
   * Returns the listener that logs the curves of a training, or nothing where nothing is logged.
   */
  public List<TrainingListener> listeners(int everySteps) {
    List<TrainingListener> listeners = new ArrayList<>();
    if (run.isPresent()) {
      listeners.add(new MlflowListener(this, everySteps));
    }
    return listeners;
  }

  /** Returns whether anything is logged. */
  public boolean isOn() {
    return run.isPresent();
  }

  /** Logs what an epoch has come to. */
  public void epoch(EpochResult epoch) {
    MlflowListener.epoch(this, epoch);
  }

  /**
   * Logs values. Those that are no numbers are left out.
   *
   * @param values the values by name, in which slashes make groups
   * @param step the number of updates done; 0 for what has no curve
   */
  public void metrics(Map<String, Double> values, long step) {
    run.ifPresent(
        to -> {
          new TreeMap<>(values).forEach((name, value) -> to.metric(name, value, step));
          warn();
        });
  }

  /**
   * Logs the figures of a split.
   *
   * @param split the name of the split
   * @param figures the figures by name
   * @param recall the recall of each class by name
   */
  public void metrics(
      String split, Map<String, Double> figures, Map<String, Double> recall, long step) {
    Map<String, Double> all = new TreeMap<>();
    figures.forEach((name, value) -> all.put(split + "/" + name, value));
    recall.forEach((name, value) -> all.put(ofClass(split, "recall", name), value));
    metrics(all, step);
  }

  /** Returns the name of a figure of one class. */
  public static String ofClass(String split, String metric, String label) {
    return split + "/" + metric + "/" + MlflowText.part(label);
  }

  /** Logs a fact as a tag. */
  public void tag(String name, String value) {
    run.ifPresent(to -> to.tag(PREFIX + name, value));
  }

  /**
   * Logs a model that was published, with all of its files.
   *
   * @param hash the hash of the model
   * @param location the URI of its directory
   */
  public void model(String hash, String location) {
    run.ifPresent(
        to -> {
          to.param("model_hash", hash);
          tag("model_hash", hash);
          tag("model_location", Urls.withoutSecrets(location));
          to.artifacts(location, MODEL);
          warn();
        });
  }

  /** Ends the run as one that was interrupted. */
  public void killed() {
    end("KILLED");
  }

  /** Ends the run as one that was successful, when all of it has arrived. */
  public void finished() {
    inputs();
    end("FINISHED");
  }

  /** Ends the run as one that has failed, unless it has ended. */
  @Override
  public void close() {
    end("FAILED");
  }

  private void end(String status) {
    if (ended) {
      return;
    }
    ended = true;
    run.ifPresent(
        to -> {
          to.end(status);
          if (!isChild) {
            await(to);
          }
        });
  }

  /** Waits for what is not sent yet, and notes in the record what is missing. */
  private void await(MlflowRun to) {
    List<MlflowRun> all = new ArrayList<>(List.of(to));
    synchronized (children) {
      all.addAll(children);
    }
    all.forEach(MlflowRun::await);
    all.stream().flatMap(each -> each.takeWarning().stream()).findFirst().ifPresent(this::warn);
    MlflowServer server = settings.server().orElseThrow();
    long missing = all.stream().mapToLong(MlflowRun::notLogged).sum();
    Map<String, Object> outcome = place(server, to);
    outcome.put("failed_requests", all.stream().mapToLong(MlflowRun::failedRequests).sum());
    outcome.put("not_logged", missing);
    record.result("mlflow", outcome);
    if (to.id().isPresent()) {
      settings
          .say()
          .accept(
              String.format(
                  Locale.ROOT,
                  "logged as run %s of MLflow's experiment '%s' at %s%s",
                  to.id().get(),
                  server.experiment(),
                  server,
                  missing == 0 ? "" : ", where " + missing + " values or files are missing"));
    }
  }

  /** Returns where a run is, for the record. */
  private static Map<String, Object> place(MlflowServer server, MlflowRun run) {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("server", server.toString());
    place.put("experiment", server.experiment());
    place.put("run", run.id().orElse(null));
    return place;
  }

  private void warn() {
    run.flatMap(MlflowRun::takeWarning).ifPresent(this::warn);
  }

  private void warn(String text) {
    settings.say().accept(WARNING + text);
  }
}
