package org.sparkvit.training.loop;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.runtime.ViTTrainingSession;
import org.sparkvit.stats.metrics.ClassificationEvaluator;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.training.data.BatchTransform;
import org.sparkvit.training.data.Batches;
import org.sparkvit.training.data.EpochSample;
import org.sparkvit.training.data.Example;
import org.sparkvit.training.data.PixelCache;
import org.sparkvit.training.data.Targets;
import org.sparkvit.training.recipe.Recipe;

/**
 * Takes the steps of a training: forward, backward and update on batches of cached images. The
 * resulting weights depend on the initial weights, the recipe and the samples alone. On one machine
 * they are bit-equal.
 */
public final class TrainLoop implements AutoCloseable {
  /**
   * The loss scale below which training has failed. Half precision may overflow now and then, but
   * not at any scale.
   */
  private static final double LEAST_LOSS_SCALE = 1e-3;

  private final Recipe recipe;
  private final Targets targets;
  private final BatchTransform batchTransform;
  private final Batches batches;
  private final ViTTrainingSession session;
  private final int layers;

  private TrainLoop(
      Recipe recipe,
      Targets targets,
      BatchTransform batchTransform,
      Batches batches,
      ViTTrainingSession session,
      int layers) {
    this.recipe = recipe;
    this.targets = targets;
    this.batchTransform = batchTransform;
    this.batches = batches;
    this.session = session;
    this.layers = layers;
  }

  /**
   * Loads a model to train.
   *
   * @param start a checkpoint with these labels
   * @param cache the pixels of the examples, sealed
   */
  public static TrainLoop open(
      Recipe recipe,
      Labels labels,
      PixelCache cache,
      Checkpoint start,
      Device device,
      Precision precision) {
    int side = start.config().imageSize();
    return new TrainLoop(
        recipe,
        new Targets(labels.size(), recipe.regularization().labelSmoothing()),
        BatchTransform.of(recipe.augmentation(), side, labels),
        new Batches(cache, side, recipe.batchSize()),
        ViTTrainingSession.open(start, recipe.options(), device, precision),
        start.config().layers());
  }

  /** Freezes the part of the model that the recipe says for an epoch. */
  void freeze(int epoch) {
    session.freeze(recipe.freezing().depth(epoch, layers));
  }

  /**
   * Trains on samples in their order, a step at a time.
   *
   * @param samples the samples, of which the last step may have fewer
   * @param all the images that may be mixed into the samples
   * @param epoch the number of the epoch that the samples belong to, from 1
   * @param rates the learning rate of each step
   * @param goesOn receives each step, and returns whether to take a next one
   * @throws UserException when the training has diverged
   */
  void learn(
      List<EpochSample> samples,
      List<Example> all,
      int epoch,
      LearningRate rates,
      Predicate<Step> goesOn) {
    freeze(epoch);
    double loss = 0;
    int images = 0;
    try (Prefetcher<?, Batches.Part> parts =
        batches.augmented(
            samples,
            all,
            Math.toIntExact(recipe.imagesPerStep()),
            batchTransform,
            targets,
            recipe.seed(),
            epoch)) {
      while (parts.hasNext()) {
        Batches.Part part = parts.next();
        loss += session.backward(part.images(), part.stepWeight());
        images += part.images().size();
        if (part.endsStep()) {
          Step step = step(epoch, images, part.stepWeight(), loss, rates.at(session.step()));
          loss = 0;
          images = 0;
          if (!goesOn.test(step)) {
            return;
          }
        }
      }
    }
  }

  private Step step(int epoch, int images, double weight, double loss, double rate) {
    requireFinite(loss, "loss", epoch, rate);
    double most = recipe.regularization().clipNorm();
    double norm = session.update(rate, most > 0 ? most : Double.POSITIVE_INFINITY);
    if (session.lossScale() == 1 || session.lossScale() < LEAST_LOSS_SCALE) {
      requireFinite(norm, "gradient", epoch, rate);
    }
    return new Step(epoch, session.step(), images, weight, loss, rate, norm);
  }

  private void requireFinite(double value, String what, int epoch, double rate) {
    if (!Double.isFinite(value)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "training diverged: the %s is %s in epoch %d, step %d, at a learning rate of %.2e;"
                  + " use a lower --learning-rate than %s, or a larger --warmup-ratio",
              what,
              value,
              epoch,
              session.step() + 1,
              rate,
              recipe.schedule().peak()));
    }
  }

  /** Evaluates the model, or its moving average where one is kept, on unchanged images. */
  Evaluation evaluate(List<Example> examples) {
    return recipe.regularization().averageDecay() == 0
        ? measure(examples)
        : session.averaged(() -> measure(examples));
  }

  private Evaluation measure(List<Example> examples) {
    ClassificationEvaluator book = new ClassificationEvaluator(targets.classes());
    try (Prefetcher<?, Batches.Labelled> images = batches.plain(examples)) {
      while (images.hasNext()) {
        Batches.Labelled batch = images.next();
        float[] logits = session.logits(batch.pixels(), batch.labels().length);
        for (int i = 0; i < batch.labels().length; i++) {
          float[] probabilities = BatchInference.softmax(logits, i, targets.classes());
          if (Float.isNaN(probabilities[0])) {
            throw new UserException(
                "training diverged: the model returns NaN for images of the validation split;"
                    + " use a lower --learning-rate than "
                    + recipe.schedule().peak());
          }
          book.add(batch.labels()[i], probabilities);
        }
      }
    }
    return book.evaluation();
  }

  /** Returns a copy of the weights that {@link #evaluate} uses. */
  Checkpoint evaluated() {
    return recipe.regularization().averageDecay() == 0
        ? session.checkpoint()
        : session.averaged(session::checkpoint);
  }

  /** Returns a copy of the trained weights. */
  Checkpoint weights() {
    return session.checkpoint();
  }

  /** Returns the number of updates done. */
  long steps() {
    return session.step();
  }

  void saveOptimizer(Path file) {
    session.saveOptimizer(file);
  }

  void loadOptimizer(Path file) {
    session.loadOptimizer(file);
  }

  @Override
  public void close() {
    session.close();
  }
}
