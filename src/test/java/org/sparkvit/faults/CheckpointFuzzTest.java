package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.torchscript.ScriptedModel;

/**
 * Mutants of a model's files are refused in a line, or read as what the file was, or as what it
 * says now where that is another valid document.
 */
class CheckpointFuzzTest {
  private static final Path VIT = Path.of("src/test/resources/vit");
  private static final String SAME = "same";
  private static final String OTHER = "another valid file";
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir Path model;

  @BeforeEach
  void aSoundModel() throws IOException {
    copy(VIT.resolve("tiny"));
  }

  private void copy(Path from) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, 1500",
    "preprocessor_config.json, 1500",
  })
  void mutantsOfConfigurationsAreRefusedOrReadAsWhatTheySay(String name, int count)
      throws IOException {
    Path file = model.resolve(name);
    byte[] original = Files.readAllBytes(file);
    JsonNode document = JSON.readTree(original);
    Checkpoint sound = ModelDirectory.read(model);
    Map<String, Integer> outcomes =
        Mutations.tried(
            name,
            List.of(original),
            Mutations::anywhere,
            count,
            21,
            mutant -> {
              Files.write(file, mutant);
              return outcome(ModelDirectory.read(model), sound, mutant, document);
            });
    assertThat(outcomes.get(Mutations.REFUSED)).isGreaterThan(count / 2);
  }

  @Test
  void mutantsOfTheHeaderOfSafetensorsAreRefusedOrReadAsWhatTheySay() throws IOException {
    Path file = model.resolve("model.safetensors");
    byte[] all = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] original = Arrays.copyOf(all, 8 + header);
    JsonNode document = JSON.readTree(all, 8, header);
    Checkpoint sound = ModelDirectory.read(model);
    Map<String, Integer> outcomes =
        Mutations.tried(
            "header of safetensors",
            List.of(original),
            Mutations::anywhere,
            1500,
            22,
            mutant -> {
              byte[] whole = Arrays.copyOf(mutant, mutant.length + all.length - original.length);
              System.arraycopy(
                  all, original.length, whole, mutant.length, all.length - original.length);
              Files.write(file, whole);
              Checkpoint read = ModelDirectory.read(model);
              int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
              return outcome(read, sound, Arrays.copyOfRange(whole, 8, 8 + length), document);
            });
    assertThat(outcomes.get(Mutations.REFUSED)).isGreaterThan(750);
  }

  @Test
  void mutantsOfTorchScriptArchivesAreRefusedOrLookedThrough() throws IOException {
    replaceByScripted();
    Path file = model.resolve(ModelDirectory.SCRIPTED);
    Map<String, Integer> outcomes =
        Mutations.tried(
            "TorchScript archive",
            List.of(Files.readAllBytes(file)),
            Mutations::anywhere,
            700,
            23,
            mutant -> {
              Files.write(file, mutant);
              ScriptedModel.read(model);
              return "looked through";
            });
    assertThat(outcomes.get(Mutations.REFUSED)).isGreaterThan(50);
  }

  private void replaceByScripted() throws IOException {
    try (var files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    copy(VIT.resolve("scripted"));
  }

  private static String outcome(
      Checkpoint read, Checkpoint sound, byte[] mutant, JsonNode document) {
    if (read.equals(sound)) {
      return SAME;
    }
    try {
      assertThat(JSON.readTree(mutant)).isNotEqualTo(document);
    } catch (JsonProcessingException e) {
      throw new AssertionError("read though it is no JSON", e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return OTHER;
  }
}
