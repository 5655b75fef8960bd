package org.sparkvit.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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

class StateFolderTest extends SparkTest {
  @TempDir private Path folder;

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private Path state(String version) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(version));
    for (String name : List.of("config.json", "model.safetensors", "training.json")) {
      Files.writeString(directory.resolve(name), version);
    }
    return directory;
  }

  private static StateFolder place(String uri) throws IOException {
    var path = new org.apache.hadoop.fs.Path(uri);
    return new StateFolder(path.getFileSystem(spark.sparkContext().hadoopConfiguration()), path);
  }

  private static void restore(String uri) throws IOException {
    var path = new org.apache.hadoop.fs.Path(uri);
    StateFolder.restore(
        path.getFileSystem(spark.sparkContext().hadoopConfiguration()), path.getParent());
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

  private void publishAndReplace(String uri, Path states) throws IOException {
    place(uri).publish(state("one"));
    assertThat(names(states.resolve("last-1")))
        .containsExactly("config.json", "model.safetensors", "training.json");
    place(uri).publish(state("two"));
    assertThat(states.resolve("last-1/model.safetensors")).hasContent("two");
    assertThat(names(states)).containsExactly("last-1");
  }

  @Test
  void renamesTheFolderWhereThatIsOneStep() throws IOException {
    Path states = folder.resolve("states");
    publishAndReplace(states.resolve("last-1").toUri().toString(), states);
  }

  @Test
  void copiesFilesOneByOneElsewhereAndTheConfigurationLast() throws IOException {
    Path states = folder.resolve("states");
    List<String> created = new ArrayList<>();
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("create")) {
            created.add(path.getParent().getName() + "/" + path.getName());
          }
        });
    publishAndReplace(HookFileSystem.uri(spark, states.resolve("last-1")), states);
    assertThat(created).last().isEqualTo("last-1/config.json");
  }

  /** The run is killed at each call that changes something; the next start finds a whole state. */
  @Test
  void killedAnywhereThereIsAWholeState() throws IOException {
    boolean killed = true;
    int kills = 0;
    for (int at = 0; killed; at++) {
      Path states = folder.resolve("states-" + at);
      String uri = HookFileSystem.uri(spark, states.resolve("last-1"));
      place(uri).publish(state("one"));
      Path next = state("two");
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
        place(uri).publish(next);
      } catch (IOException e) {
        killed = true;
        kills++;
      }
      HookFileSystem.clear();
      restore(uri);
      String version = Files.readString(states.resolve("last-1/config.json"));
      assertThat(version).isIn("one", "two");
      for (String name : List.of("model.safetensors", "training.json")) {
        assertThat(states.resolve("last-1/" + name)).as("killed at %d", at).hasContent(version);
      }
      Files.delete(next.resolve("more.json"));
    }
    assertThat(kills).isGreaterThan(8);
  }

  @Test
  void killedBetweenTheTwoRenamesTheNextStartBringsTheFormerStateBack() throws IOException {
    Path states = folder.resolve("states");
    String uri = states.resolve("last-1").toString();
    place(uri).publish(state("one"));
    Files.move(
        states.resolve("last-1"),
        states.resolve(".last-1.old.0b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1"));
    Files.createDirectories(states.resolve(".last-1.new.1b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1"));
    restore(uri);
    assertThat(states.resolve("last-1/model.safetensors")).hasContent("one");
    place(uri).publish(state("two"));
    assertThat(states.resolve("last-1/model.safetensors")).hasContent("two");
    assertThat(names(states))
        .containsExactly(".last-1.new.1b5b2fd4-59f5-4d4a-9f7c-08ff0cf4a0b1", "last-1");
  }

  @Test
  void aFolderThatIsNoStateIsNotReplaced() throws IOException {
    Path notes = Files.createDirectories(folder.resolve("states/last-1")).resolve("notes.txt");
    Files.writeString(notes, "mine");
    assertThatThrownBy(() -> place(notes.getParent().toString()).publish(state("one")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is no state of a training, as it has no config.json");
    assertThat(notes).hasContent("mine");
  }
}
