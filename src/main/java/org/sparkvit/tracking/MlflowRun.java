package org.sparkvit.tracking;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.HttpFailure;
import org.sparkvit.core.http.RetryingHttp;

/**
 * One run of MLflow. What is logged waits in memory, and a thread sends it, in the order in which
 * it came and in requests within MLflow's limits. Where the server does not answer, the thread
 * tries again, and the caller goes on.
 */
final class MlflowRun {
  /** The limits of one request, by the REST API's reference. */
  private static final int METRICS_PER_REQUEST = 1000;

  private static final int PAIRS_PER_REQUEST = 100;

  /** The number of values that wait for a server that is down. Some 20 MB; more are dropped. */
  private static final int MOST_WAITING = 200_000;

  /** The statuses after which no other request would succeed either. */
  private static final Set<Integer> REFUSALS = Set.of(401, 403, 404);

  /**
   * How long a server is waited for.
   *
   * @param firstWait the time before a request is sent again; it doubles each time
   * @param longestWait the longest time between two attempts
   * @param atTheEnd the time for which the server may be down after the work has ended
   */
  record Patience(Duration firstWait, Duration longestWait, Duration atTheEnd) {
    static final Patience DEFAULT =
        new Patience(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(60));
  }

  private final MlflowServer server;
  private final String name;
  private final Map<String, String> firstTags;
  private final Patience patience;
  private final MlflowClient client;
  private final MlflowArtifacts artifacts;
  private final Instant started = Instant.now();
  private final Thread thread;

  /** All below is guarded by this object. */
  private final Deque<MlflowClient.Metric> metrics = new ArrayDeque<>();

  private final Map<String, String> params = new LinkedHashMap<>();
  private final Map<String, String> sentParams = new LinkedHashMap<>();
  private final Map<String, String> tags = new LinkedHashMap<>();
  private final Deque<MlflowArtifacts.Item> files = new ArrayDeque<>();
  private MlflowClient.Run run;
  private String status;
  private Instant ended;
  private boolean givenUp;
  private String warning;
  private boolean warned;
  private long failedRequests;
  private long dropped;

  private MlflowRun(
      MlflowServer server,
      String name,
      Map<String, String> tags,
      Configuration hadoop,
      RetryingHttp http,
      Patience patience) {
    this.server = server;
    this.name = name;
    this.firstTags = Map.copyOf(tags);
    this.patience = patience;
    this.client = new MlflowClient(server, http);
    this.artifacts = new MlflowArtifacts(server, client, hadoop);
    this.thread = new Thread(this::work, "mlflow");
    thread.setDaemon(true);
  }

  /**
   * Begins a run, and waits until the server has made it.
   *
   * @param tags the tags of the run, which are sent with its beginning
   * @param http sends requests once; pauses are this class's business, as it has to see that the
   *     work has ended
   * @throws UserException when the address is wrong or the server refuses the run. A server that
   *     does not answer, or says that it is busy, is tried again later
   */
  static MlflowRun begin(
      MlflowServer server,
      String name,
      Map<String, String> tags,
      Configuration hadoop,
      RetryingHttp http,
      Patience patience) {
    MlflowRun run = new MlflowRun(server, name, tags, hadoop, http, patience);
    try {
      run.create();
    } catch (HttpFailure e) {
      if (!e.isTransient()) {
        throw new UserException(
            "MLflow at "
                + server
                + " refuses the run ("
                + MlflowClient.reason(e)
                + "); "
                + remedy(e)
                + ", or pass --"
                + MlflowOptions.URI_OPTION
                + " "
                + MlflowOptions.OFF,
            e);
      }
      run.failed(e, true);
    }
    run.thread.start();
    return run;
  }

  /** Begins a run as {@link #begin} does, without waiting for the server. */
  static MlflowRun beginLater(
      MlflowServer server,
      String name,
      Map<String, String> tags,
      Configuration hadoop,
      RetryingHttp http,
      Patience patience) {
    MlflowRun run = new MlflowRun(server, name, tags, hadoop, http, patience);
    run.thread.start();
    return run;
  }

  private static String remedy(HttpFailure failure) {
    return switch (failure.status()) {
      case 401, 403 ->
          "set "
              + MlflowServer.USER_VARIABLE
              + " and "
              + MlflowServer.PASSWORD_VARIABLE
              + ", or "
              + MlflowServer.TOKEN_VARIABLE;
      case 400 -> "look at --" + MlflowOptions.EXPERIMENT_OPTION;
      default -> "look at the address";
    };
  }

  private void create() throws HttpFailure {
    MlflowClient.Run made = client.createRun(client.experiment(), name, started, firstTags);
    synchronized (this) {
      run = made;
      notifyAll();
    }
  }

  /** Returns the run's id, or empty while the server has not made it. */
  synchronized Optional<String> id() {
    return Optional.ofNullable(run).map(MlflowClient.Run::id);
  }

  /** Logs a parameter. A parameter that was logged before keeps its value, as MLflow demands. */
  synchronized void param(String key, String value) {
    String name = MlflowText.key(key);
    if (sentParams.putIfAbsent(name, value) == null) {
      params.put(name, MlflowText.value(value, MlflowText.LONGEST_PARAM));
      notifyAll();
    }
  }

  synchronized void tag(String key, String value) {
    tags.put(MlflowText.key(key), MlflowText.value(value, MlflowText.LONGEST_TAG));
    notifyAll();
  }

  /** Logs a value of a curve. A value that is no number is left out, as it is undefined. */
  synchronized void metric(String key, double value, long step) {
    if (!Double.isFinite(value)) {
      return;
    }
    if (givenUp || metrics.size() >= MOST_WAITING) {
      dropped++;
      return;
    }
    metrics.add(
        new MlflowClient.Metric(MlflowText.key(key), value, System.currentTimeMillis(), step));
    notifyAll();
  }

  /** Copies the files of a folder to a folder of the run's artifacts. */
  void artifacts(String folder, String to) {
    List<MlflowArtifacts.Item> items;
    try {
      items = artifacts.list(folder, to);
    } catch (IOException e) {
      drop(1);
      note("MLflow at " + server + " lacks the files of " + folder + ": " + e.getMessage());
      return;
    }
    synchronized (this) {
      files.addAll(items);
      notifyAll();
    }
  }

  /** Returns a warning for people, once: what was logged has not arrived so far. */
  synchronized Optional<String> takeWarning() {
    Optional<String> taken = Optional.ofNullable(warning);
    warning = null;
    return taken;
  }

  /**
   * Ends the run, as soon as everything is sent.
   *
   * @param finalStatus {@code FINISHED}, {@code FAILED} or {@code KILLED}
   */
  synchronized void end(String finalStatus) {
    if (status == null) {
      status = finalStatus;
      ended = Instant.now();
    }
    notifyAll();
  }

  /** Waits until the run has ended, or the server was down for too long. */
  void await() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the number of requests that have failed. */
  synchronized long failedRequests() {
    return failedRequests;
  }

  /** Returns the number of values, texts and files that the server does not have. */
  synchronized long notLogged() {
    return dropped + params.size() + tags.size() + metrics.size() + files.size();
  }

  /** Sends what waits until the run has ended. */
  private void work() {
    Duration wait = patience.firstWait();
    Instant downSince = null;
    while (true) {
      try {
        if (!next()) {
          return;
        }
        wait = patience.firstWait();
        downSince = null;
      } catch (HttpFailure e) {
        // A connection that the server has closed meanwhile is nothing to warn of.
        failed(e, downSince != null || e.status() != 0);
        if (downSince == null) {
          downSince = Instant.now();
        }
        if (!e.isTransient() || isOver(downSince) || !pause(wait)) {
          giveUp();
          return;
        }
        wait = wait.multipliedBy(2);
        wait = wait.compareTo(patience.longestWait()) < 0 ? wait : patience.longestWait();
      } catch (InterruptedException e) {
        giveUp();
        return;
      } catch (RuntimeException e) {
        note(String.valueOf(e.getMessage()));
        giveUp();
        return;
      }
    }
  }

  private synchronized boolean hasEnded() {
    return ended != null;
  }

  private synchronized boolean isOver(Instant downSince) {
    if (ended == null) {
      return false;
    }
    Instant since = downSince.isAfter(ended) ? downSince : ended;
    return Instant.now().isAfter(since.plus(patience.atTheEnd()));
  }

  /** Waits, but after the work has ended no longer than the patience at the end allows. */
  private synchronized boolean pause(Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    boolean endedBefore = ended != null;
    try {
      for (long left = wait.toMillis(); left > 0; left = (until - System.nanoTime()) / 1_000_000) {
        wait(left);
        if (ended != null && !endedBefore) {
          return true;
        }
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Sends one request. Returns false when the run has ended and all is sent. */
  private boolean next() throws HttpFailure, InterruptedException {
    boolean isMade;
    synchronized (this) {
      while (run != null && isEmpty() && status == null) {
        wait();
      }
      isMade = run != null;
    }
    if (!isMade) {
      create();
      return true;
    }
    if (sendParams() || sendTags()) {
      return true;
    }
    if (sendMetrics()) {
      // Quick steps share a request.
      if (!hasEnded() && !pause(patience.firstWait())) {
        throw new InterruptedException();
      }
      return true;
    }
    if (sendFile()) {
      return true;
    }
    attempt(() -> client.end(run, status, ended), 0);
    return false;
  }

  private boolean isEmpty() {
    return params.isEmpty() && tags.isEmpty() && metrics.isEmpty() && files.isEmpty();
  }

  private boolean sendParams() throws HttpFailure {
    Map<String, String> batch = first(params);
    if (batch.isEmpty()) {
      return false;
    }
    attempt(() -> client.log(run, List.of(), batch, Map.of()), batch.size());
    remove(params, batch);
    return true;
  }

  private boolean sendTags() throws HttpFailure {
    Map<String, String> batch = first(tags);
    if (batch.isEmpty()) {
      return false;
    }
    attempt(() -> client.log(run, List.of(), Map.of(), batch), batch.size());
    remove(tags, batch);
    return true;
  }

  private synchronized Map<String, String> first(Map<String, String> all) {
    Map<String, String> batch = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : all.entrySet()) {
      if (batch.size() == PAIRS_PER_REQUEST) {
        break;
      }
      batch.put(entry.getKey(), entry.getValue());
    }
    return batch;
  }

  /** Removes what was sent, unless it has another value by now. */
  private synchronized void remove(Map<String, String> all, Map<String, String> batch) {
    batch.forEach(all::remove);
  }

  private boolean sendMetrics() throws HttpFailure {
    List<MlflowClient.Metric> batch = new ArrayList<>();
    synchronized (this) {
      for (MlflowClient.Metric metric : metrics) {
        if (batch.size() == METRICS_PER_REQUEST) {
          break;
        }
        batch.add(metric);
      }
    }
    if (batch.isEmpty()) {
      return false;
    }
    attempt(() -> client.log(run, batch, Map.of(), Map.of()), batch.size());
    synchronized (this) {
      // Others are added at the other end only.
      batch.forEach(sent -> metrics.remove());
    }
    return true;
  }

  private boolean sendFile() throws HttpFailure {
    MlflowArtifacts.Item item;
    synchronized (this) {
      item = files.peek();
    }
    if (item == null) {
      return false;
    }
    try {
      attempt(() -> artifacts.copy(run, item), 1);
    } catch (UserException e) {
      // None of the files can be put there.
      note(e.getMessage());
      synchronized (this) {
        dropped += files.size();
        files.clear();
      }
      return true;
    }
    synchronized (this) {
      files.remove();
    }
    return true;
  }

  private interface Request {
    void send() throws HttpFailure, IOException;
  }

  /**
   * Sends a request. One that the server will never accept is dropped, and the rest goes on.
   *
   * @param things the number of things that are missing where it is dropped
   * @throws HttpFailure when it may succeed later
   */
  private void attempt(Request request, int things) throws HttpFailure {
    try {
      request.send();
    } catch (HttpFailure e) {
      if (e.isTransient()) {
        throw e;
      }
      failed(e, true);
      if (REFUSALS.contains(e.status())) {
        throw new UserException(
            "MLflow at " + server + " takes nothing any more (" + MlflowClient.reason(e) + ")");
      }
      drop(things);
    } catch (IOException | UncheckedIOException e) {
      synchronized (this) {
        failedRequests++;
        dropped += things;
      }
      note("MLflow at " + server + " lacks a file of the model: " + e.getMessage());
    }
  }

  private synchronized void drop(int things) {
    dropped += things;
  }

  private void failed(HttpFailure failure, boolean warns) {
    synchronized (this) {
      failedRequests++;
    }
    if (!warns) {
      return;
    }
    note(
        "MLflow at "
            + server
            + " does not take what is logged ("
            + MlflowClient.reason(failure)
            + "); the work goes on"
            + (failure.isTransient() ? ", and it is tried again" : ""));
  }

  /** Keeps the first warning. One line is enough, and the record has the counts. */
  private synchronized void note(String text) {
    if (!warned) {
      warned = true;
      warning = text;
    }
  }

  private synchronized void giveUp() {
    givenUp = true;
    dropped += (long) params.size() + tags.size() + metrics.size() + files.size();
    params.clear();
    tags.clear();
    metrics.clear();
    files.clear();
  }
}
