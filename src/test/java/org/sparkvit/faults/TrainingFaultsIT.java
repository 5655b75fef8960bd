package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.BuildFolder;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.cli.Main;
import org.sparkvit.dataset.workspace.Json;

/** Processes of a standalone cluster are killed while it trains. */
class TrainingFaultsIT extends SparkTest {
  private static final List<String> MODEL =
      List.of(
          "--hidden-size 64 --layers 2 --heads 2 --image-size 64 --patch-size 8 --batch-size 16"
              .split(" "));
  private static final List<String> MACHINE =
      List.of("--device cpu --precision fp32 --patience 0 --metric log_loss".split(" "));

  @TempDir private static Path folder;

  private static String workspace;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void begin() throws Exception {
    DrawnImages images = DrawnImages.sound(folder.resolve("data"), 240);
    workspace = folder.resolve("workspace").toString();
    Scoring.catalog(workspace, images.folder());
    Main.main(
        new String[] {
          "split", "-w", workspace, "--train", "0.7", "--validation", "0.3", "--test", "0"
        });
    cluster = StandaloneCluster.start(BuildFolder.path().resolve(Path.of("clusters", "training")));
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static List<String> command(String stage, String name, String... more) {
    List<String> command = new ArrayList<>(List.of(stage, "-w", workspace, "--name", name));
    command.addAll(MODEL);
    command.addAll(MACHINE);
    command.addAll(List.of(more));
    return command;
  }

  private static void here(List<String> command) {
    Main.main(command.toArray(String[]::new));
  }

  private static String hash(String model) throws IOException {
    Path file = TestModels.current(Path.of(workspace), model).resolve("training.json");
    return Json.read(file.toString(), Files.readString(file)).at("/results/model_hash").asText();
  }

  /** Whether there is a file or folder whose name begins so. */
  private static boolean has(Path parent, String prefix) {
    try (Stream<Path> files = Files.exists(parent) ? Files.list(parent) : Stream.empty()) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith(prefix));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void anExecutorIsKilledInMidRound() throws Exception {
    String[] workers = {"--workers", "2", "--inner-steps", "6", "--epochs", "10"};
    var run = cluster.submit("diloco", command("train", "diloco", workers));
    Path rounds = Path.of(workspace, "training", "diloco", "workers");
    StandaloneCluster.await("two rounds", run, () -> has(rounds, "round-2"));
    ProcessHandle executor = cluster.executor(cluster.worker(1)).orElseThrow();
    assertThat(executor.destroyForcibly()).isTrue();
    assertThat(run.await()).as(run.log().toString()).isZero();
    assertThat(run.output()).contains("exited with code 137");
    here(command("train", "diloco-undisturbed", workers));
    assertThat(hash("diloco")).isEqualTo(hash("diloco-undisturbed"));
  }

  @Test
  void theDriverIsKilledOrEndedInMidEpoch() throws Exception {
    String[] options = {"--epochs", "20", "--checkpoint-steps", "5"};
    here(command("train", "undisturbed", options));
    for (String how : List.of("killed", "ended")) {
      var run = cluster.submit(how, command("train", how, options));
      Path states = Path.of(workspace, "training", how);
      StandaloneCluster.await("a state", run, () -> has(states, "best-") && has(states, "last-"));
      if (how.equals("killed")) {
        run.driver().destroyForcibly();
      } else {
        run.driver().destroy();
      }
      assertThat(run.await()).as(run.log().toString()).isNotZero();
      if (how.equals("ended")) {
        assertThat(run.output()).contains("interrupted after step").contains("--resume");
      }
      List<String> again = command("train", how, options);
      again.add("--resume");
      here(again);
      assertThat(hash(how)).as(how).isEqualTo(hash("undisturbed"));
    }
  }

  @Test
  void theDriverOfAStudyIsKilled() throws Exception {
    Path space = folder.resolve("space.properties");
    Files.writeString(space, "learning-rate = log-float 1e-5 1e-2\nweight-decay = float 0 0.2\n");
    String[] options = {
      "--space", space.toString(), "--trials", "6", "--epochs", "2", "--prune-reduction", "2"
    };
    var run = cluster.submit("study", command("tune", "study", options));
    Path log = Path.of(workspace, "studies", "study", "study.jsonl");
    StandaloneCluster.await("two trials", run, () -> count(log, "end") >= 2);
    run.driver().destroyForcibly();
    assertThat(run.await()).isNotZero();
    assertThat(run.output()).contains("2 at a time");
    List<String> before = Files.readAllLines(log);

    List<String> again = command("tune", "study", options);
    again.add("--resume");
    var resumed = cluster.submit("resumed", again);
    assertThat(resumed.await()).as(resumed.log().toString()).isZero();
    List<String> after = Files.readAllLines(log);
    assertThat(after.subList(0, before.size())).isEqualTo(before);
    Map<Integer, Integer> begun = new HashMap<>();
    Map<Integer, Integer> ended = new HashMap<>();
    for (String line : after) {
      JsonNode event = Json.read(log.toString(), line);
      switch (event.path("event").asText()) {
        case "begin" -> begun.merge(event.path("trial").asInt(), 1, Integer::sum);
        case "end" -> ended.merge(event.path("trial").asInt(), 1, Integer::sum);
        default -> {
          // reports, of which a trial may have several
        }
      }
    }
    assertThat(begun).hasSize(6).allSatisfy((trial, times) -> assertThat(times).isEqualTo(1));
    assertThat(ended).isEqualTo(begun);
    here(
        List.of(
            "train",
            "-w",
            workspace,
            "--name",
            "best",
            "--config",
            log.resolveSibling("best.properties").toString()));
    assertThat(hash("best")).isNotEmpty();
  }

  private static long count(Path log, String event) {
    try {
      return Files.exists(log)
          ? Files.readAllLines(log).stream()
              .filter(line -> line.contains("\"event\":\"" + event + "\""))
              .count()
          : 0;
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
