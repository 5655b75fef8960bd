package org.sparkvit.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.HttpFailure;
import org.sparkvit.core.http.RetryingHttp;
import org.sparkvit.dataset.workspace.Json;

/**
 * The requests of MLflow's REST API, version 2.0, that logging needs. MLflow's own Java client is
 * not used: it is 8.6 MB for six requests, and runs Python to upload files.
 */
final class MlflowClient {
  private static final String API = "/api/2.0/mlflow/";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The time for one file, which may have gigabytes. */
  private static final Duration FILE_TIMEOUT = Duration.ofMinutes(30);

  private final MlflowServer server;
  private final RetryingHttp http;

  MlflowClient(MlflowServer server, RetryingHttp http) {
    this.server = server;
    this.http = http;
  }

  /**
   * A run that the server has made.
   *
   * @param id the run's id
   * @param experiment the id of its experiment
   * @param artifacts the URI of the folder of its artifacts
   */
  record Run(String id, String experiment, String artifacts) {}

  /**
   * A value of a curve.
   *
   * @param millis the time since 1970 in milliseconds
   * @param step the number of updates done
   */
  record Metric(String key, double value, long millis, long step) {}

  /**
   * Returns the id of the server's experiment, which is made where there is none.
   *
   * @throws UserException when what answers is no MLflow server
   */
  String experiment() throws HttpFailure {
    try {
      return find();
    } catch (HttpFailure e) {
      if (!code(e).equals("RESOURCE_DOES_NOT_EXIST")) {
        throw e;
      }
    }
    try {
      return text(post("experiments/create", Map.of("name", server.experiment())), "experiment_id");
    } catch (HttpFailure e) {
      if (!code(e).equals("RESOURCE_ALREADY_EXISTS")) {
        throw e;
      }
      // Another run has made it meanwhile.
      return find();
    }
  }

  private String find() throws HttpFailure {
    String query =
        "experiments/get-by-name?experiment_name="
            + URLEncoder.encode(server.experiment(), StandardCharsets.UTF_8);
    JsonNode found = json(http.send(request(uri(API + query), TIMEOUT).GET().build()));
    if (found.at("/experiment/lifecycle_stage").asText().equals("deleted")) {
      throw new UserException(
          "MLflow's experiment '"
              + server.experiment()
              + "' is deleted; restore it, or name another one with --"
              + MlflowOptions.EXPERIMENT_OPTION);
    }
    return text(found.path("experiment"), "experiment_id");
  }

  /** Makes a run, which is running from now on. */
  Run createRun(String experiment, String name, Instant started, Map<String, String> tags)
      throws HttpFailure {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("experiment_id", experiment);
    body.put("run_name", name);
    body.put("start_time", started.toEpochMilli());
    Map<String, String> all = new LinkedHashMap<>(tags);
    // Servers before 2.0 know the name as a tag only.
    all.put("mlflow.runName", name);
    body.put("tags", pairs(all));
    JsonNode info = post("runs/create", body).at("/run/info");
    return new Run(text(info, "run_id"), experiment, info.path("artifact_uri").asText());
  }

  /**
   * Logs one batch. The limits of a request are the caller's business.
   *
   * @throws HttpFailure when the server has refused it, or has not answered
   */
  void log(Run run, List<Metric> metrics, Map<String, String> params, Map<String, String> tags)
      throws HttpFailure {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("run_id", run.id());
    body.put(
        "metrics",
        metrics.stream()
            .map(
                metric -> {
                  Map<String, Object> map = new LinkedHashMap<>();
                  map.put("key", metric.key());
                  map.put("value", metric.value());
                  map.put("timestamp", metric.millis());
                  map.put("step", metric.step());
                  return map;
                })
            .toList());
    body.put("params", pairs(params));
    body.put("tags", pairs(tags));
    post("runs/log-batch", body);
  }

  /** Sets the state of a run that has ended: {@code FINISHED}, {@code FAILED} or {@code KILLED}. */
  void end(Run run, String status, Instant ended) throws HttpFailure {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("run_id", run.id());
    body.put("status", status);
    body.put("end_time", ended.toEpochMilli());
    post("runs/update", body);
  }

  /**
   * Uploads a file to the server.
   *
   * @param to the file's address, which is the server's own
   * @param content opens the content; it is called for each attempt
   * @param bytes the length of the content
   */
  void put(URI to, Supplier<InputStream> content, long bytes) throws HttpFailure {
    HttpRequest.BodyPublisher body =
        bytes == 0
            ? HttpRequest.BodyPublishers.noBody()
            // With its length: not every server takes a body in chunks.
            : HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(content), bytes);
    http.send(
        request(to, FILE_TIMEOUT)
            .header("Content-Type", "application/octet-stream")
            .PUT(body)
            .build());
  }

  /** Returns the address of a path of the server. */
  URI uri(String path) {
    return URI.create(server.uri() + path);
  }

  private JsonNode post(String what, Map<String, ?> body) throws HttpFailure {
    return json(
        http.send(
            request(uri(API + what), TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(body), StandardCharsets.UTF_8))
                .build()));
  }

  private HttpRequest.Builder request(URI uri, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(timeout).header("User-Agent", "spark-vit");
    server.authorization().ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private static List<Map<String, String>> pairs(Map<String, String> values) {
    List<Map<String, String>> pairs = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          Map<String, String> pair = new LinkedHashMap<>();
          pair.put("key", key);
          pair.put("value", value);
          pairs.add(pair);
        });
    return pairs;
  }

  private JsonNode json(String answer) {
    try {
      return Json.read("the answer", answer.isBlank() ? "{}" : answer);
    } catch (UserException e) {
      throw noServer();
    }
  }

  private String text(JsonNode json, String field) {
    String text = json.path(field).asText();
    if (text.isEmpty()) {
      throw noServer();
    }
    return text;
  }

  private UserException noServer() {
    return new UserException(
        "what answers at " + server + " is no MLflow tracking server; look at the address");
  }

  /** Returns the code by which MLflow says why, or an empty text. */
  static String code(HttpFailure failure) {
    return field(failure, "error_code");
  }

  /** Returns the reason for people, with the server's own words where it has some. */
  static String reason(HttpFailure failure) {
    String words = field(failure, "message");
    return words.isEmpty()
        ? failure.getMessage()
        : failure.getMessage() + ", " + MlflowText.value(words, 300);
  }

  private static String field(HttpFailure failure, String name) {
    try {
      return Json.read("the answer", failure.body().isBlank() ? "{}" : failure.body())
          .path(name)
          .asText();
    } catch (UserException e) {
      return "";
    }
  }
}
