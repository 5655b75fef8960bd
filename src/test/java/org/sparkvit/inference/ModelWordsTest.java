package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.training.recipe.Initialization;

/** What is said of things that people give as a model and that are none: the way that works. */
class ModelWordsTest extends SparkTest {
  private static final Path SCRIPTED = Path.of("src/test/resources/vit/scripted");
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://huggingface.co/google/vit-base-patch16-224|hf download google/vit-base-patch16-224"
            + " --local-dir vit-base-patch16-224' and give the folder: ./vit-base",
        "https://huggingface.co/google/vit-base-patch16-224/tree/main|hf download"
            + " google/vit-base-patch16-224 --local-dir",
        "hf://google/vit-base-patch16-224|hf download google/vit-base-patch16-224 --local-dir",
        "http://example.org/models/mine|is on the web, and nothing is downloaded here; bring the"
            + " folder",
        "google/vit-base-patch16-224|if it is a model of the Hugging Face Hub, bring it by 'hf"
            + " download google/vit-base-patch16-224",
        "/no/such/folder|does not exist; check the name, or run 'spark-vit train' first"
      })
  void addressesAndHubNamesSayHowToBringTheModel(String model, String words) {
    refused(model, words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adapter_config.json,adapter_model.safetensors|holds an adapter (LoRA), which is a change"
            + " to another model; merge it by",
        "config.json,model.safetensors,adapter_config.json|holds weights and an adapter (LoRA),"
            + " which are two models; merge it by",
        "config.json,preprocessor_config.json,pytorch_model.bin|holds weights as a pickle",
        "config.json,pytorch_model-00001-of-00002.bin|holds weights as a pickle",
        "config.json,model.onnx|holds an ONNX model; give the checkpoint",
        "config.json,tf_model.h5|holds TensorFlow weights",
        "saved_model.pb|holds TensorFlow weights",
        "config.json,flax_model.msgpack|holds Flax weights",
        "vit.gguf|holds a GGUF file",
        "config.json,best.pth|holds what torch.save wrote",
        "config.json,weights.pt|holds what torch.save wrote",
        "config.json,open_clip_model.safetensors|has its weights under another name",
        "model.safetensors,preprocessor_config.json|has no config.json; name a Hugging Face model",
        "model.pt|has no config.json; name a Hugging Face model directory, or one with a"
            + " TorchScript",
        "config.json,preprocessor_config.json|has no model.safetensors; name a Hugging Face model",
        "blobs,refs,snapshots|is a folder of the Hub's cache; give the folder below its snapshots/"
      })
  void foldersWithoutWeightsThatAreReadSayWhatTheyHold(String files, String words)
      throws IOException {
    Path model = Files.createDirectories(temp.resolve("model"));
    for (String name : files.split(",", -1)) {
      Files.writeString(model.resolve(name), "{}");
    }
    refused(model.toString(), words);
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.writeString(temp.resolve("model.safetensors"), "x");
    refused(file.toString(), "is a file; name the folder that it is in");
  }

  @Test
  void aShardThatIsMissingIsNamed() throws IOException {
    Path model = copy(Path.of("src/test/resources/vit/families/vit-sharded"));
    Path shard;
    try (var files = Files.list(model)) {
      shard =
          files
              .filter(f -> f.toString().endsWith(".safetensors"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    Files.delete(shard);
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("of which 1 is not there: " + shard.getFileName());
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    Path model = copy(Path.of("src/test/resources/vit/families/vit-sharded"));
    List<Path> shards;
    try (var files = Files.list(model)) {
      shards = files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
    }
    Files.copy(shards.get(0), shards.get(1), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is in another shard too");
  }

  @Test
  void lfsPointersInPlaceOfWeightsOrConfigurationsAreNamed() throws IOException {
    Path model = copy(Path.of("src/test/resources/vit/tiny"));
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
    for (String name : List.of("model.safetensors", "config.json")) {
      Files.writeString(model.resolve(name), pointer);
      assertThatThrownBy(() -> ModelDirectory.read(model))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(name + ": is a Git LFS pointer, not the file itself; run 'git lfs");
    }
  }

  @Test
  void aTorchScriptFolderIsScoredButNotTrained() {
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, SCRIPTED.toString())) {
      assertThat(files.directory()).exists();
    }
    assertThatThrownBy(
            () ->
                ModelDirectory.readForTraining(
                    SCRIPTED, List.of("a", "b"), OptionalInt.empty(), false, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a TorchScript module (model.pt) can be scored, but not trained");
  }

  @Test
  void fromScratchIsNoModel() {
    assertThatThrownBy(() -> new Initialization.Pretrained("scratch", OptionalInt.empty(), false))
        .isInstanceOf(UserException.class)
        .hasMessage("--from is 'scratch'; leave --from out to start anew");
  }

  private static void refused(String model, String words) {
    assertThatThrownBy(() -> LocalModelDirectory.fetch(spark, model))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model '" + model + "' ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }

  private Path copy(Path from) throws IOException {
    Path model = Files.createDirectories(temp.resolve("copy"));
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    return model;
  }
}
