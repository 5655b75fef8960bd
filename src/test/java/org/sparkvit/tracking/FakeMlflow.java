package org.sparkvit.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.sparkvit.dataset.workspace.Json;

/**
 * A tracking server on 127.0.0.1 that answers as the reference of MLflow's REST API says, limits
 * and error codes included, and as {@code mlflow server --serve-artifacts} does for files.
 */
public final class FakeMlflow implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_\\-. /]{1,250}");
  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> experiments = new TreeMap<>();
  private final Map<String, RunOfFake> runs = new LinkedHashMap<>();
  private final Map<String, String> files = new TreeMap<>();
  private final List<String> requests = new ArrayList<>();
  private Function<String, Integer> refusal = request -> 0;
  private String authorization;
  private String artifacts = "mlflow-artifacts:/";

  /** What the server knows of a run. */
  public static final class RunOfFake {
    public final Map<String, String> params = new TreeMap<>();
    public final Map<String, String> tags = new TreeMap<>();

    /** The values with their steps, by name. */
    public final Map<String, List<String>> metrics = new TreeMap<>();

    public String name;
    public String status = "RUNNING";
  }

  public FakeMlflow() throws IOException {
    this(0);
  }

  FakeMlflow(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers with a status where a function of the request gives one other than 0. */
  public synchronized FakeMlflow refusing(Function<String, Integer> statuses) {
    refusal = statuses;
    return this;
  }

  synchronized FakeMlflow wanting(String header) {
    authorization = header;
    return this;
  }

  synchronized FakeMlflow withArtifactsIn(String root) {
    artifacts = root;
    return this;
  }

  /** The requests in their order, such as {@code POST runs/create}. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  public synchronized List<RunOfFake> runs() {
    return List.copyOf(runs.values());
  }

  public synchronized Map<String, String> experiments() {
    return Map.copyOf(experiments);
  }

  /** The contents of uploaded files by their paths. */
  public synchronized Map<String, String> files() {
    return new TreeMap<>(files);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    URI uri = exchange.getRequestURI();
    String what = uri.getPath().replace(API, "").replace(ARTIFACTS, "artifacts/");
    String request = exchange.getRequestMethod() + " " + what;
    requests.add(request);
    int refused = refusal.apply(request);
    try {
      if (refused != 0) {
        throw new Refusal(refused, "INTERNAL_ERROR", "as the test wants it");
      }
      if (authorization != null
          && !authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        throw new Refusal(401, "UNAUTHENTICATED", "who are you?");
      }
      if (request.startsWith("PUT artifacts/")) {
        if (exchange.getRequestHeaders().getFirst("Content-Length") == null) {
          throw new Refusal(411, "INVALID_PARAMETER_VALUE", "how long is it?");
        }
        files.put(what.substring("artifacts/".length()), new String(body, StandardCharsets.UTF_8));
        send(exchange, 200, Map.of());
        return;
      }
      JsonNode json =
          body.length == 0 ? null : Json.read("body", new String(body, StandardCharsets.UTF_8));
      send(exchange, 200, answer(request, uri, json));
    } catch (Refusal e) {
      send(exchange, e.status, Map.of("error_code", e.code, "message", e.getMessage()));
    }
  }

  private Map<String, ?> answer(String request, URI uri, JsonNode body) throws Refusal {
    switch (request) {
      case "GET experiments/get-by-name" -> {
        String wanted =
            URLDecoder.decode(
                uri.getRawQuery().replace("experiment_name=", ""), StandardCharsets.UTF_8);
        if (!experiments.containsKey(wanted)) {
          throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "no such experiment");
        }
        return Map.of(
            "experiment",
            Map.of("experiment_id", experiments.get(wanted), "lifecycle_stage", "active"));
      }
      case "POST experiments/create" -> {
        String id = Integer.toString(experiments.size() + 1);
        if (experiments.putIfAbsent(body.path("name").asText(), id) != null) {
          throw new Refusal(400, "RESOURCE_ALREADY_EXISTS", "there is one");
        }
        return Map.of("experiment_id", id);
      }
      case "POST runs/create" -> {
        RunOfFake made = new RunOfFake();
        made.name = body.path("run_name").asText();
        String run = "run" + (runs.size() + 1);
        runs.put(run, made);
        body.path("tags").forEach(tag -> made.tags.put(key(tag), tag.path("value").asText()));
        return Map.of(
            "run",
            Map.of(
                "info",
                Map.of(
                    "run_id",
                    run,
                    "artifact_uri",
                    artifacts + body.path("experiment_id").asText() + "/" + run + "/artifacts")));
      }
      case "POST runs/log-batch" -> {
        log(run(body), body);
        return Map.of();
      }
      case "POST runs/update" -> {
        run(body).status = body.path("status").asText();
        return Map.of();
      }
      default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND", request);
    }
  }

  private RunOfFake run(JsonNode body) throws Refusal {
    RunOfFake run = runs.get(body.path("run_id").asText());
    if (run == null) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "no such run");
    }
    return run;
  }

  private static void log(RunOfFake run, JsonNode body) throws Refusal {
    most(body.path("metrics"), 1000);
    most(body.path("params"), 100);
    most(body.path("tags"), 100);
    for (JsonNode param : body.path("params")) {
      value(param, 500);
      String former = run.params.putIfAbsent(key(param), param.path("value").asText());
      if (former != null && !former.equals(param.path("value").asText())) {
        throw new Refusal(400, "INVALID_PARAMETER_VALUE", "params do not change");
      }
    }
    for (JsonNode tag : body.path("tags")) {
      value(tag, 5000);
      run.tags.put(key(tag), tag.path("value").asText());
    }
    for (JsonNode metric : body.path("metrics")) {
      if (!metric.path("value").isNumber() || !metric.path("timestamp").isIntegralNumber()) {
        throw new Refusal(400, "INVALID_PARAMETER_VALUE", metric.toString());
      }
      run.metrics
          .computeIfAbsent(key(metric), name -> new ArrayList<>())
          .add(metric.path("value").asText() + "@" + metric.path("step").asLong());
    }
  }

  private static void most(JsonNode list, int limit) throws Refusal {
    if (list.size() > limit) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE", "at most " + limit);
    }
  }

  private static void value(JsonNode pair, int bytes) throws Refusal {
    name(key(pair));
    if (pair.path("value").asText().getBytes(StandardCharsets.UTF_8).length > bytes) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE", "too long");
    }
  }

  private static String key(JsonNode pair) {
    return pair.path("key").asText();
  }

  private static void name(String name) throws Refusal {
    boolean unique = !("/" + name + "/").matches(".*/\\.{0,2}/.*");
    if (!NAME.matcher(name).matches() || !unique) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE", "Invalid name: " + name);
    }
  }

  private static void send(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] bytes = Json.line(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    Refusal(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }
}
