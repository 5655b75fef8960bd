package org.sparkvit.training.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;

class ModelDestinationTest extends SparkTest {
  private static final String ONE = "20261101T080000000Z-0a1b2c3d";
  private static final String TWO = "20261102T080000000Z-0a1b2c3d";
  private static final String THREE = "20261103T080000000Z-0a1b2c3d";
  private static final List<String> FILES =
      List.of("config.json", "model.safetensors", "training.json");

  @TempDir Path folder;

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private Path model(String run) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(run));
    for (String name : FILES) {
      Files.writeString(directory.resolve(name), run);
    }
    return directory;
  }

  private Optional<String> publish(String uri, String run, boolean overwrite) throws IOException {
    return ModelDestination.at(spark, uri, overwrite).publish(model(run), run);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      // Hadoop's checksum files are its own affair.
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  private static void requireWhole(Path version) throws IOException {
    for (String name : FILES) {
      assertThat(version.resolve(name)).hasContent(version.getFileName().toString());
    }
  }

  private void publishTwoVersions(String uri) throws IOException {
    Path w = folder.resolve("w");
    assertThat(publish(uri, ONE, false)).isEmpty();
    Path first = TestModels.current(w, "m");
    assertThat(names(first)).isEqualTo(FILES);
    assertThatThrownBy(() -> ModelDestination.at(spark, uri, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists already")
        .hasMessageContaining("--overwrite");
    assertThat(publish(uri, TWO, true)).isEmpty();
    assertThat(TestModels.current(w, "m").getFileName()).hasToString(TWO);
    requireWhole(TestModels.current(w, "m"));
    requireWhole(first);
    assertThat(names(w.resolve("models/m"))).containsExactly("current.json", "versions");
    assertThat(names(w.resolve("models/m/versions"))).containsExactly(ONE, TWO);
  }

  @Test
  void aSecondVersionLeavesTheFirstAsItIs() throws IOException {
    publishTwoVersions(folder.resolve("w/models/m").toUri().toString());
  }

  @Test
  void theConfigurationComesLastAndThenThePointer() throws IOException {
    List<String> changed = new ArrayList<>();
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("create") || call.equals("delete")) {
            changed.add(call + " " + path.getName());
          }
        });
    publishTwoVersions(HookFileSystem.uri(spark, folder.resolve("w/models/m")));
    assertThat(changed).endsWith("create config.json", "delete _begun.json", "create current.json");
  }

  /** The run is killed at each call that changes something. */
  @Test
  void killedAnywhereTheFormerVersionIsCurrentOrTheNewOneIs() throws IOException {
    boolean killed = true;
    int kills = 0;
    int whole = 0;
    for (int at = 0; killed; at++) {
      Path w = folder.resolve("w" + at);
      String uri = HookFileSystem.uri(spark, w.resolve("models/m"));
      publish(uri, ONE, false);
      ModelDestination output = ModelDestination.at(spark, uri, true);
      Path next = model(TWO);
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            boolean changes = List.of("create", "rename", "delete", "mkdirs").contains(call);
            if (changes && left.getAndDecrement() <= 0) {
              throw new IOException("killed"); // and nothing gets through from then on
            }
          });
      killed = false;
      String words = "";
      try {
        output.publish(next, TWO);
      } catch (UncheckedIOException | UserException e) {
        killed = true;
        words = e.getMessage();
        kills++;
      }
      HookFileSystem.clear();
      Workspace workspace = Workspace.at(spark, w.toString());
      Path current = TestModels.current(w, "m");
      assertThat(current.getFileName()).as("killed at %d", at).hasToString(killed ? ONE : TWO);
      requireWhole(current);
      for (String run : workspace.modelVersions("m").versions()) {
        requireWhole(w.resolve("models/m/versions").resolve(run));
        if (killed && run.equals(TWO)) {
          whole++;
          assertThat(words)
              .contains("is complete in", "'spark-vit models --promote m@" + TWO + "' does that");
        }
      }
      assertThat(publish(uri, THREE, true)).isEmpty();
      assertThat(workspace.modelAt("m")).endsWith(THREE);
    }
    assertThat(kills).isGreaterThan(5);
    // The last calls are about the pointer.
    assertThat(whole).isBetween(1, 2);
  }

  @Test
  void theLaterOfTwoTrainingsOfOneNameIsCurrentAndSaysSo() throws IOException {
    String uri = folder.resolve("w/models/m").toString();
    ModelDestination first = ModelDestination.at(spark, uri, false);
    ModelDestination second = ModelDestination.at(spark, uri, false);
    assertThat(first.publish(model(ONE), ONE)).isEmpty();
    assertThat(second.publish(model(TWO), TWO))
        .contains(
            "another run has published m@"
                + ONE
                + " meanwhile; every version stays, and m@"
                + TWO
                + " is current now");
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    assertThat(workspace.modelVersions("m").versions()).containsExactly(TWO, ONE);
    assertThat(workspace.modelAt("m")).isEqualTo(second.location(TWO)).endsWith(TWO);
    requireWhole(folder.resolve("w/models/m/versions").resolve(ONE));
  }

  @Test
  void whatKilledRunsHaveBegunGoesAfterTwoDays() throws IOException {
    String uri = folder.resolve("w/models/m").toString();
    publish(uri, ONE, false);
    Path versions = folder.resolve("w/models/m/versions");
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(3)));
    for (String run : List.of(TWO, THREE, "20261104T080000000Z-0a1b2c3d", "mine")) {
      Path begun = Files.createDirectories(versions.resolve(run));
      Path weights = Files.writeString(begun.resolve("model.safetensors"), "half");
      Files.writeString(begun.resolve("config.json"), "{}");
      // The second folder is somebody else's, and in the third a run is at work.
      String owner = run.equals(THREE) ? "somebody" : "model m";
      Path marked =
          Files.writeString(
              begun.resolve("_begun.json"), Json.write(Map.of("owner", owner, "run", run)));
      if (!run.startsWith("20261104")) {
        Files.setLastModifiedTime(weights, old);
        Files.setLastModifiedTime(begun.resolve("config.json"), old);
        Files.setLastModifiedTime(marked, old);
      }
    }
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    assertThat(workspace.modelVersions("m").versions()).containsExactly(ONE);
    ModelDestination.at(spark, uri, true);
    assertThat(names(versions)).containsExactly(ONE, THREE, "20261104T080000000Z-0a1b2c3d", "mine");
  }

  @Test
  void aFolderThatSomebodyPutThereIsReadAndNotReplaced() throws IOException {
    Path plain = folder.resolve("w/models/m");
    Files.createDirectories(plain);
    for (String name : FILES) {
      Files.writeString(plain.resolve(name), "mine");
    }
    Path notes = Files.createDirectories(folder.resolve("w/models/n")).resolve("notes.txt");
    Files.writeString(notes, "mine");
    for (boolean overwrite : List.of(true, false)) {
      assertThatThrownBy(() -> ModelDestination.at(spark, plain.toString(), overwrite))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is a model directory that was put there")
          .hasMessageContaining("choose another --name");
      assertThatThrownBy(() -> ModelDestination.at(spark, notes.getParent().toString(), overwrite))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is no model, for it has no current.json");
    }
    assertThat(notes).hasContent("mine");
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    assertThat(workspace.modelAt("m")).isEqualTo("file:" + plain);
    assertThat(workspace.pinned("m")).isEqualTo("m");
  }

  @Test
  void namesAndFoldersMeanTheVersionThatIsCurrent() throws IOException {
    String uri = folder.resolve("w/models/m").toString();
    publish(uri, ONE, false);
    publish(uri, TWO, true);
    Workspace workspace = Workspace.forReading(spark, folder.resolve("w").toString(), AsOf.LATEST);
    String versions = "file:" + uri + "/versions/";
    assertThat(workspace.modelAt("m")).isEqualTo(versions + TWO);
    assertThat(workspace.modelAt("m@" + ONE)).isEqualTo(versions + ONE);
    assertThat(workspace.modelAt(uri)).isEqualTo(versions + TWO);
    assertThat(workspace.modelAt(uri + "/versions/" + ONE)).isEqualTo(uri + "/versions/" + ONE);
    assertThat(workspace.pinned("m")).isEqualTo("m@" + TWO);
    assertThat(workspace.pinned("m@" + ONE)).isEqualTo("m@" + ONE);
    assertThat(workspace.pinned(uri)).isEqualTo(versions + TWO);
    for (String other : List.of("google/vit", "https://h/m", "nowhere://m", "x/model.pt", "m.pt")) {
      assertThat(workspace.pinned(other)).isEqualTo(other);
    }
    assertThat(workspace.modelAt("x/model.pt")).isEqualTo("x");
    assertThat(workspace.modelAt("other")).isEqualTo(workspace.model("other"));
    assertThatThrownBy(() -> workspace.modelAt("m@" + THREE))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model 'm' has no version '" + THREE + "' in file:")
        .hasMessageEndingWith("'spark-vit models' lists those that there are");

    for (String damage : List.of("", "{", "{\"version\": \"../../x\"}")) {
      Files.writeString(folder.resolve("w/models/m/current.json"), damage);
      for (String name : List.of("m", uri)) {
        assertThatThrownBy(() -> workspace.modelAt(name))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("/m/current.json' does not name a version of the model")
            .hasMessageContaining("--promote m@RUN");
      }
    }
    Files.delete(folder.resolve("w/models/m/current.json"));
    assertThatThrownBy(() -> workspace.modelAt("m"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("of model 'm' no version is current");
    workspace.modelVersions("m").promote(ONE);
    assertThat(workspace.modelAt("m")).isEqualTo(versions + ONE);
  }
}
