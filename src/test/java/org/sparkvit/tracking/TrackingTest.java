package org.sparkvit.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;

/** What reaches a tracking server, and what happens where it does not. */
class TrackingTest {
  private static final MlflowRun.Patience SHORT =
      new MlflowRun.Patience(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(300));

  @TempDir private Path folder;

  private FakeMlflow server;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final RunRecord record =
      RunRecord.start("train", new LinkedHashMap<>(Map.of("epochs", 3, "learning-rate", 1e-4)));

  @BeforeEach
  void start() throws Exception {
    server = new FakeMlflow();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Tracking begin(Map<String, String> environment) {
    return Tracking.begin(
        new MlflowOptions(Optional.of(server.uri()), Optional.empty()),
        environment,
        SHORT,
        record,
        "s3a://user:secret@bucket/work",
        "vit",
        new Configuration(),
        this::say);
  }

  private void say(String line) {
    if (line.startsWith("warning: ")) {
      warnings.add(line);
    } else {
      said.add(line);
    }
  }

  private Map<?, ?> outcome() {
    return (Map<?, ?>) ((Map<?, ?>) record.toMap().get("results")).get("mlflow");
  }

  private FakeMlflow.RunOfFake run() {
    return server.runs().get(0);
  }

  @Test
  void aRunHasParametersCurvesTagsAndTheModelInTheirOrder() throws Exception {
    Path model = Files.createDirectories(folder.resolve("m 1/sub"));
    Files.writeString(folder.resolve("m 1/config.json"), "{}");
    Files.writeString(model.resolve("empty.txt"), "");
    Files.writeString(model.resolve("ä b.txt"), "words");
    record.input("images", 7);
    try (Tracking tracking = begin(Map.of())) {
      tracking.metrics(Map.of("train/loss", 0.5, "train/undefined", Double.NaN), 10);
      tracking.metrics(Map.of("train/loss", 0.25), 20);
      tracking.metrics("validation", Map.of("accuracy", 0.75), Map.of("cat/dog", 0.5), 20);
      record.input("splits", 3);
      tracking.model("abc123", folder.resolve("m 1").toString());
      tracking.finished();
    }
    assertThat(server.experiments()).containsExactly(Map.entry("spark-vit", "1"));
    assertThat(run().name).isEqualTo("train vit");
    assertThat(run().params)
        .containsEntry("epochs", "3")
        .containsEntry("learning-rate", "1.0E-4")
        .containsEntry("input.images", "7")
        .containsEntry("input.splits", "3")
        .containsEntry("model_hash", "abc123");
    assertThat(run().tags)
        .containsEntry("spark-vit.stage", "train")
        .containsEntry("spark-vit.run", record.runId())
        .containsEntry("spark-vit.model_hash", "abc123")
        .containsEntry("spark-vit.version", "development")
        .containsEntry("mlflow.source.name", "spark-vit train");
    assertThat(run().tags.get("spark-vit.workspace")).doesNotContain("secret");
    assertThat(run().metrics)
        .containsEntry("train/loss", List.of("0.5@10", "0.25@20"))
        .containsEntry("validation/accuracy", List.of("0.75@20"))
        .doesNotContainKey("train/undefined");
    assertThat(run().metrics.keySet()).anyMatch(name -> name.startsWith("validation/recall/cat_"));
    assertThat(server.files())
        .containsOnly(
            Map.entry("1/run1/artifacts/model/config.json", "{}"),
            Map.entry("1/run1/artifacts/model/sub/empty.txt", ""),
            Map.entry("1/run1/artifacts/model/sub/ä b.txt", "words"));
    assertThat(run().status).isEqualTo("FINISHED");
    assertThat(server.requests())
        .startsWith("GET experiments/get-by-name", "POST experiments/create", "POST runs/create")
        .endsWith("POST runs/update");
    assertThat(outcome().get("failed_requests")).isEqualTo(0L);
    assertThat(outcome().get("not_logged")).isEqualTo(0L);
    assertThat(outcome().get("run")).isEqualTo("run1");
    assertThat(said)
        .containsExactly(
            "logged as run run1 of MLflow's experiment 'spark-vit' at " + server.uri());
    assertThat(warnings).isEmpty();
  }

  @Test
  void thereAreBatchesWithinTheLimits() {
    Map<String, Double> many = new LinkedHashMap<>();
    for (int i = 0; i < 2500; i++) {
      many.put("test/recall/class " + i, i / 2500.0);
      record.input("table" + i / 10, "v".repeat(600));
    }
    try (Tracking tracking = begin(Map.of())) {
      tracking.metrics(many, 0);
      tracking.finished();
    }
    assertThat(run().metrics).hasSize(2500);
    assertThat(run().params).hasSize(252);
    assertThat(run().params.get("input.table0")).hasSize(500).endsWith("v...");
    assertThat(outcome().get("not_logged")).isEqualTo(0L);
    assertThat(warnings).isEmpty();
  }

  /** Two names that differ in what MLflow does not take stay two. */
  @Test
  void namesThatServersRefuseAreChanged() {
    try (Tracking tracking = begin(Map.of())) {
      tracking.metrics(
          Map.of("a:b", 1.0, "a?b", 2.0, "größe", 3.0, "/x", 4.0, "x//y", 5.0, "..", 6.0), 0);
      tracking.metrics(Map.of("n".repeat(300), 7.0, "ok_-. /x", 8.0), 0);
      record.input("a\u0000b", "zero");
      tracking.finished();
    }
    assertThat(run().metrics).hasSize(8).containsKey("ok_-. /x");
    assertThat(run().metrics.keySet()).allMatch(name -> name.matches("[A-Za-z0-9_\\-. /]{1,250}"));
    assertThat(run().metrics.keySet().stream().filter(name -> name.startsWith("a_b"))).hasSize(2);
    assertThat(outcome().get("not_logged")).isEqualTo(0L);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 429})
  void aServerThatIsDownForAWhileIsTriedAgainWithOneWarning(int status) {
    AtomicInteger left = new AtomicInteger(4);
    server.refusing(
        request -> request.endsWith("log-batch") && left.getAndDecrement() > 0 ? status : 0);
    try (Tracking tracking = begin(Map.of())) {
      tracking.metrics(Map.of("train/loss", 0.5), 1);
      tracking.finished();
    }
    assertThat(run().metrics).containsEntry("train/loss", List.of("0.5@1"));
    assertThat(run().status).isEqualTo("FINISHED");
    assertThat(outcome().get("failed_requests")).isEqualTo(4L);
    assertThat(outcome().get("not_logged")).isEqualTo(0L);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("HTTP " + status).contains("the work goes on");
  }

  @Test
  void aServerThatStaysDownEndsNothingAndIsCounted() throws Exception {
    Tracking tracking = begin(Map.of());
    server.close();
    tracking.metrics(Map.of("train/loss", 0.5, "train/learning_rate", 0.1), 1);
    tracking.finished();
    assertThat((Long) outcome().get("not_logged")).isGreaterThanOrEqualTo(2);
    assertThat((Long) outcome().get("failed_requests")).isPositive();
    assertThat(warnings).hasSize(1);
    assertThat(said.get(0)).endsWith("values or files are missing");
  }

  /** It may be restarting just then, so a training goes on, and the run begins later. */
  @Test
  void aServerThatIsDownAtTheStartGetsItsRunLater() {
    AtomicInteger left = new AtomicInteger(2);
    server.refusing(request -> left.getAndDecrement() > 0 ? 503 : 0);
    try (Tracking tracking = begin(Map.of())) {
      assertThat(warnings).hasSize(1);
      tracking.metrics(Map.of("train/loss", 0.5), 1);
      tracking.finished();
    }
    assertThat(run().metrics).containsKey("train/loss");
    assertThat(run().status).isEqualTo("FINISHED");
    assertThat(warnings).hasSize(1);
  }

  @Test
  void noServerAtThatPortIsAWarning() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    server.close();
    Tracking tracking =
        Tracking.begin(
            new MlflowOptions(Optional.of("http://127.0.0.1:" + free), Optional.empty()),
            Map.of(),
            SHORT,
            record,
            "w",
            "vit",
            new Configuration(),
            this::say);
    tracking.finished();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("127.0.0.1:" + free).contains("no answer");
    assertThat(outcome().get("run")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 302})
  void aRefusalAtTheStartIsAnError(int status) {
    server.refusing(request -> status);
    assertThatThrownBy(() -> begin(Map.of("MLFLOW_TRACKING_TOKEN", "hidden")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("HTTP " + status)
        .hasMessageContaining(server.uri())
        .hasMessageContaining("--mlflow-uri off")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void anUnknownHostIsAnError() {
    assertThatThrownBy(
            () ->
                Tracking.begin(
                    new MlflowOptions(Optional.of("http://nowhere.invalid:5000"), Optional.empty()),
                    Map.of(),
                    SHORT,
                    record,
                    "w",
                    "vit",
                    new Configuration(),
                    warnings::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("there is no such host");
  }

  /** Nothing else will be taken either, so the thread ends, and the work does not. */
  @Test
  void aRefusalInTheMiddleEndsTheLoggingOnly() {
    Tracking tracking = begin(Map.of());
    server.refusing(request -> 403);
    tracking.metrics(Map.of("train/loss", 0.5), 1);
    tracking.finished();
    assertThat(warnings).hasSize(1);
    assertThat((Long) outcome().get("not_logged")).isPositive();
    assertThat(server.requests()).doesNotContain("POST runs/update");
  }

  @Test
  void oneBatchThatIsRefusedDoesNotTakeTheRestAlong() {
    Tracking tracking = begin(Map.of());
    AtomicInteger first = new AtomicInteger();
    server.refusing(
        request -> request.endsWith("log-batch") && first.getAndIncrement() == 0 ? 400 : 0);
    tracking.tag("some", "thing");
    tracking.metrics(Map.of("train/loss", 0.5), 1);
    tracking.finished();
    assertThat(run().status).isEqualTo("FINISHED");
    assertThat(outcome().get("failed_requests")).isEqualTo(1L);
    assertThat((Long) outcome().get("not_logged")).isPositive();
  }

  @Test
  void credentialsComeFromTheEnvironment() {
    server.wanting("Bearer top");
    begin(Map.of("MLFLOW_TRACKING_TOKEN", "top")).finished();
    server.wanting("Basic bWU6cMOkc3M=");
    begin(
            Map.of(
                "MLFLOW_TRACKING_TOKEN", "top",
                "MLFLOW_TRACKING_USERNAME", "me",
                "MLFLOW_TRACKING_PASSWORD", "päss"))
        .finished();
    assertThat(server.runs()).hasSize(2).allMatch(run -> run.status.equals("FINISHED"));
    assertThatThrownBy(() -> begin(Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("MLFLOW_TRACKING_TOKEN");
  }

  @Test
  void theOptionWinsOverTheEnvironmentAndOffIsOff() {
    Map<String, String> environment =
        Map.of("MLFLOW_TRACKING_URI", "http://other:1", "MLFLOW_EXPERIMENT_NAME", "theirs");
    begin(environment).finished();
    assertThat(server.experiments()).containsOnlyKeys("theirs");
    assertThat(
            MlflowServer.find(
                new MlflowOptions(Optional.of("off"), Optional.empty()),
                environment,
                warnings::add))
        .isEmpty();
    assertThat(MlflowServer.find(MlflowOptions.DEFAULT, Map.of(), warnings::add)).isEmpty();
    MlflowServer found =
        MlflowServer.find(
                new MlflowOptions(Optional.empty(), Optional.of("mine")),
                environment,
                warnings::add)
            .orElseThrow();
    assertThat(found.experiment()).isEqualTo("mine");
    assertThat(found).hasToString("http://other:1");
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "databricks",
        "databricks://profile",
        "file:/tmp/mlruns",
        "sqlite:///mlflow.db",
        "localhost:5000",
        "https://me:secret@host",
        "https://host/?token=secret",
        "http://a b"
      })
  void otherAddressesAreRefusedWithoutTheirSecrets(String uri) {
    assertThatThrownBy(() -> new MlflowOptions(Optional.of(uri), Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--mlflow-uri")
        .hasMessageNotContaining("secret");
    // A platform may have set it for other programs.
    assertThat(
            MlflowServer.find(
                MlflowOptions.DEFAULT, Map.of("MLFLOW_TRACKING_URI", uri), warnings::add))
        .isEmpty();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("MLFLOW_TRACKING_URI").doesNotContain("secret");
  }

  @Test
  void artifactsInAStorageAreCopiedThroughHadoop() throws Exception {
    server.withArtifactsIn(folder.resolve("mlruns").toUri() + "/");
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    try (Tracking tracking = begin(Map.of())) {
      tracking.model("abc", model.toString());
      tracking.finished();
    }
    Path copied = folder.resolve("mlruns/1/run1/artifacts/model");
    assertThat(copied.resolve("config.json")).hasContent("{}");
    try (var files = Files.list(copied)) {
      assertThat(files).hasSize(1);
    }
    assertThat(server.files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dbfs:/databricks/mlflow-tracking/",
        "mlflow-artifacts://elsewhere:5000/",
        "odd:/"
      })
  void artifactsThatCannotBeWrittenAreOneWarning(String root) throws Exception {
    server.withArtifactsIn(root);
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("a"), "1");
    Files.writeString(model.resolve("b"), "2");
    try (Tracking tracking = begin(Map.of())) {
      tracking.model("abc", model.toString());
      tracking.metrics(Map.of("x", 1.0), 0);
      tracking.finished();
    }
    assertThat(warnings).hasSize(1);
    assertThat(outcome().get("not_logged")).isEqualTo(2L);
    assertThat(run().metrics).containsKey("x");
    assertThat(run().status).isEqualTo("FINISHED");
  }

  @Test
  void aModelThatIsGoneIsAWarning() {
    try (Tracking tracking = begin(Map.of())) {
      tracking.model("abc", folder.resolve("nothing").toString());
      tracking.finished();
    }
    assertThat(warnings).hasSize(1);
    assertThat(outcome().get("not_logged")).isEqualTo(1L);
    assertThat(run().status).isEqualTo("FINISHED");
  }

  @Test
  void anUploadIsTriedAgain() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    server.refusing(request -> request.startsWith("PUT") && left.getAndDecrement() > 0 ? 503 : 0);
    Files.writeString(Files.createDirectories(folder.resolve("m")).resolve("w"), "weights");
    try (Tracking tracking = begin(Map.of())) {
      tracking.model("abc", folder.resolve("m").toString());
      tracking.finished();
    }
    assertThat(server.files()).containsEntry("1/run1/artifacts/model/w", "weights");
    assertThat(outcome().get("not_logged")).isEqualTo(0L);
  }

  @Test
  void workThatFailsOrIsInterruptedSaysSo() {
    try (Tracking failing = begin(Map.of())) {
      failing.metrics(Map.of("x", 1.0), 0);
    }
    Tracking interrupted = begin(Map.of());
    interrupted.killed();
    interrupted.close();
    assertThat(server.runs().stream().map(run -> run.status)).containsExactly("FAILED", "KILLED");
  }

  @Test
  void aTrialIsARunBelowItsStudy() {
    try (Tracking study = begin(Map.of())) {
      Tracking trial = study.child("trial 1", Map.of("epochs", "5"));
      trial.metrics(Map.of("validation/accuracy", 0.5), 1);
      trial.finished();
      study.finished();
    }
    FakeMlflow.RunOfFake trial = server.runs().get(1);
    assertThat(trial.tags).containsEntry("mlflow.parentRunId", "run1");
    assertThat(trial.params).containsExactly(Map.entry("epochs", "5"));
    assertThat(trial.status).isEqualTo("FINISHED");
  }

  @Test
  void withoutAServerNothingIsLogged() {
    Tracking tracking = Tracking.off(record);
    tracking.metrics(Map.of("x", 1.0), 0);
    tracking.child("t", Map.of()).finished();
    tracking.finished();
    assertThat(tracking.listeners(10)).isEmpty();
    assertThat(outcome()).isNull();
  }
}
