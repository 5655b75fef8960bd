package org.sparkvit.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.ViTConfig;

/**
 * The graphs are files, so that a change of one is seen in review. {@code mvn -Pfast test
 * -Dtest=ForwardPassTest -Dsparkvit.graphs=write} writes them anew.
 */
class ForwardPassTest {
  private static final Path MODELS = Path.of("src/test/resources/vit");
  private static final Path GRAPHS = MODELS.resolve("graphs");
  private static final boolean WRITES = "write".equals(System.getProperty("sparkvit.graphs"));

  private static Map<String, ForwardPass> graphs() {
    ViTConfig vit = config("tiny");
    TrainingOptions plain = TrainingOptions.of(AdamW.withWeightDecay(0));
    Map<String, ForwardPass> graphs = new LinkedHashMap<>();
    graphs.put("vit-fp32", ForwardPass.forInference(vit, Precision.FP32, true));
    graphs.put("vit-bf16", ForwardPass.forInference(vit, Precision.BF16, true));
    graphs.put("vit-bf16-without-onednn", ForwardPass.forInference(vit, Precision.BF16, false));
    graphs.put("vit-int8", ForwardPass.forInference(vit, Precision.INT8, true));
    graphs.put("vit-explaining", ForwardPass.forExplaining(vit));
    graphs.put("vit-training-fp32", ForwardPass.forTraining(vit, Precision.FP32, plain));
    graphs.put(
        "vit-training-bf16-dropping",
        ForwardPass.forTraining(
            dropping(vit),
            Precision.BF16,
            plain.withDropPath(0.1).withLoss(new Loss.Focal(2)).withRecomputing()));
    graphs.put(
        "deit-fp32", ForwardPass.forInference(config("families/deit"), Precision.FP32, true));
    graphs.put(
        "deit-distilled-fp32",
        ForwardPass.forInference(config("families/deit-distilled"), Precision.FP32, true));
    graphs.put(
        "dinov2-fp32", ForwardPass.forInference(config("families/dinov2"), Precision.FP32, true));
    graphs.put(
        "dinov2-int8", ForwardPass.forInference(config("families/dinov2"), Precision.INT8, true));
    graphs.put(
        "dinov2-gated-training-fp32",
        ForwardPass.forTraining(
            config("families/dinov2-gated"),
            Precision.FP32,
            plain.withDropPath(0.1).withLoss(new Loss.Binary(3))));
    return graphs;
  }

  private static ViTConfig config(String model) {
    return ModelDirectory.read(MODELS.resolve(model)).config();
  }

  private static ViTConfig dropping(ViTConfig c) {
    return new ViTConfig(
        c.family(),
        c.hiddenSize(),
        c.layers(),
        c.heads(),
        c.intermediateSize(),
        c.activation(),
        c.layerNormEps(),
        c.imageSize(),
        c.patchSize(),
        c.qkvBias(),
        c.initializerRange(),
        0.2,
        0.1,
        c.labels(),
        c.other());
  }

  private static List<String> names() {
    return List.copyOf(graphs().keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void graphsAreThoseOfTheirFiles(String name) throws IOException {
    Path file = GRAPHS.resolve(name + ".py");
    String source = graphs().get(name).source();
    if (WRITES) {
      Files.createDirectories(GRAPHS);
      Files.writeString(file, source);
    }
    assertThat(file).as("written by -Dsparkvit.graphs=write").hasContent(source);
  }

  @Test
  void everyFileIsOfAGraph() throws IOException {
    try (var files = Files.list(GRAPHS)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .containsExactlyInAnyOrderElementsOf(names().stream().map(name -> name + ".py").toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny",
        "tiny-tanh-nobias",
        "families/deit",
        "families/deit-distilled",
        "families/dinov2",
        "families/dinov2-gated"
      })
  void textsDeclareTheTensorsOfTheCheckpoint(String model) {
    ViTConfig config = config(model);
    assertThat(
            ForwardPass.forInference(config, Precision.FP32, true)
                .tree()
                .all()
                .flatMap(module -> module.parameters().values().stream())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()))
        .isEqualTo(config.parameterShapes().keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "    weight = Parameter()",
        "    weight: dict[str, Tensor]",
        "  def forward(self, x):",
        "import torch"
      })
  void linesThatNothingWouldBeMadeOfAreRefused(String line) {
    assertThatThrownBy(
            () -> ModuleClass.parse("odd.py", List.of("class Odd(Module):", "    a: int", line)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("odd.py: cannot be read: " + line);
  }
}
