package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkvit.model.runtime.ViTTrainingSessionTest.assertSame;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.TrainingOptions;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.SafeTensors;
import org.sparkvit.model.checkpoint.Tensor;

/** Against what src/test/python/make_training_fixtures.py had torch and transformers compute. */
class TrainingTechniquesTest {
  private static final Device DEVICE = Golden.DEVICE;
  private static final Path ROOT = Golden.ROOT.resolve("training");
  private static final float[] CLASS_WEIGHTS = {1, 0.5f, 3};
  private static final AdamW PLAIN = AdamW.withWeightDecay(0.1);

  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  private static JsonNode golden() {
    try {
      return new ObjectMapper().readTree(ROOT.resolve("golden.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ViTTrainingSession open(TrainingOptions options) {
    return open(options, Precision.FP32);
  }

  private static ViTTrainingSession open(TrainingOptions options, Precision precision) {
    return ViTTrainingSession.open(ModelDirectory.read(Golden.TINY), options, DEVICE, precision);
  }

  private static int[] labels(int s) {
    return new int[] {0, 1, 2, 2, 1, s % 3};
  }

  private static TrainingBatch batch(int s) {
    int[] labels = labels(s);
    float[] weights = new float[6];
    for (int i = 0; i < 6; i++) {
      weights[i] = CLASS_WEIGHTS[labels[i]];
    }
    return Golden.batch(Golden.pixels(6, 16, 1000 * s), labels, weights, 3);
  }

  private static TrainingBatch with(float[] targets) {
    return new TrainingBatch(
        Golden.pixels(6, 16, 0), targets, new float[] {1, 1, 1, 1, 1, 1}, new long[6]);
  }

  private static float[] smoothed() {
    float[] targets = new float[18];
    for (int i = 0; i < 6; i++) {
      for (int c = 0; c < 3; c++) {
        targets[3 * i + c] = (c == labels(0)[i] ? 0.9f : 0) + 0.1f / 3;
      }
    }
    return targets;
  }

  private static float[] mixed() {
    float[] share = {1, 0.3f, 0.75f, 0.5f, 0.9f, 0.2f};
    float[] targets = new float[18];
    for (int i = 0; i < 6; i++) {
      targets[3 * i + labels(0)[i]] += share[i];
      targets[3 * i + labels(0)[5 - i]] += 1 - share[i];
    }
    return targets;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lossAndEveryGradientAreThoseOfTransformers(boolean recomputes) {
    Map<String, TrainingOptions> options = new LinkedHashMap<>();
    TrainingOptions plain = TrainingOptions.of(PLAIN);
    options.put("weighted", plain);
    options.put("smoothed", plain);
    options.put("mixed", plain);
    options.put("focal", plain.withLoss(new Loss.Focal(2)));
    options.put("binary", plain.withLoss(new Loss.Binary(2.5)));
    options.forEach(
        (name, one) -> {
          TrainingBatch batch =
              switch (name) {
                case "smoothed" -> with(smoothed());
                case "mixed" -> with(mixed());
                default -> batch(0);
              };
          try (ViTTrainingSession session = open(recomputes ? one.withRecomputing() : one)) {
            double loss = session.backward(batch, batch.weight());
            double expected = golden().get(name).asDouble();
            assertThat(loss).as(name).isCloseTo(expected, within(1e-5 * expected));
            Map<String, Tensor> golden =
                SafeTensors.read(ROOT.resolve(name + ".safetensors")).tensors();
            assertSame(session.gradients(), golden, 1e-5);
          }
        });
  }

  @Test
  void twentyStepsGiveTheWeightsOfTorch() {
    JsonNode golden = golden();
    try (ViTTrainingSession session = open(TrainingOptions.of(PLAIN).withLayerDecay(0.6))) {
      for (int s = 0; s < 20; s++) {
        TrainingBatch batch = batch(s);
        double rate =
            s < 2 ? 0.01 * (s + 1) / 3 : 0.01 * (1 + Math.cos(Math.PI * (s - 2) / 18)) / 2;
        double loss = golden.get("losses").get(s).asDouble();
        assertThat(session.backward(batch, batch.weight())).isCloseTo(loss, within(1e-4 * loss));
        double norm = golden.get("norms").get(s).asDouble();
        assertThat(session.update(rate, 1)).isCloseTo(norm, within(1e-4 * norm));
      }
      Map<String, Tensor> expected =
          SafeTensors.read(ROOT.resolve("trained.safetensors")).tensors();
      assertSame(session.checkpoint().tensors(), expected, 1e-5);
    }
  }

  @Test
  void whatIsFrozenStaysToTheBit() {
    Checkpoint start = ModelDirectory.read(Golden.TINY);
    int layers = start.config().layers();
    for (boolean recomputes : new boolean[] {false, true}) {
      TrainingOptions options = TrainingOptions.of(PLAIN);
      try (ViTTrainingSession session = open(recomputes ? options.withRecomputing() : options)) {
        for (int depth = layers + 2; depth >= 0; depth--) {
          session.freeze(depth);
          Checkpoint before = session.checkpoint();
          step(session, depth);
          Checkpoint after = session.checkpoint();
          for (String key : before.tensors().keySet()) {
            boolean frozen = start.config().family().depth(key, layers) < depth;
            boolean same =
                java.util.Arrays.equals(
                    after.tensors().get(key).toFloats(), before.tensors().get(key).toFloats());
            assertThat(same).as("%s at depth %d", key, depth).isEqualTo(frozen);
          }
        }
      }
    }
  }

  @Test
  void aStateOfAPartlyFrozenTrainingGoesOnToTheBit() {
    TrainingOptions options = TrainingOptions.of(PLAIN).withAverage(0.99).withDropPath(0.5);
    Path state = temp.resolve("optimizer.safetensors");
    try (ViTTrainingSession straight = open(options)) {
      straight.freeze(2);
      step(straight, 0);
      straight.freeze(1);
      step(straight, 1);
      straight.saveOptimizer(state);
      Checkpoint half = straight.checkpoint();
      straight.freeze(0);
      step(straight, 2);
      try (ViTTrainingSession resumed =
          ViTTrainingSession.open(half, options, DEVICE, Precision.FP32)) {
        resumed.freeze(1);
        resumed.loadOptimizer(state);
        overwriteFreedMemory();
        resumed.freeze(0);
        step(resumed, 2);
        assertThat(resumed.checkpoint()).isEqualTo(straight.checkpoint());
        assertThat(resumed.averaged(resumed::checkpoint))
            .isEqualTo(straight.averaged(straight::checkpoint))
            .isNotEqualTo(straight.checkpoint());
      }
    }
  }

  /** Takes what the collector gives back, so that whoever still uses it reads something else. */
  private static void overwriteFreedMemory() {
    for (int i = 0; i < 5; i++) {
      System.gc();
      List<ByteBuffer> taken = new ArrayList<>();
      for (int size = 1; size <= 1 << 14; size *= 2) {
        for (int n = 0; n < 50; n++) {
          ByteBuffer buffer = ByteBuffer.allocateDirect(size);
          while (buffer.hasRemaining()) {
            buffer.put((byte) 0x3f);
          }
          taken.add(buffer);
        }
      }
      assertThat(taken).isNotEmpty();
    }
  }

  @Test
  void theAverageIsTheOneOfTheSteps() {
    String key = "classifier.weight";
    try (ViTTrainingSession session = open(TrainingOptions.of(PLAIN).withAverage(0.3))) {
      float[] average = session.checkpoint().tensors().get(key).toFloats();
      for (int s = 0; s < 6; s++) {
        step(session, s);
        float[] now = session.checkpoint().tensors().get(key).toFloats();
        // (1 + t) / (10 + t) at step t, until that is more than 0.3
        double stays = Math.min(0.3, (2.0 + s) / (11.0 + s));
        for (int i = 0; i < now.length; i++) {
          average[i] = (float) (stays * average[i] + (1 - stays) * now[i]);
        }
      }
      Checkpoint own = session.checkpoint();
      Checkpoint averaged = session.averaged(session::checkpoint);
      assertThat(averaged.tensors().get(key).toFloats()).containsExactly(average, within(1e-6f));
      assertThat(session.checkpoint()).isEqualTo(own);
    }
    try (ViTTrainingSession session = open(TrainingOptions.of(PLAIN))) {
      assertThatThrownBy(() -> session.averaged(session::checkpoint))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void skippedBranchesFollowTheSeedsAndAreOffInEvaluation() {
    TrainingOptions options = TrainingOptions.of(PLAIN).withDropPath(0.5);
    try (ViTTrainingSession session = open(options)) {
      TrainingBatch batch = batch(0);
      double first = session.backward(batch, 1);
      assertThat(session.backward(batch, 1)).isEqualTo(first);
      double sum = 0;
      int others = 0;
      for (int i = 0; i < 50; i++) {
        long[] seeds = {i, i + 100, i + 200, i + 300, i + 400, i + 500};
        TrainingBatch other =
            new TrainingBatch(batch.pixels(), batch.targets(), batch.weights(), seeds);
        double loss = session.backward(other, 1);
        others += loss == first ? 0 : 1;
        sum += loss;
      }
      assertThat(others).isGreaterThan(40);
      assertThat(sum).isFinite();
      try (ViTTrainingSession plain = open(TrainingOptions.of(PLAIN))) {
        assertThat(session.logits(batch.pixels(), 6)).isEqualTo(plain.logits(batch.pixels(), 6));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FP32, 1e-6", "BF16, 0.05"})
  void recomputingGivesTheSameGradients(Precision precision, double share) {
    TrainingOptions options = TrainingOptions.of(PLAIN).withDropPath(0.3);
    TrainingBatch batch = batch(0);
    try (ViTTrainingSession keeps = open(options, precision);
        ViTTrainingSession again = open(options.withRecomputing(), precision)) {
      double loss = keeps.backward(batch, batch.weight());
      assertThat(again.backward(batch, batch.weight())).isCloseTo(loss, within(1e-6));
      assertSame(again.gradients(), keeps.gradients(), share);
      step(again, 0);
      int before = again.managedResources();
      for (int s = 1; s < 20; s++) {
        step(again, s);
      }
      assertThat(again.managedResources()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "FP16"})
  void halfPrecisionTrainsAlike(Precision precision) {
    JsonNode losses = golden().get("losses");
    try (ViTTrainingSession session =
        open(TrainingOptions.of(PLAIN).withLayerDecay(0.6), precision)) {
      assertThat(session.lossScale()).isEqualTo(precision == Precision.FP16 ? 65_536 : 1);
      for (int s = 0; s < 20; s++) {
        TrainingBatch batch = batch(s);
        double rate =
            s < 2 ? 0.01 * (s + 1) / 3 : 0.01 * (1 + Math.cos(Math.PI * (s - 2) / 18)) / 2;
        assertThat(session.backward(batch, batch.weight()))
            .isCloseTo(losses.get(s).asDouble(), within(0.1));
        session.update(rate, 1);
      }
    }
  }

  @Test
  void anOverflowLeavesTheWeightsAndHalvesTheScale() {
    try (ViTTrainingSession session = open(TrainingOptions.of(PLAIN), Precision.FP16)) {
      TrainingBatch batch = batch(0);
      Checkpoint before = session.checkpoint();
      session.backward(batch, 1e-4 * batch.weight());
      assertThat(session.update(0.01, 1)).isNotFinite();
      assertThat(session.checkpoint()).isEqualTo(before);
      assertThat(session.step()).isZero();
      assertThat(session.lossScale()).isEqualTo(32_768);
      step(session, 0);
      assertThat(session.step()).isEqualTo(1);
    }
  }

  @Test
  void theScaleGrowsAfterTwoThousandGoodSteps() {
    LossScale scale = LossScale.of(Precision.FP16);
    scale.update(false);
    for (int i = 0; i < 1_999; i++) {
      scale.update(true);
    }
    assertThat(scale.value()).isEqualTo(32_768);
    scale.update(true);
    assertThat(scale.value()).isEqualTo(65_536);
    assertThat(scale.steps()).isZero();
  }

  @Test
  void tensorsHaveTheirDepth() {
    Family family = Family.VIT;
    assertThat(
            List.of(
                family.depth("vit.embeddings.cls_token", 12),
                family.depth("vit.encoder.layer.0.output.dense.bias", 12),
                family.depth("vit.encoder.layer.11.output.dense.bias", 12),
                family.depth("vit.layernorm.weight", 12),
                family.depth("classifier.bias", 12)))
        .containsExactly(0, 1, 12, 13, 14);
  }

  private static void step(ViTTrainingSession session, int s) {
    TrainingBatch batch = batch(s);
    session.backward(batch, batch.weight());
    session.update(0.001, 1);
  }
}
