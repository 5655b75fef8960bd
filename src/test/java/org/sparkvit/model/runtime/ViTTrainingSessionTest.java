package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkvit.model.runtime.Golden.assertClose;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.SafeTensors;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;

class ViTTrainingSessionTest {
  private static final Device DEVICE = Golden.DEVICE;
  private static final float[] CLASS_WEIGHTS = {1, 0.5f, 3};
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @Test
  void stepsEqualThoseOfTorch() {
    JsonNode golden = Golden.of("training");
    try (ViTTrainingSession session = open(Precision.FP32)) {
      for (int s = 0; s < golden.get("steps").size(); s++) {
        JsonNode step = golden.get("steps").get(s);
        assertThat(backward(session, s)).isCloseTo(step.get("loss").asDouble(), within(1e-4));
        assertThat(session.update(0.01 / (s + 1), 1))
            .isCloseTo(step.get("norm").asDouble(), within(1e-3));
      }
      assertThat(session.step()).isEqualTo(8);
      assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3), Golden.floats(golden.get("logits")), 1e-3f);
      Checkpoint trained = session.checkpoint();
      assertClose(
          trained.tensors().get("vit.encoder.layer.0.attention.attention.query.weight").toFloats(),
          Golden.floats(golden.get("query")),
          1e-4f);
      assertClose(
          trained.tensors().get("vit.layernorm.bias").toFloats(),
          Golden.floats(golden.get("norm")),
          1e-4f);
    }
  }

  @Test
  void gradientsOfPartsAddUp() {
    try (ViTTrainingSession whole = open(Precision.FP32);
        ViTTrainingSession parts = open(Precision.FP32)) {
      backward(whole, 0);
      ByteBuffer all = Golden.pixels(6, 16, 0);
      int[] labels = labels(0);
      float[] weights = weights(labels);
      double loss = 0;
      for (int i = 0; i < 6; i++) {
        ByteBuffer one = all.position(i * 768).limit(i * 768 + 768).slice();
        all.clear();
        TrainingBatch part = Golden.batch(one, new int[] {labels[i]}, new float[] {weights[i]}, 3);
        loss += parts.backward(part, sum(weights));
      }
      assertThat(loss)
          .isCloseTo(Golden.of("training").at("/steps/0/loss").asDouble(), within(1e-4));
      assertSame(parts.gradients(), whole.gradients(), 1e-5);
      assertThat(parts.update(0.01, 1)).isCloseTo(whole.update(0.01, 1), within(1e-5));
    }
  }

  @Test
  void mixedPrecisionTrainsAlike() {
    JsonNode golden = Golden.of("training");
    try (ViTTrainingSession session = open(Precision.BF16)) {
      for (int s = 0; s < 8; s++) {
        assertThat(backward(session, s))
            .isCloseTo(golden.get("steps").get(s).get("loss").asDouble(), within(0.1));
        session.update(0.01 / (s + 1), 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void nativeMemoryStaysFlat(Precision precision) {
    try (ViTTrainingSession session = open(precision)) {
      step(session, 0);
      session.logits(Golden.pixels(3, 16, 0), 3);
      int before = session.managedResources();
      long resident = residentKilobytes();
      for (int s = 1; s < 600; s++) {
        step(session, s);
        session.logits(Golden.pixels(3, 16, s), 3);
      }
      assertThat(session.managedResources()).isEqualTo(before);
      // A leak of one batch's activations alone would come to over 100 MB.
      assertThat(residentKilobytes() - resident).isLessThan(80_000);
    }
  }

  @Test
  void trainingGoesOnFromASavedState() {
    Path state = temp.resolve("optimizer.safetensors");
    try (ViTTrainingSession straight = open(Precision.FP32)) {
      step(straight, 0);
      step(straight, 1);
      straight.saveOptimizer(state);
      Checkpoint half = straight.checkpoint();
      step(straight, 2);
      try (ViTTrainingSession resumed =
          ViTTrainingSession.open(half, AdamW.withWeightDecay(0.1), DEVICE, Precision.FP32)) {
        resumed.loadOptimizer(state);
        assertThat(resumed.step()).isEqualTo(2);
        step(resumed, 2);
        assertThat(resumed.checkpoint()).isEqualTo(straight.checkpoint());
      }
    }
  }

  @Test
  void sameInputGivesTheSameWeights() {
    try (ViTTrainingSession a = open(Precision.FP32);
        ViTTrainingSession b = open(Precision.FP32)) {
      for (int s = 0; s < 3; s++) {
        step(a, s);
        step(b, s);
      }
      assertThat(a.checkpoint()).isEqualTo(b.checkpoint());
      assertThat(a.checkpoint()).isNotEqualTo(ModelDirectory.read(Golden.TINY));
    }
  }

  @Test
  void trainedModelGivesTheSameLogitsWhenReadBack() {
    try (ViTTrainingSession session = open(Precision.FP32)) {
      step(session, 0);
      ModelDirectory.write(temp.resolve("model"), session.checkpoint());
      float[] expected = session.logits(Golden.pixels(3, 16, 0), 3);
      try (ViTSession read = ViTSession.open(temp.resolve("model"), DEVICE, Precision.FP32)) {
        assertClose(read.logits(Golden.pixels(3, 16, 0), 3), expected, 1e-5f);
      }
    }
  }

  @Test
  void dropoutActsInTrainingOnlyAndFollowsTheSeed() {
    Checkpoint tiny = ModelDirectory.read(Golden.TINY);
    ViTConfig c = tiny.config();
    ViTConfig config =
        new ViTConfig(
            Family.VIT,
            16,
            2,
            2,
            32,
            c.activation(),
            1e-12,
            16,
            4,
            true,
            0.02,
            0.3,
            0.3,
            c.labels(),
            c.other());
    Checkpoint dropping = new Checkpoint(config, tiny.preprocessor(), tiny.tensors());
    try (ViTTrainingSession session =
        ViTTrainingSession.open(dropping, AdamW.withWeightDecay(0), DEVICE, Precision.FP32)) {
      double first = backward(session, 0);
      assertThat(backward(session, 0)).as("the same seeds").isEqualTo(first);
      TrainingBatch batch = batch(0);
      long[] others = {9, 8, 7, 6, 5, 4};
      TrainingBatch otherwise =
          new TrainingBatch(batch.pixels(), batch.targets(), batch.weights(), others);
      assertThat(session.backward(otherwise, batch.weight())).isNotEqualTo(first);
      assertClose(
          session.logits(Golden.pixels(3, 16, 0), 3),
          Golden.floats(Golden.of("tiny").get("logits")),
          1e-4f);
    }
  }

  @Test
  void wrongLabelsAndStatesAreRefused() throws Exception {
    try (ViTTrainingSession session = open(Precision.FP32)) {
      assertThatThrownBy(
              () -> session.backward(Golden.batch(Golden.pixels(1, 16, 0), new int[] {1}, 2), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 targets");
      Path model = Golden.TINY.resolve("model.safetensors");
      assertThatThrownBy(() -> session.loadOptimizer(model))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("not an optimizer state");
      Path state = temp.resolve("other.safetensors");
      SafeTensors.write(state, Map.of("step", "3"), Map.of());
      assertThatThrownBy(() -> session.loadOptimizer(state))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("exp_avg.classifier.");
    }
    try (var files = Files.list(temp)) {
      assertThat(files.filter(file -> file.toString().endsWith(".partial"))).isEmpty();
    }
  }

  private static ViTTrainingSession open(Precision precision) {
    return ViTTrainingSession.open(
        ModelDirectory.read(Golden.TINY), AdamW.withWeightDecay(0.1), DEVICE, precision);
  }

  private static void step(ViTTrainingSession session, int s) {
    backward(session, s);
    session.update(0.001, 1);
  }

  private static double backward(ViTTrainingSession session, int s) {
    TrainingBatch batch = batch(s);
    return session.backward(batch, batch.weight());
  }

  private static TrainingBatch batch(int s) {
    int[] labels = labels(s);
    return Golden.batch(Golden.pixels(6, 16, 1000 * s), labels, weights(labels), 3);
  }

  /**
   * Each tensor within a share of its largest value. The biases of keys are passed over: they add
   * the same to all of a row's scores, so their gradients are nothing but rounding.
   */
  static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected, double share) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (key, tensor) -> {
          if (key.endsWith("key.bias")) {
            return;
          }
          float[] values = tensor.toFloats();
          float largest = 1e-6f;
          for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
          }
          assertThat(actual.get(key).toFloats())
              .as(key)
              .containsExactly(values, within((float) (share * largest)));
        });
  }

  private static int[] labels(int s) {
    return new int[] {0, 1, 2, 2, 1, s % 3};
  }

  private static float[] weights(int[] labels) {
    float[] weights = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      weights[i] = CLASS_WEIGHTS[labels[i]];
    }
    return weights;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** What the operating system counts for this process, or 0 where there is no /proc. */
  private static long residentKilobytes() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
