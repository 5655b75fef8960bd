package org.sparkvit.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.sparkvit.model.runtime.Golden.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

/** Against what src/test/python/make_attention_fixtures.py computed with transformers. */
class ExplainerTest {
  private static final int COLOURS = 6;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny",
        "families/deit",
        "families/deit-distilled",
        "families/dinov2",
        "families/dinov2-gated"
      })
  void mapsAreThoseOfTransformersAttentions(String name) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Golden.ROOT.resolve("attention.json").toFile()).get(name);
    Checkpoint checkpoint = ModelDirectory.read(Golden.ROOT.resolve(name));
    try (Explainer explainer = Explainer.open(checkpoint, Golden.DEVICE)) {
      Explanation maps = explainer.explain(Golden.pixels(3, 16, 0), 3);
      assertClose(maps.logits(), Golden.floats(golden.get("logits")), 1e-5f);
      assertClose(maps.attention(), Golden.floats(golden.get("attention")), 1e-6f);
      assertClose(maps.rollout(), Golden.floats(golden.get("rollout")), 1e-6f);
      assertClose(maps.gradient(), Golden.floats(golden.get("gradient")), 1e-5f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "families/deit-distilled", "families/dinov2"})
  void logitsAreThoseOfTheFastGraphAndRowsSumToOne(String name) {
    Checkpoint checkpoint = ModelDirectory.read(Golden.ROOT.resolve(name));
    ByteBuffer pixels = Golden.pixels(3, 16, 7);
    try (Explainer explainer = Explainer.open(checkpoint, Golden.DEVICE);
        ViTSession fast = ViTSession.open(checkpoint, Golden.DEVICE, Precision.FP32)) {
      Explanation maps = explainer.explain(pixels, 3);
      assertClose(maps.logits(), fast.logits(pixels, 3), 1e-4f);
      assertClose(explainer.logits(pixels, 3), fast.logits(pixels, 3), 1e-4f);
      int tokens = checkpoint.config().tokens();
      for (float[] rows : List.of(maps.attention(), maps.rollout())) {
        for (int from = 0; from < rows.length; from += tokens) {
          double sum = 0;
          for (int i = from; i < from + tokens; i++) {
            assertThat(rows[i]).isBetween(0f, 1f);
            sum += rows[i];
          }
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
      }
      assertThat(maps.gradient()).hasSize(3 * tokens);
    }
  }

  /**
   * The class of an image is the colour of one patch, which lies anywhere in it. Some have none: of
   * two classes alone a model may learn the one, and what of the other is there to be seen? Three
   * models, as one may settle on what its patch suppresses elsewhere.
   */
  @Test
  void theGradientWeightedMapFindsThePatchThatDecides() {
    int found = 0;
    for (int seed = 3; seed < 6; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Checkpoint trained = trained(random, seed);
      Decided images = Decided.draw(random, 200, COLOURS, trained.config());
      try (Explainer explainer = Explainer.open(trained, Golden.DEVICE)) {
        float[] map = explainer.explain(images.pixels, 200).gradient();
        for (int i = 0; i < 200; i++) {
          int best = 1;
          for (int token = 2; token < 17; token++) {
            best = map[i * 17 + token] > map[i * 17 + best] ? token : best;
          }
          found += best - 1 == images.places[i] ? 1 : 0;
        }
      }
    }
    System.out.println("patches found by the gradient-weighted map: " + found + " of 600");
    assertThat(found).isGreaterThanOrEqualTo(540);
  }

  private static Checkpoint trained(SplittableRandom random, int seed) {
    ViTConfig config = ViTConfig.of(32, 2, 4, 64, 32, 8, Golden.labels(COLOURS + 1));
    Checkpoint start = Checkpoint.random(config, PreprocessorConfig.squash(32), seed);
    try (ViTTrainingSession session =
        ViTTrainingSession.open(
            start, AdamW.withWeightDecay(0.05), Golden.DEVICE, Precision.FP32)) {
      for (int step = 0; step < 200; step++) {
        Decided images = Decided.draw(random, 32, COLOURS + 1, config);
        session.backward(Golden.batch(images.pixels, images.labels, COLOURS + 1), 32);
        session.update(2e-3, 1);
      }
      return session.checkpoint();
    }
  }

  private static final class Decided {
    final ByteBuffer pixels;
    final int[] labels;
    final int[] places;

    private Decided(int n, int side) {
      pixels = ByteBuffer.allocateDirect(n * side * side * 3);
      labels = new int[n];
      places = new int[n];
    }

    static Decided draw(SplittableRandom random, int n, int classes, ViTConfig config) {
      int side = config.imageSize();
      int patch = config.patchSize();
      int columns = side / patch;
      Decided images = new Decided(n, side);
      for (int i = 0; i < n; i++) {
        images.labels[i] = random.nextInt(classes);
        images.places[i] = random.nextInt(columns * columns);
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            boolean decides = y / patch * columns + x / patch == images.places[i];
            for (int channel = 0; channel < 3; channel++) {
              int value = 64 + random.nextInt(128);
              if (decides && images.labels[i] < COLOURS) {
                value = ((images.labels[i] + 1) & (1 << channel)) != 0 ? 255 : 0;
              }
              images.pixels.put(((i * side + y) * side + x) * 3 + channel, (byte) value);
            }
          }
        }
      }
      return images;
    }
  }
}
