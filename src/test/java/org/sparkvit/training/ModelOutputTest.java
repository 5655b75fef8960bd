package org.sparkvit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.table.Workspace;

class ModelOutputTest extends SparkTest {
  @TempDir Path folder;

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private Path model(String version) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(version));
    for (String name : List.of("config.json", "model.safetensors", "training.json")) {
      Files.writeString(directory.resolve(name), version);
    }
    return directory;
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

  private void publishAndReplace(String uri, Path models) throws IOException {
    ModelOutput.at(spark, uri, false).publish(model("one"));
    assertThat(names(models.resolve("m")))
        .containsExactly("config.json", "model.safetensors", "training.json");
    assertThatThrownBy(() -> ModelOutput.at(spark, uri, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists already")
        .hasMessageContaining("--overwrite");
    ModelOutput.at(spark, uri, true).publish(model("two"));
    assertThat(models.resolve("m/model.safetensors")).hasContent("two");
    assertThat(names(models)).containsExactly("m");
  }

  @Test
  void renamesTheFolderWhereThatIsOneStep() throws IOException {
    Path models = folder.resolve("models");
    publishAndReplace(models.resolve("m").toUri().toString(), models);
  }

  @Test
  void copiesFilesOneByOneElsewhereAndTheConfigurationLast() throws IOException {
    Path models = folder.resolve("models");
    List<String> created = new ArrayList<>();
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("create")) {
            created.add(path.getParent().getName() + "/" + path.getName());
          }
        });
    publishAndReplace(HookFileSystem.uri(spark, models.resolve("m")), models);
    assertThat(created).last().isEqualTo("m/config.json");
  }

  /** The run is killed at each call that changes something; the next start finds a whole model. */
  @Test
  void killedAnywhereThereIsAWholeModelUnderItsName() throws IOException {
    boolean killed = true;
    int kills = 0;
    for (int at = 0; killed; at++) {
      Path models = folder.resolve("models-" + at);
      String uri = HookFileSystem.uri(spark, models.resolve("m"));
      ModelOutput.at(spark, uri, false).publish(model("one"));
      ModelOutput output = ModelOutput.at(spark, uri, true);
      Path next = model("two");
      Files.writeString(next.resolve("more.json"), "two");
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            boolean changes = List.of("create", "rename", "delete", "mkdirs").contains(call);
            if (changes && left.getAndDecrement() <= 0) {
              throw new IOException("killed"); // and nothing gets through from then on
            }
          });
      killed = false;
      try {
        output.publish(next);
      } catch (UncheckedIOException e) {
        killed = true;
        kills++;
      }
      HookFileSystem.clear();
      assertThatThrownBy(() -> ModelOutput.at(spark, uri, false)).hasMessageContaining("exists");
      String version = Files.readString(models.resolve("m/config.json"));
      assertThat(version).isIn("one", "two");
      for (String name : List.of("model.safetensors", "training.json")) {
        assertThat(models.resolve("m/" + name)).as("killed at %d", at).hasContent(version);
      }
      Files.delete(next.resolve("more.json"));
    }
    assertThat(kills).isGreaterThan(8);
  }

  @Test
  void killedBetweenTheTwoRenamesTheNextStartOfAnyStageBringsTheFormerModelBack()
      throws IOException {
    Path models = folder.resolve("workspace/models");
    ModelOutput.at(spark, models.resolve("m").toString(), false).publish(model("one"));
    Files.move(models.resolve("m"), models.resolve(".m.old.0b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1"));
    Files.createDirectories(models.resolve(".m.new.1b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1"));
    Workspace.at(spark, folder.resolve("workspace").toString());
    assertThat(models.resolve("m/model.safetensors")).hasContent("one");
    ModelOutput.at(spark, models.resolve("m").toString(), true).publish(model("two"));
    assertThat(models.resolve("m/model.safetensors")).hasContent("two");
    assertThat(names(models)).containsExactly(".m.new.1b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1", "m");
  }

  @Test
  void theSecondOfTwoTrainingsOfOneNameIsRefusedAndItsModelKept() throws IOException {
    Path models = folder.resolve("models");
    for (String uri :
        List.of(
            models.resolve("m").toUri().toString(),
            HookFileSystem.uri(spark, models.resolve("h")))) {
      ModelOutput first = ModelOutput.at(spark, uri, false);
      ModelOutput second = ModelOutput.at(spark, uri, false);
      first.publish(model("one"));
      assertThatThrownBy(() -> second.publish(model("two")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("another run has published model")
          .hasMessageContaining("is kept as '" + new org.apache.hadoop.fs.Path(uri) + "-");
      String name = uri.endsWith("m") ? "m" : "h";
      assertThat(models.resolve(name + "/model.safetensors")).hasContent("one");
      String kept =
          names(models).stream().filter(n -> n.startsWith(name + "-")).findFirst().orElseThrow();
      assertThat(models.resolve(kept + "/model.safetensors")).hasContent("two");
    }
  }

  @Test
  void aFolderThatIsNoModelIsNotReplaced() throws IOException {
    Path notes = Files.createDirectories(folder.resolve("models/m")).resolve("notes.txt");
    Files.writeString(notes, "mine");
    for (boolean overwrite : List.of(true, false)) {
      assertThatThrownBy(() -> ModelOutput.at(spark, notes.getParent().toString(), overwrite))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is no model, for it has no config.json");
    }
    assertThat(notes).hasContent("mine");
  }
}
