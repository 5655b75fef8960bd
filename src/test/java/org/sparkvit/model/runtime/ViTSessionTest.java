package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.sparkvit.model.runtime.Golden.assertClose;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Activation;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.DType;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.torchscript.TorchScriptArchive;

class ViTSessionTest {
  private static final Device DEVICE = Golden.DEVICE;
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "tiny-tanh-nobias"})
  void modelSavedByTransformersGivesTheSameLogits(String name) {
    try (ViTSession session = ViTSession.open(Golden.ROOT.resolve(name), DEVICE, Precision.FP32)) {
      ByteBuffer pixels = Golden.pixels(3, 16, 0);
      assertClose(session.logits(pixels, 3), Golden.floats(Golden.of(name).get("logits")), 1e-4f);
      assertClose(
          session.embeddings(pixels, 3), Golden.floats(Golden.of(name).get("embeddings")), 1e-4f);
      assertThat(session.config().labels()).containsExactly("cat", "dog", "owl");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyActivationIsTheOneOfItsName(Activation activation) {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    ViTConfig c = tiny.config();
    ViTConfig config =
        new ViTConfig(
            Family.VIT,
            16,
            2,
            2,
            32,
            activation,
            1e-12,
            16,
            4,
            true,
            0.02,
            0,
            0,
            c.labels(),
            c.other());
    Checkpoint other = new Checkpoint(config, tiny.preprocessor(), tiny.tensors());
    try (ViTSession session = ViTSession.open(other, DEVICE, Precision.FP32)) {
      assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3),
          Golden.floats(Golden.of("activations").get(activation.configName())),
          1e-4f);
    }
  }

  /** On this rests that rows do not depend on partitions: see {@code ScoreConfig.BATCH_STEP}. */
  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void inABatchOfWholeBlocksAnImagesPlaceDoesNotMatter(int n) {
    ViTConfig config = ViTConfig.of(64, 4, 4, 128, 64, 8, List.of("a", "b", "c"));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(64), 3);
    int size = 3 * 64 * 64;
    byte[] all = new byte[n * size];
    new Random(5).nextBytes(all);
    try (ViTSession session = ViTSession.open(random, DEVICE, Precision.FP32)) {
      ByteBuffer pixels = ByteBuffer.allocateDirect(all.length).put(0, all);
      float[] before = session.logits(pixels, n);
      for (int shift : new int[] {1, 7, n - 1}) {
        for (int i = 0; i < n; i++) {
          pixels.put((i + shift) % n * size, all, i * size, size);
        }
        float[] after = session.logits(pixels, n);
        for (int i = 0; i < n; i++) {
          int to = 3 * ((i + shift) % n);
          assertThat(Arrays.copyOfRange(after, to, to + 3))
              .isEqualTo(Arrays.copyOfRange(before, 3 * i, 3 * i + 3));
        }
      }
    }
  }

  @Test
  void normalisationComesFromThePreprocessor() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    PreprocessorConfig imagenet =
        new PreprocessorConfig(
            true,
            16,
            16,
            0,
            3,
            false,
            0,
            0,
            false,
            true,
            1 / 255.0,
            true,
            List.of(0.485, 0.456, 0.406),
            List.of(0.229, 0.224, 0.225));
    Checkpoint other = new Checkpoint(tiny.config(), imagenet, tiny.tensors());
    try (ViTSession session = ViTSession.open(other, DEVICE, Precision.FP32)) {
      assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3),
          Golden.floats(Golden.of("imagenet_normalised")),
          1e-4f);
    }
  }

  @Test
  void tinySixteenEqualsAnIndependentImplementation() {
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 224, 16, Golden.labels(10));
    try (ViTSession session = ViTSession.open(Golden.byFormula(config), DEVICE, Precision.FP32)) {
      assertClose(
          session.logits(Golden.pixels(2, 224, 0), 2), Golden.floats(Golden.of("ti16")), 1e-4f);
    }
  }

  @Test
  void bfloat16IsNearFloat32() {
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 224, 16, Golden.labels(10));
    try (ViTSession session = ViTSession.open(Golden.byFormula(config), DEVICE, Precision.BF16)) {
      float[] logits = session.logits(Golden.pixels(2, 224, 0), 2);
      float[] exact = Golden.floats(Golden.of("ti16"));
      assertClose(logits, exact, 0.03f);
      assertThat(logits).isNotEqualTo(exact);
    }
  }

  @Test
  void halfPrecisionIsNearFloat32() {
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 224, 16, Golden.labels(10));
    try (ViTSession session = ViTSession.open(Golden.byFormula(config), DEVICE, Precision.FP16)) {
      float[] logits = session.logits(Golden.pixels(2, 224, 0), 2);
      float[] exact = Golden.floats(Golden.of("ti16"));
      // Eight times nearer than bfloat16, which has three bits less.
      assertClose(logits, exact, 0.004f);
      assertThat(logits).isNotEqualTo(exact);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP16", "INT8"})
  void rowsDoNotDependOnTheirBatchMates(Precision precision) {
    try (ViTSession session = ViTSession.open(Golden.TINY, Golden.device(precision), precision)) {
      float[] three = session.logits(Golden.pixels(3, 16, 0), 3);
      float[] second = session.logits(Golden.pixels(1, 16, 16 * 16 * 3), 1);
      // The order of a sum may follow the batch's size: one rounding of what it is computed in.
      float tolerance = precision == Precision.FP16 ? 1e-3f : 1e-5f;
      assertClose(second, new float[] {three[3], three[4], three[5]}, tolerance);
    }
  }

  @Test
  void positionAndLimitOfTheBufferDoNotMatter() {
    try (ViTSession session = ViTSession.open(Golden.TINY, DEVICE, Precision.FP32)) {
      ByteBuffer pixels = Golden.pixels(4, 16, 0);
      float[] expected = session.logits(pixels, 3);
      pixels.position(17).limit(20);
      assertThat(session.logits(pixels, 3)).isEqualTo(expected);
      assertThat(pixels.position()).isEqualTo(17);
      assertThatThrownBy(() -> session.logits(pixels, 5))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.logits(ByteBuffer.allocate(3 * 768), 3))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void manyThreadsShareOneSession() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (ViTSession session = ViTSession.open(Golden.TINY, DEVICE, Precision.FP32)) {
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        int start = i % 8 * 100;
        int n = 1 + i % 5;
        tasks.add(() -> session.logits(Golden.pixels(n, 16, start), n));
      }
      List<Future<float[]>> results = pool.invokeAll(tasks);
      for (int i = 0; i < tasks.size(); i++) {
        assertClose(results.get(i).get(), tasks.get(i).call(), 1e-6f);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void theArchiveOfAModelIsAlwaysTheSameBytes() throws Exception {
    Checkpoint checkpoint = ModelDirectory.read(Golden.TINY);
    TorchScriptArchive.writeForInference(temp.resolve("a.pt"), checkpoint, Precision.BF16);
    TorchScriptArchive.writeForInference(temp.resolve("b.pt"), checkpoint, Precision.BF16);
    assertThat(Files.mismatch(temp.resolve("a.pt"), temp.resolve("b.pt"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void aFileForBothPrecisionsGivesTheBitsOfEach(Precision precision) {
    ViTConfig config = ViTConfig.of(64, 4, 4, 128, 64, 8, List.of("a", "b", "c"));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(64), 3);
    Path both = temp.resolve("both.pt");
    TorchScriptArchive.writeForInference(both, random);
    ByteBuffer pixels = Golden.pixels(4, 64, 0);
    try (ViTSession chosen = ViTSession.load(both, config, DEVICE, precision);
        ViTSession own = ViTSession.open(random, DEVICE, precision)) {
      assertThat(chosen.logits(pixels, 4)).isEqualTo(own.logits(pixels, 4));
      assertThat(chosen.embeddings(pixels, 4)).isEqualTo(own.embeddings(pixels, 4));
    }
  }

  @Test
  void weightsInTheOrderOfOneDnnGiveWhatOthersGive() throws IOException {
    Path processor = Path.of("/proc/cpuinfo");
    assumeThat(processor).as("PyTorch orders weights for processors with AVX-512 only").exists();
    assumeThat(Files.readString(processor).split("\\s+"))
        .as("PyTorch orders weights for processors with AVX-512 only")
        .contains("avx512bw", "avx512vl", "avx512dq");
    assumeThat(DEVICE.isGpu()).isFalse();
    ViTConfig config = ViTConfig.of(64, 4, 4, 128, 64, 8, List.of("a", "b", "c"));
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(64), 3);
    Path archive = temp.resolve("bf16.pt");
    TorchScriptArchive.writeForInference(archive, random, Precision.BF16);
    ByteBuffer pixels = Golden.pixels(4, 64, 0);
    try (ViTModule arranged = ViTModule.load(archive, config, DEVICE, false);
        ViTModule plain = ViTModule.load(archive, config, DEVICE, false)) {
      arranged.prepare(Methods.ARRANGE);
      // One rounding of bfloat16, as sums are in another order.
      assertClose(
          arranged.run(Methods.EMBED, pixels, 4), plain.run(Methods.EMBED, pixels, 4), 0.03f);
    }
  }

  @Test
  void trainedHalfPrecisionFilesAreReadToo() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    Map<String, Tensor> bf16 = new LinkedHashMap<>(tiny.tensors());
    bf16.replaceAll((key, t) -> new Tensor(DType.BF16, t.shape(), t.toBf16Bytes()));
    Checkpoint other = new Checkpoint(tiny.config(), tiny.preprocessor(), bf16);
    try (ViTSession session = ViTSession.open(other, DEVICE, Precision.FP32)) {
      assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3),
          Golden.floats(Golden.of("tiny").get("logits")),
          0.1f);
    }
  }

  @Test
  void devicesAreResolvedOrRefused() {
    assertThat(PyTorchRuntime.device("cpu").isGpu()).isFalse();
    assertThat(PyTorchRuntime.device("auto")).isNotNull();
    assertThatThrownBy(() -> PyTorchRuntime.device("tpu"))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown device 'tpu'; use auto, cpu, gpu or gpu:N");
    assertThatThrownBy(() -> PyTorchRuntime.device("gpu:999"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("device 'gpu:999' was asked for");
    assertThatThrownBy(() -> PyTorchRuntime.configure(0)).isInstanceOf(UserException.class);
  }

  @Test
  void absentArchiveIsAnError() {
    assertThatThrownBy(
            () -> ViTSession.load(temp.resolve("none.pt"), Golden.tinyConfig("a"), DEVICE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.pt: no such TorchScript archive");
  }
}
