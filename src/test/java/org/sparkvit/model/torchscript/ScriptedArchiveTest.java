package org.sparkvit.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.model.runtime.Golden.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.ForwardPass;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.runtime.Golden;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ScriptedSession;

/** TorchScript modules that make_scripted_fixtures.py saved: what is run, and what is not. */
class ScriptedArchiveTest {
  private static final Path FORMS = Golden.ROOT.resolve("scripted-forms");
  private static final Path PLAIN = Golden.ROOT.resolve("scripted");
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @ParameterizedTest
  @CsvSource({
    "saves, aten::save",
    "saves_while_loading, aten::save",
    "reads_files, aten::from_file"
  })
  void modulesThatTouchFilesAreRefusedBeforeTheyAreLoaded(String form, String operator)
      throws IOException {
    Path model = model(form);
    for (boolean open : new boolean[] {false, true}) {
      assertThatThrownBy(
              () -> {
                if (open) {
                  ScriptedSession.open(model, Golden.DEVICE);
                } else {
                  ScriptedModel.read(model);
                }
              })
          .isInstanceOf(UserException.class)
          .hasMessageContaining("model.pt: ")
          .hasMessageContaining("uses " + operator)
          .hasMessageContaining("a module that touches files, processes or the network is not run")
          .hasMessageNotContaining("\n");
    }
    assertThat(Path.of("written-by-a-model.pt")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch.save(x, \"f\")",
        "x.save(\"f\")",
        "(x).save(\"f\", )",
        "getattr(torch, \"save\")(x, \"f\")",
        "getattr(x, \"save\")(\"f\")",
        "getattr(x, \"\\x73ave\")(\"f\")",
        "t = torch\n    t.relu(x)",
        "ops.aten.save(x, \"f\")",
        "ops.prim.PythonOp(x)",
        "ops.prim.rpc_async(x)",
        "rpc_async(x)",
        "ops.c10d.send(x)",
        "ops.torchvision.nms(x, x, 0.5)",
        "ops.mine.anything(x)",
        "torch.no_such_operator(x)",
        "torch . # a comment\n    save(x)",
        "y = \"\"\"a\"b\"\"\"; torch.save(x, \"f\")",
        "x.\\\n    save(\"f\")",
        "__torch__.torch.classes.dist_rpc.WorkerInfo(x)"
      })
  void codeThatCallsMoreThanWhatComputesIsRefused(String code) {
    ScriptedCode rules = new ScriptedCode(Path.of("model.pt"));
    assertThatThrownBy(() -> rules.check("code/a.py", "def forward(self, x):\n    " + code))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model.pt: code");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return torch.softmax(torch.linear(x, self.w), -1)",
        "y = \"torch.save('f') # no comment\"",
        "# torch.save(x)",
        "ops.prim.RaiseException(\"save\", \"builtins.ValueError\")",
        "return ops.quantized.linear_dynamic(x, self.packed, True)",
        "_0 = __torch__.torch.nn.functional.relu(x)",
        "y = getattr(self.layers, \"0\")",
        "f = fork(__forked_function)\n    return torch.wait(f)",
        "y : __torch__.torch.classes.quantized.LinearPackedParamsBase",
        "y = 'a \\' # \" b'; z = \"c \\\" torch.save(x)\"; w = 1.0000000000000001e-05"
      })
  void codeThatComputesIsNot(String code) {
    ScriptedCode rules = new ScriptedCode(Path.of("model.pt"));
    assertThatCode(() -> rules.check("code/a.py", "def forward(self, x):\n    " + code))
        .doesNotThrowAnyException();
  }

  @Test
  void whatWeWriteOurselvesPasses() throws IOException {
    Path archive = temp.resolve("vit.pt");
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    for (Precision precision : Precision.values()) {
      TorchScriptArchive.writeForInference(archive, tiny, precision);
      assertThat(ScriptedArchive.inspect(archive).storages()).isNotEmpty();
    }
  }

  @Test
  void aTensorThatTheTextLacksIsAnError() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    ForwardPass others =
        ForwardPass.forInference(
            ModelDirectory.read(Golden.ROOT.resolve("tiny-tanh-nobias")).config(),
            Precision.FP32,
            false);
    assertThatThrownBy(
            () -> TorchScriptArchive.write(temp.resolve("a.pt"), tiny, Precision.FP32, others))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layer.0.attention.attention.key.bias");
  }

  @ParameterizedTest
  @ValueSource(strings = {"half", "casts", "bfloat16_out"})
  void modulesInHalfPrecisionGetAndGiveWhatTheyTake(String form) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(FORMS.resolve("golden.json").toFile());
    try (ScriptedSession session = ScriptedSession.open(model(form), Golden.DEVICE)) {
      assertClose(
          session.logits(Golden.pixels(5, 16, 0), 5), Golden.floats(golden.get(form)), 5e-3f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"names", "one_name", "gated", "identity"})
  void amongOutputsWithNamesTheLogitsAreTaken(String form) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(FORMS.resolve("golden.json").toFile());
    try (ScriptedSession session = ScriptedSession.open(model(form), Golden.DEVICE)) {
      assertClose(
          session.logits(Golden.pixels(5, 16, 0), 5), Golden.floats(golden.get(form)), 1e-5f);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "both_sides|gives probabilities (none is below 0, and those of each image sum to 1), which"
            + " would go through softmax a second time",
        "order|gives int64, as the numbers of classes (argmax) are",
        "other_names|gives several outputs, [offsets, scores], and none of them is called 'logits'"
      })
  void outputsThatAreNoLogitsAreRefusedByName(String form, String words) throws IOException {
    try (ScriptedSession session = ScriptedSession.open(model(form), Golden.DEVICE)) {
      for (int images : new int[] {5, 1}) {
        assertThatThrownBy(() -> session.logits(Golden.pixels(images, 16, 0), images))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("model.pt " + words)
            .hasMessageNotContaining("\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "probabilities|softmax: probabilities would go through softmax a second time",
        "probabilities_half|softmax: probabilities",
        "probabilities_first|softmax: probabilities",
        "softmax|softmax: probabilities",
        "softmax_traced|softmax: probabilities",
        "percent|softmax: probabilities",
        "sigmoid|sigmoid: values of 0 to 1 would be squeezed a second time",
        "sigmoid_traced|sigmoid: values of 0 to 1",
        "largest|topk: the largest values are not in the order of the classes",
        "number|argmax: the number of a class is no value for each of them",
      })
  void modulesThatEndInMoreThanLogitsAreRefusedBeforeAnImageIsRead(String form, String words)
      throws IOException {
    refused(model(form), "ends in torch." + words);
    refused(temp.resolve(form), "save the module without that");
  }

  @Test
  void manyValuesBetweenZeroAndOneOfASigmoidAreRefused() throws IOException {
    try (ScriptedSession session = ScriptedSession.open(model("bounded"), Golden.DEVICE)) {
      assertThatThrownBy(() -> session.logits(Golden.pixels(16, 16, 0), 16))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("uses a sigmoid and gives 32 values of 0 to 1 only")
          .hasMessageContaining("save the module without its sigmoid");
      assertThat(session.logits(Golden.pixels(1, 16, 0), 1)).hasSize(2);
    }
  }

  @Test
  void weightsBesideAModuleAreSaidNotToBeScored() throws IOException {
    Path model = model("one_name");
    assertThat(ScriptedModel.read(model).notes()).isEmpty();
    Files.createFile(model.resolve("model.safetensors"));
    assertThat(ScriptedModel.read(model).notes())
        .singleElement()
        .asString()
        .startsWith("there are model.pt and model.safetensors: the TorchScript module is scored");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bfloat16|it was saved in bfloat16, which images cannot come in: save model.float()",
        "throws|ValueError: no such thing",
        "large|you tried to allocate 40000000000000 bytes"
      })
  void modulesThatFailAreOneLine(String form, String message) throws IOException {
    try (ScriptedSession session = ScriptedSession.open(model(form), Golden.DEVICE)) {
      assertThatThrownBy(() -> session.logits(Golden.pixels(2, 16, 0), 2))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("model.pt ")
          .hasMessageContaining(message)
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void weightsWithoutCodeAreNoModule() throws IOException {
    refused(model("state_dict"), "holds weights without code (torch.save); save the model by");
    Path model = model("half");
    Files.writeString(model.resolve("model.pt"), "no module");
    refused(model, "is no TorchScript archive");
    Files.writeString(model.resolve("model.pt"), "version https://git-lfs.github.com/spec/v1\n");
    refused(model, "is a Git LFS pointer, not the file itself; run 'git lfs pull'");
    Files.writeString(model.resolve("model.pt"), "<!DOCTYPE html><html>Sign in</html>");
    refused(model, "is a page of the web, not the file itself: was the download refused?");
  }

  @Test
  void archivesThatUnpackToMoreThanIsSoundAreRefused() throws IOException {
    Path model = model("half");
    byte[] much = new byte[70 << 20];
    zip(model, "m/code/__torch__.py", much);
    refused(model, "m/code/__torch__.py unpacks to 73400320 bytes");
    zip(model, "m/data/0", much);
    refused(model, "m/data/0 unpacks to 73400320 bytes");
    zip(model, "m/code/x.py", "pass".getBytes(StandardCharsets.UTF_8), "M/CODE/X.PY");
    refused(model, "has two entries called M/CODE/X.PY");
  }

  @Test
  void picklesThatNameOtherClassesAreRefused() throws IOException {
    Path model = model("half");
    zip(
        model,
        "m/data.pkl",
        "\u0080\u0002cos\nsystem\n.".getBytes(StandardCharsets.ISO_8859_1),
        "m/code/x.py");
    refused(model, "data.pkl uses os.system");
    zip(
        model,
        "m/data.pkl",
        "\u0080\u0002ctorch.distributed.rpc\nrref\n.".getBytes(StandardCharsets.ISO_8859_1),
        "m/code/x.py");
    refused(model, "data.pkl uses torch.distributed.rpc.rref");
    zip(
        model,
        "m/data.pkl",
        "\u0080\u0002\u0093.".getBytes(StandardCharsets.ISO_8859_1),
        "m/code/x.py");
    refused(model, "has opcode 147 at byte 2, which TorchScript does not write");
    zip(
        model,
        "m/data.pkl",
        "X\u00ff\u00ff\u0000\u0000a".getBytes(StandardCharsets.ISO_8859_1),
        "m/code/x.py");
    refused(model, "ends in the middle");
  }

  @Test
  void aProcessorThatNobodyNamedIsThatOfTheModelTypeOrIsAskedFor() throws IOException {
    Path model = model("half");
    Files.writeString(model.resolve("preprocessor_config.json"), "{\"size\": 16}");
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"resnet\"}");
    assertThat(ScriptedModel.read(model).preprocessor())
        .returns(18, PreprocessorConfig::shortestEdge)
        .returns(16, PreprocessorConfig::cropWidth);
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"mine\"}");
    assertThatThrownBy(() -> ScriptedModel.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("image_processor_type is absent; it must be there, as none is known");
  }

  private void refused(Path model, String message) {
    assertThatThrownBy(() -> ScriptedModel.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("model.pt: ")
        .hasMessageContaining(message);
  }

  private static void zip(Path model, String name, byte[] content, String... others)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(model.resolve("model.pt"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      for (String other : others) {
        zip.putNextEntry(new ZipEntry(other));
      }
    }
  }

  private Path model(String form) throws IOException {
    Path model = Files.createDirectories(temp.resolve(form));
    Files.copy(FORMS.resolve(form + ".pt"), model.resolve("model.pt"));
    for (String name : new String[] {"config.json", "preprocessor_config.json"}) {
      Files.copy(PLAIN.resolve(name), model.resolve(name));
    }
    return model;
  }
}
