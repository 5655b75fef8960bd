package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkvit.model.runtime.Golden.assertClose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.runtime.Golden;

class ModelDirectoryTest {
  private static final List<String> LABELS = List.of("cat", "dog", "owl");
  @TempDir Path temp;

  @Test
  void aWrittenModelIsReadBack() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    ModelDirectory.write(temp.resolve("a/b"), tiny);
    assertThat(ModelDirectory.read(temp.resolve("a/b"))).isEqualTo(tiny);
    assertThat(SafeTensors.read(temp.resolve("a/b/model.safetensors")).metadata())
        .isEqualTo(Map.of("format", "pt"));
  }

  @Test
  void hashChangesWithEachFileAndWithNothingElse() throws IOException {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Path a = temp.resolve("a");
    Path b = temp.resolve("b");
    ModelDirectory.write(a, tiny);
    ModelDirectory.write(b, tiny);
    String hash = ModelDirectory.hash(a);
    assertThat(hash).matches("[0-9a-f]{64}").isEqualTo(ModelDirectory.hash(b));
    Files.writeString(b.resolve("README.md"), "a note");
    assertThat(ModelDirectory.hash(b)).isEqualTo(hash);
    for (String name : List.of("config.json", "preprocessor_config.json", "model.safetensors")) {
      ModelDirectory.write(b, tiny);
      byte[] content = Files.readAllBytes(b.resolve(name));
      content[content.length - 2] ^= 1;
      Files.write(b.resolve(name), content);
      assertThat(ModelDirectory.hash(b)).as(name).isNotEqualTo(hash);
    }
  }

  @Test
  void allThatIsWrongWithTheTensorsIsSaidAtOnce() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(ModelDirectory.read(Golden.TINY).tensors());
    tensors.remove("vit.layernorm.bias");
    tensors.put("vit.layernorm.weight", Tensor.of(new float[3], 3));
    tensors.put("extra", Tensor.of(new float[1], 1));
    assertThatThrownBy(() -> ModelDirectory.read(directory(tensors)))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            ": weights do not fit config.json: missing (1): vit.layernorm.bias; unexpected (1):"
                + " extra; mismatched (1): vit.layernorm.weight is [3], not [16]");
  }

  @Test
  void incompleteDirectoriesAreRefused() throws IOException {
    refused(temp.resolve("none"), "none: no such model directory");
    Path model = directory(ModelDirectory.read(Golden.TINY).tensors());
    Files.delete(model.resolve("model.safetensors"));
    refused(model, "has no model.safetensors; name a Hugging Face model directory");
    Files.delete(model.resolve("config.json"));
    refused(model, "no config.json");
  }

  @Test
  void thePreprocessorMustFitTheImageSize() throws IOException {
    Path model = directory(ModelDirectory.read(Golden.TINY).tensors());
    PreprocessorConfig.squash(32).write(model.resolve("preprocessor_config.json"));
    refused(model, "does not make images of the 16 x 16 pixels");
    Files.delete(model.resolve("preprocessor_config.json"));
    assertThat(ModelDirectory.read(model).preprocessor()).isEqualTo(PreprocessorConfig.squash(16));
  }

  @Test
  void headlessCheckpointsStartATraining() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Map<String, Tensor> headless = new LinkedHashMap<>();
    tiny.tensors()
        .forEach(
            (key, tensor) -> {
              if (key.startsWith("vit.")) {
                headless.put(key.substring(4), tensor);
              }
            });
    headless.put("pooler.dense.weight", Tensor.of(new float[256], 16, 16));
    headless.put("pooler.dense.bias", Tensor.of(new float[16], 16));
    Path model = directory(headless);
    refused(model, "the checkpoint has no trained head (classifier.weight is absent)");
    Checkpoint read =
        ModelDirectory.readForTraining(model, List.of("yes", "no"), OptionalInt.empty(), false, 3)
            .checkpoint();
    assertThat(read.config().labels()).containsExactly("yes", "no");
    assertThat(read.tensors().get("classifier.weight").shape()).containsExactly(2L, 16L);
    assertThat(read.tensors().get("vit.layernorm.bias"))
        .isEqualTo(tiny.tensors().get("vit.layernorm.bias"));
  }

  @Test
  void shardsAreReadAsOne() throws IOException {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Path model = directory(tiny.tensors());
    Files.delete(model.resolve("model.safetensors"));
    Map<String, Tensor> first = new LinkedHashMap<>(tiny.tensors());
    Map<String, Tensor> second = new LinkedHashMap<>();
    second.put("classifier.bias", first.remove("classifier.bias"));
    SafeTensors.write(model.resolve("model-1.safetensors"), Map.of(), first);
    SafeTensors.write(model.resolve("model-2.safetensors"), Map.of(), second);
    Path index = model.resolve("model.safetensors.index.json");
    Files.writeString(
        index,
        """
        {"weight_map": {"vit.layernorm.bias": "model-1.safetensors",
                        "classifier.bias": "model-2.safetensors"}}
        """);
    assertThat(ModelDirectory.read(model)).isEqualTo(tiny);
    Files.writeString(index, "{\"weight_map\": {\"a\": \"../model.safetensors\"}}");
    refused(model, "weight_map names '../model.safetensors', not a file beside it");
    Files.writeString(index, "{}");
    refused(model, "weight_map is absent or empty");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 7})
  void positionEmbeddingsAreInterpolatedAsTorchDoes(int side) {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Checkpoint other = tiny.withImageSize(side * 4);
    assertClose(
        other.tensors().get("vit.embeddings.position_embeddings").toFloats(),
        Golden.floats(Golden.of("position_embeddings").get(Integer.toString(side))),
        1e-5f);
    assertThat(other.preprocessor()).isEqualTo(PreprocessorConfig.squash(side * 4));
    assertThat(tiny.withImageSize(16)).isEqualTo(tiny);
  }

  @Test
  void freshWeightsFollowTheirDistributionAndTheirSeed() {
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 32, 4, LABELS);
    Checkpoint a = Checkpoint.random(config, PreprocessorConfig.squash(32), 7);
    assertThat(a).isEqualTo(Checkpoint.random(config, PreprocessorConfig.squash(32), 7));
    assertThat(a).isNotEqualTo(Checkpoint.random(config, PreprocessorConfig.squash(32), 8));
    a.tensors()
        .forEach(
            (key, tensor) -> {
              float[] values = tensor.toFloats();
              if (key.endsWith(".bias")) {
                assertThat(values).as(key).containsOnly(0f);
              } else if (key.contains("layernorm")) {
                assertThat(values).as(key).containsOnly(1f);
              } else if (values.length > 10_000) {
                double mean = 0;
                double square = 0;
                for (float value : values) {
                  mean += value / values.length;
                  square += value * (double) value / values.length;
                }
                // Over five standard errors of 10,000 draws.
                assertThat(mean).as(key).isCloseTo(0, within(0.0011));
                assertThat(Math.sqrt(square)).as(key).isCloseTo(0.02, within(0.0008));
              }
            });
    assertThat(a.tensors().get("vit.encoder.layer.0.output.dense.weight"))
        .isNotEqualTo(a.tensors().get("vit.encoder.layer.1.output.dense.weight"));
    // The bits themselves, so that another machine or a later version cannot drift unseen.
    assertThat(a.tensors().get("vit.embeddings.cls_token").toFloats())
        .startsWith(-0.029453045f, -0.023732655f, 0.037894346f, 0.0047188196f);
  }

  private Path directory(Map<String, Tensor> tensors) {
    Path model = temp.resolve("model");
    ModelDirectory.write(model, ModelDirectory.read(Golden.TINY));
    SafeTensors.write(model.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    return model;
  }

  private static void refused(Path model, String message) {
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
