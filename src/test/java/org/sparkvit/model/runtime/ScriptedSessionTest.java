package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.model.runtime.Golden.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.torchscript.ScriptedModel;

/** Against what src/test/python/make_scripted_fixtures.py had PyTorch compute. */
class ScriptedSessionTest {
  private static final Path MODEL = Golden.ROOT.resolve("scripted");
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @Test
  void logitsAreThoseOfTheModuleInPython() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(MODEL.resolve("golden.json").toFile());
    try (ScriptedSession session = ScriptedSession.open(MODEL, Golden.DEVICE)) {
      float[] expected = Golden.floats(golden.get("logits"));
      assertClose(session.logits(Golden.pixels(5, 16, 0), 5), expected, 1e-5f);
      assertThat(session.parameters()).isEqualTo(golden.get("parameters").longValue());
      assertThatThrownBy(() -> session.embeddings(Golden.pixels(1, 16, 0), 1))
          .isInstanceOf(UnsupportedOperationException.class);
    }
    ScriptedModel model = ScriptedModel.read(MODEL);
    assertThat(model.labels()).containsExactly("dark", "light");
    assertThat(model.imageSize()).isEqualTo(16);
    assertThat(model.multiplyAdds()).isEqualTo(23168);
  }

  @Test
  void whatDoesNotFitIsALine() throws IOException {
    Path model = Files.createDirectories(temp.resolve("model"));
    for (String name : ModelDirectory.files(MODEL)) {
      Files.copy(MODEL.resolve(name), model.resolve(name));
    }
    Files.writeString(
        model.resolve("config.json"), "{\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}");
    assertThat(ScriptedModel.read(model).multiplyAdds()).isEqualTo(-1);
    try (ScriptedSession session = ScriptedSession.open(model, Golden.DEVICE)) {
      assertThatThrownBy(() -> session.logits(Golden.pixels(2, 16, 0), 2))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("gives (2, 2) for 2 images, but config.json names 3 classes");
    }
    Files.writeString(
        model.resolve("preprocessor_config.json"), "{\"size\": {\"height\": 16, \"width\": 20}}");
    assertThatThrownBy(() -> ScriptedModel.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not make squares of one size");
    Files.copy(
        MODEL.resolve("preprocessor_config.json"),
        model.resolve("preprocessor_config.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(model.resolve("model.pt"), "no module");
    assertThatThrownBy(() -> ScriptedSession.open(model, Golden.DEVICE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is no TorchScript archive");
  }

  @Test
  void multiplyAddsOfAViTAreThoseOfItsProducts() {
    // 16 patches and the class token, hidden 16, mlp 32, 2 layers, patches of 4 x 4 x 3, 2 labels.
    long layer = 17L * (4 * 16 * 16 + 2 * 16 * 32) + 2L * 17 * 17 * 16;
    assertThat(ViTConfig.of(16, 2, 2, 32, 16, 4, Golden.labels(2)).multiplyAdds())
        .isEqualTo(16L * 48 * 16 + 2 * layer + 16 * 2);
    // ViT-B/16 at 224 pixels has 17.6 thousand million, as published.
    assertThat(ViTConfig.of(ViTSize.BASE, 224, 16, Golden.labels(1000)).multiplyAdds() / 1e9)
        .isBetween(17.5, 17.7);
  }
}
