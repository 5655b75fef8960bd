package org.sparkvit.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.image.augment.AugmentSteps;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTTrainingSession;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.data.Example;
import org.sparkvit.training.data.PixelCache;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Augmentation;
import org.sparkvit.training.recipe.CropPadding;
import org.sparkvit.training.recipe.Freezing;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;
import org.sparkvit.training.recipe.Regularization;
import org.sparkvit.training.recipe.Schedule;
import org.sparkvit.training.recipe.Selection;

class TrainerTest {
  private static final int BYTES = TrainFixtures.SIDE * TrainFixtures.SIDE * 3;

  @TempDir Path folder;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(2);
  }

  private static Checkpoint start() {
    return Checkpoint.random(
        TrainFixtures.tinyViT(), PreprocessorConfig.squash(TrainFixtures.SIDE), 5);
  }

  private static TrainingResult train(Recipe recipe, TrainingSet data) {
    return train(recipe, data, List.of(), Optional.empty());
  }

  private static TrainingResult train(
      Recipe recipe,
      TrainingSet data,
      List<TrainingListener> listeners,
      Optional<Trainer.Resumption> resumption) {
    try (LocalBackend backend =
        LocalBackend.open(
            recipe,
            TrainFixtures.LABELS,
            data,
            start(),
            PyTorchRuntime.device("cpu"),
            Precision.FP32,
            resumption.map(Trainer.Resumption::last))) {
      return new Trainer(recipe, TrainFixtures.LABELS, data.rarestClass(2), listeners)
          .train(backend, new TreeMap<>(Options.texts(RecipeOptions.of(recipe))), resumption);
    }
  }

  private static double[] losses(TrainingResult result) {
    return result.history().stream().mapToDouble(EpochResult::trainLoss).toArray();
  }

  @Test
  void learnsWhatIsEasyTheSameWayEveryTime() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      Recipe recipe = TrainFixtures.recipe(6, 3e-3, 0.1);
      TrainingResult result = train(recipe, data);
      assertThat(result.bestValue()).isEqualTo(1.0);
      assertThat(result.history()).hasSize(6);
      assertThat(result.stoppedEarly()).isFalse();
      double[] losses = losses(result);
      assertThat(losses[5]).isLessThan(losses[0] / 2);

      List<Example> reversed = new ArrayList<>(data.train());
      java.util.Collections.reverse(reversed);
      TrainingResult again = train(recipe, new TrainingSet(reversed, data.validation(), cache));
      assertThat(losses(again)).isEqualTo(losses);
      result
          .best()
          .tensors()
          .forEach(
              (key, tensor) ->
                  assertThat(again.best().tensors().get(key).toFloats())
                      .as(key)
                      .isEqualTo(tensor.toFloats()));
    }
  }

  @Test
  void stopsWhenPatienceEndsAndReturnsTheBestWeights() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet drawn = TrainFixtures.drawn(cache);
      // Validation says the opposite, so the more is learnt the worse it gets.
      List<Example> opposite =
          drawn.validation().stream()
              .map(e -> new Example(e.id(), 1 - e.label(), e.weight(), e.copies(), e.slot()))
              .toList();
      TrainingSet data = new TrainingSet(drawn.train(), opposite, cache);
      TrainingResult result = train(TrainFixtures.recipe(30, 3e-3, 0.1, Metric.LOG_LOSS, 2), data);
      assertThat(result.stoppedEarly()).isTrue();
      assertThat(result.history()).hasSize(result.bestEpoch() + 2);
      double best = logLoss(result, result.bestEpoch());
      double last = logLoss(result, result.history().size());
      assertThat(last).isNotEqualTo(best);
      assertThat(score(result.best(), data)).isCloseTo(best, within(1e-6));
    }
  }

  @Test
  void weightsMoveTheDecision() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 1)) {
      int slot = cache.append(TrainFixtures.pixels(0, 1));
      cache.seal();
      // One and the same picture, 24 times labelled 0 and 8 times labelled 1.
      double neutral = probabilityOfOne(slot, 1, cache);
      double weighted = probabilityOfOne(slot, 9, cache);
      assertThat(neutral).isCloseTo(8.0 / 32, within(0.08));
      assertThat(weighted).isCloseTo(9.0 * 8 / (24 + 9 * 8), within(0.08));
    }
  }

  private static double probabilityOfOne(int slot, float weight, PixelCache cache) {
    List<Example> train = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      boolean one = i % 4 == 3;
      train.add(new Example("id" + i, one ? 1 : 0, one ? weight : 1, 1, slot));
    }
    TrainingSet data = new TrainingSet(train, List.of(new Example("v", 1, 1, 1, slot)), cache);
    Recipe recipe =
        new Recipe(
            25,
            32,
            1,
            Schedule.cosine(3e-3, 0.1),
            Freezing.NONE,
            Regularization.of(0, 1),
            new Loss.CrossEntropy(),
            Augmentation.of(new CropPadding(0), false, 0, 0),
            new Selection(Metric.ACCURACY, 0, 0),
            false,
            5);
    TrainingResult result = train(recipe, data);
    return Math.exp(-logLoss(result, 25));
  }

  @Test
  void copiesAreShown() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      List<Example> twice =
          data.train().stream()
              .map(e -> new Example(e.id(), e.label(), e.weight(), 1 + e.label(), e.slot()))
              .toList();
      TrainingSet planned = new TrainingSet(twice, data.validation(), cache);
      assertThat(planned.samplesPerEpoch()).isEqualTo(36 + 2 * 12);
      TrainingResult result = train(TrainFixtures.recipe(1, 1e-3, 0), planned);
      // 60 samples in batches of 8
      assertThat(result.history().get(0).steps()).isEqualTo(8);
    }
  }

  @Test
  void aLossThatIsNoNumberEndsTheTraining() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      assertThatThrownBy(() -> train(TrainFixtures.recipe(3, 1e30, 0), data))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("training diverged")
          .hasMessageContaining("1.0E30");
    }
  }

  @Test
  void anUndefinedMetricIsNamed() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      List<Example> cold = data.validation().stream().filter(e -> e.label() == 0).toList();
      Recipe recipe = TrainFixtures.recipe(2, 1e-3, 0, Metric.ROC_AUC_MACRO, 0);
      assertThatThrownBy(() -> train(recipe, new TrainingSet(data.train(), cold, cache)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("roc_auc_macro is undefined");
    }
  }

  @Test
  void aResumedTrainingEndsWithTheBitsOfAnUndisturbedOne() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      Recipe recipe = everything(TrainFixtures.recipe(4, 3e-3, 0.1));
      TrainingResult straight = train(recipe, data);
      // In the midst of the first epoch, at the end of the second, and in the third.
      Optional<Trainer.Resumption> from = Optional.empty();
      for (int step : new int[] {2, 6, 8}) {
        Path saved = folder.resolve("state-" + step);
        TrainingListener interrupter =
            new TrainingListener() {
              @Override
              public void stepEnds(TrainingRun trainingRun, Step now) {
                if (now.number() == step) {
                  trainingRun.interrupt();
                }
              }

              @Override
              public void trainingEnds(TrainingRun trainingRun, boolean finished) {
                trainingRun.save(saved);
              }
            };
        TrainingResult part = train(recipe, data, List.of(interrupter), from);
        assertThat(part.finished()).isFalse();
        assertThat(part.steps()).isEqualTo(step);
        from = Optional.of(new Trainer.Resumption(saved, part.best()));
      }
      TrainingResult resumed = train(recipe, data, List.of(), from);
      assertThat(resumed.finished()).isTrue();
      assertThat(resumed.best()).isEqualTo(straight.best());
      assertThat(losses(resumed)).isEqualTo(losses(straight));
      assertThat(resumed.history().stream().map(EpochResult::validation))
          .isEqualTo(straight.history().stream().map(EpochResult::validation).toList());
      assertThat(resumed.bestEpoch()).isEqualTo(straight.bestEpoch());

      Trainer.Resumption last = from.get();
      assertThatThrownBy(
              () -> train(TrainFixtures.recipe(4, 3e-3, 0.1), data, List.of(), Optional.of(last)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("--accumulate was 2 and is 1")
          .hasMessageContaining("--freeze was 1 and is none");
      TrainingSet fewer = new TrainingSet(data.train().subList(1, 36), data.validation(), cache);
      assertThatThrownBy(() -> train(recipe, fewer, List.of(), Optional.of(last)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("are not those of the interrupted training");
    }
  }

  /** All techniques at once. */
  private static Recipe everything(Recipe recipe) {
    return new Recipe(
        recipe.epochs(),
        recipe.batchSize(),
        2,
        recipe.schedule(),
        new Freezing("1", 2),
        new Regularization(0.01, 1, 0.8, 0.1, 0.2, 0.9),
        new Loss.Focal(1),
        new Augmentation(
            CropPadding.AUTO,
            0.3,
            true,
            true,
            10,
            0.3,
            0.1,
            0.5,
            new Mixing(0.8, 1, 0.7),
            Map.of("warm", AugmentSteps.parse("cutmix+rotation"))),
        recipe.selection(),
        true,
        recipe.seed());
  }

  @Test
  void stepsOfSeveralBatchesAreThoseOfLargeOnes() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      Recipe small = TrainFixtures.recipe(1, 1e-4, 0);
      TrainingResult parts = train(batches(small, 4, 4), data);
      TrainingResult whole = train(batches(small, 16, 1), data);
      assertThat(parts.steps()).isEqualTo(whole.steps()).isEqualTo(3);
      assertThat(losses(parts)[0]).isCloseTo(losses(whole)[0], within(1e-6));
      assertThat(logLoss(parts, 1)).isCloseTo(logLoss(whole, 1), within(1e-6));
    }
  }

  private static Recipe batches(Recipe recipe, int batchSize, int accumulate) {
    return new Recipe(
        recipe.epochs(),
        batchSize,
        accumulate,
        recipe.schedule(),
        recipe.freezing(),
        recipe.regularization(),
        recipe.loss(),
        recipe.augmentation(),
        recipe.selection(),
        false,
        recipe.seed());
  }

  @Test
  void listenersSeeEverythingInOrder() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 64)) {
      TrainingSet data = TrainFixtures.drawn(cache);
      List<String> events = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void trainingBegins(TrainingRun trainingRun) {
              events.add("begins " + trainingRun.plannedSteps());
            }

            @Override
            public void epochBegins(TrainingRun trainingRun, int epoch) {
              events.add("epoch " + epoch);
            }

            @Override
            public void stepEnds(TrainingRun trainingRun, Step step) {
              assertThat(step.gradientNorm()).isPositive();
              events.add("step " + step.number());
              if (step.number() == 3) {
                trainingRun.stop();
              }
            }

            @Override
            public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
              events.add("done " + result.epoch() + " " + best);
            }

            @Override
            public void trainingEnds(TrainingRun trainingRun, boolean finished) {
              events.add("ends " + finished + " " + (trainingRun.best() != null));
            }
          };
      TrainingResult result =
          train(
              batches(TrainFixtures.recipe(9, 1e-3, 0), 24, 1),
              data,
              List.of(listener),
              Optional.empty());
      assertThat(events.subList(0, 5))
          .containsExactly("begins 18", "epoch 1", "step 1", "step 2", "done 1 true");
      assertThat(events.subList(5, 8)).containsExactly("epoch 2", "step 3", "step 4");
      assertThat(events).hasSize(10).endsWith("ends true true");
      assertThat(result.stoppedEarly()).isTrue();
    }
  }

  private static double logLoss(TrainingResult result, int epoch) {
    return result.history().get(epoch - 1).value(Metric.LOG_LOSS);
  }

  /** Log-loss of a checkpoint on the validation images, computed by other means. */
  private static double score(Checkpoint checkpoint, TrainingSet data) {
    ClassificationEvaluator book = new ClassificationEvaluator(2);
    ByteBuffer pixels = ByteBuffer.allocateDirect(BYTES).order(java.nio.ByteOrder.nativeOrder());
    try (ViTTrainingSession session =
        ViTTrainingSession.open(
            checkpoint, AdamW.withWeightDecay(0), PyTorchRuntime.device("cpu"), Precision.FP32)) {
      for (Example example : data.validation()) {
        PixelCache cache = data.cache();
        pixels.put(0, cache.buffer(example.slot()), cache.offset(example.slot()), BYTES);
        book.add(example.label(), BatchInference.softmax(session.logits(pixels, 1), 0, 2));
      }
    }
    return book.evaluation().value(Metric.LOG_LOSS);
  }
}
