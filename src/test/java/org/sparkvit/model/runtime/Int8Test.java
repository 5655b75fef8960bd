package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.ForwardPass;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.QuantizedLinear;
import org.sparkvit.model.architecture.TrainingOptions;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.DType;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/** Against what src/test/python/make_int8_fixtures.py had PyTorch quantise. */
class Int8Test {
  private static final Device CPU = Device.cpu();
  private static final String LAYER = "vit.encoder.layer.1.";
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @Test
  void processorsWithMatrixInstructionsForInt8UseThem() {
    assumeThat(Precision.hasInt8Matrices()).as("no AMX for int8 here").isTrue();
    PyTorchRuntime.engine();
    assertThat(QuantizedEngine.current()).isEqualTo(QuantizedEngine.ONEDNN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "tiny-tanh-nobias"})
  void weightsAreThoseOfPyTorchsQuantisation(String name) {
    Checkpoint tiny = ModelDirectory.read(Golden.ROOT.resolve(name));
    QuantizedLinear linear =
        QuantizedLinear.takeFrom(
                ForwardPass.forInference(tiny.config(), Precision.INT8, false).tree(),
                new LinkedHashMap<>(tiny.tensors()))
            .get(LAYER + "intermediate.dense.packed");
    JsonNode expected = golden(name);
    ByteBuffer values = linear.values();
    assertThat(values.remaining()).isEqualTo(expected.get("values").size());
    for (JsonNode value : expected.get("values")) {
      assertThat((int) values.get()).isEqualTo(value.intValue());
    }
    ByteBuffer scales = linear.scales();
    for (JsonNode scale : expected.get("scales")) {
      assertThat(scales.getDouble()).isEqualTo(scale.doubleValue());
    }
    assertThat(scales.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "tiny-tanh-nobias"})
  void logitsAreThoseOfPyTorchsQuantisation(String name) {
    assumeX86();
    Checkpoint checkpoint = ModelDirectory.read(Golden.ROOT.resolve(name));
    try (ViTSession session = forAnyMachine(checkpoint)) {
      Golden.assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3),
          Golden.floats(golden(name).get("logits")),
          1e-4f);
    }
  }

  @Test
  void tinySixteenEqualsPyTorchsQuantisationAndIsNearFloat32() {
    assumeX86();
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 224, 16, Golden.labels(10));
    try (ViTSession session = forAnyMachine(Golden.byFormula(config))) {
      float[] logits = session.logits(Golden.pixels(2, 224, 0), 2);
      float[] exact = Golden.floats(Golden.of("ti16"));
      Golden.assertClose(logits, Golden.floats(golden("ti16").get("logits")), 1e-4f);
      Golden.assertClose(logits, exact, 0.1f);
      assertThat(logits).isNotEqualTo(exact);
    }
  }

  private ViTSession forAnyMachine(Checkpoint checkpoint) {
    Path archive = temp.resolve("any.pt");
    TorchScriptArchive.writeForInference(archive, checkpoint, Precision.INT8);
    return ViTSession.load(archive, checkpoint.config(), CPU);
  }

  @Test
  void eightBitsOfActivationsAreNearerToFloat32ThanSeven() {
    assumeThat(Precision.INT8.hasOwnCode()).as("no VNNI here").isTrue();
    ViTConfig config = ViTConfig.of(64, 4, 4, 128, 32, 8, Golden.labels(5));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(32), 3);
    ByteBuffer pixels = Golden.pixels(16, 32, 0);
    try (ViTSession seven = forAnyMachine(random);
        ViTSession eight = ViTSession.open(random, CPU, Precision.INT8);
        ViTSession fp32 = ViTSession.open(random, CPU, Precision.FP32)) {
      float[] exact = fp32.embeddings(pixels, 16);
      assertThat(distance(eight.embeddings(pixels, 16), exact))
          .isLessThan(0.7 * distance(seven.embeddings(pixels, 16), exact));
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void randomModelIsNearFloat32() {
    ViTConfig config = ViTConfig.of(64, 4, 4, 128, 32, 8, Golden.labels(5));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(32), 3);
    ByteBuffer pixels = Golden.pixels(4, 32, 0);
    try (ViTSession int8 = ViTSession.open(random, CPU, Precision.INT8);
        ViTSession fp32 = ViTSession.open(random, CPU, Precision.FP32)) {
      Golden.assertClose(int8.logits(pixels, 4), fp32.logits(pixels, 4), 0.02f);
      Golden.assertClose(int8.embeddings(pixels, 4), fp32.embeddings(pixels, 4), 0.1f);
      assertThat(int8.logits(pixels, 4)).isNotEqualTo(fp32.logits(pixels, 4));
    }
  }

  @Test
  void anImagesRowHasTheSameBitsInEveryBatch() {
    int side = 16;
    int bytes = side * side * 3;
    try (ViTSession session = ViTSession.open(Golden.TINY, CPU, Precision.INT8)) {
      ByteBuffer batch = Golden.pixels(5, side, 0);
      // A batch-mate of another range, which a scale of the whole batch would follow.
      for (int i = 0; i < bytes; i++) {
        batch.put(2 * bytes + i, (byte) 0);
      }
      float[] together = session.embeddings(batch, 5);
      int width = together.length / 5;
      for (int image = 0; image < 5; image++) {
        ByteBuffer alone = ByteBuffer.allocateDirect(bytes);
        alone.put(0, batch, image * bytes, bytes);
        assertThat(session.embeddings(alone, 1))
            .isEqualTo(Arrays.copyOfRange(together, image * width, (image + 1) * width));
      }
    }
  }

  @Test
  void rowsOfZerosAndFilesInHalfPrecisionAreQuantisedToo() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Map<String, Tensor> tensors = new LinkedHashMap<>(tiny.tensors());
    tensors.replaceAll((key, t) -> new Tensor(DType.F16, t.shape(), t.toF16Bytes()));
    String key = LAYER + "output.dense.weight";
    tensors.put(key, Tensor.of(new float[16 * 32], 16, 32));
    Checkpoint other = new Checkpoint(tiny.config(), tiny.preprocessor(), tensors);
    ByteBuffer pixels = Golden.pixels(3, 16, 0);
    try (ViTSession int8 = ViTSession.open(other, CPU, Precision.INT8);
        ViTSession fp32 = ViTSession.open(other, CPU, Precision.FP32)) {
      Golden.assertClose(int8.logits(pixels, 3), fp32.logits(pixels, 3), 0.15f);
    }
  }

  @Test
  void theArchiveIsAlwaysTheSameBytesAndSmaller() throws Exception {
    ViTConfig config = ViTConfig.of(64, 4, 4, 256, 32, 8, Golden.labels(5));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(32), 3);
    Path a = temp.resolve("a.pt");
    Path b = temp.resolve("b.pt");
    Path fp32 = temp.resolve("fp32.pt");
    TorchScriptArchive.writeForInference(a, random, Precision.INT8);
    TorchScriptArchive.writeForInference(b, random, Precision.INT8);
    TorchScriptArchive.writeForInference(fp32, random, Precision.FP32);
    assertThat(Files.mismatch(a, b)).isEqualTo(-1);
    assertThat(Files.size(a)).isLessThan(Files.size(fp32) / 2);
  }

  @Test
  void nothingIsTrainedInInt8() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    TrainingOptions options = TrainingOptions.of(AdamW.withWeightDecay(0));
    assertThatThrownBy(
            () ->
                TorchScriptArchive.writeForTraining(
                    temp.resolve("training.pt"), tiny, Precision.INT8, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INT8");
  }

  private static JsonNode golden(String key) {
    try {
      return new ObjectMapper().readTree(Golden.ROOT.resolve("int8.json").toFile()).get(key);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Elsewhere activations are quantised by other code, with 8 bits. */
  private static void assumeX86() {
    assumeThat(System.getProperty("os.arch")).isIn("amd64", "x86_64");
  }
}
