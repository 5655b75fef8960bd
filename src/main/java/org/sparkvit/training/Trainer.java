package org.sparkvit.training;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.image.Augment;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.Prefetcher;
import org.sparkvit.metrics.ClassMetric;
import org.sparkvit.metrics.Evaluation;
import org.sparkvit.metrics.Metric;
import org.sparkvit.metrics.Scorebook;
import org.sparkvit.vit.AdamW;
import org.sparkvit.vit.Checkpoint;
import org.sparkvit.vit.Precision;
import org.sparkvit.vit.ViTTrainingSession;

/**
 * Trains a model on cached images, in one JVM and without Spark. The same examples (in the same
 * order), recipe and start give the same weights on the same machine.
 */
public final class Trainer {
  private static final long LINE_EVERY_NANOS = 5_000_000_000L;

  private final Recipe recipe;
  private final Labels labels;
  private final TrainingSet data;
  private final Progress progress;
  private final int rarest;

  /**
   * @param labels classes in the order of the examples' indices
   * @param data what to train and validate on; see {@link TrainingSet}
   */
  public Trainer(Recipe recipe, Labels labels, TrainingSet data, Progress progress) {
    this.recipe = recipe;
    this.labels = labels;
    this.data = data;
    this.progress = progress;
    this.rarest = data.rarestClass(labels.size());
  }

  /** State of one training. */
  private record Run(
      ViTTrainingSession session,
      Batches batches,
      Augment augment,
      LearningRate rate,
      long started) {}

  /**
   * Trains until the epochs or the patience end.
   *
   * @param start a checkpoint with these labels
   * @throws UserException when the loss is no longer a number, or the metric is undefined
   */
  public TrainingResult train(Checkpoint start, Device device, Precision precision) {
    int side = start.config().imageSize();
    Augment augment = recipe.augmentation().forSide(side);
    long stepsPerEpoch = (data.showings() + recipe.batchSize() - 1) / recipe.batchSize();
    LearningRate rate = LearningRate.of(recipe, stepsPerEpoch * recipe.epochs());
    BestEpoch best = new BestEpoch(recipe.metric(), recipe.patience(), recipe.minDelta());
    List<EpochResult> history = new ArrayList<>();
    Checkpoint bestWeights = null;
    ViTTrainingSession.seedDropout((int) StableHash.hash64(recipe.seed(), "dropout"));
    AdamW optimizer = AdamW.withWeightDecay(recipe.weightDecay());
    try (ViTTrainingSession session =
        ViTTrainingSession.open(start, optimizer, device, precision)) {
      Batches batches = new Batches(data.cache(), side, recipe.batchSize());
      Run run = new Run(session, batches, augment, rate, System.nanoTime());
      for (int epoch = 1; epoch <= recipe.epochs() && !best.shouldStop(); epoch++) {
        EpochResult result = epoch(run, epoch);
        history.add(result);
        boolean better = best.add(epoch, result.validation().value(recipe.metric()));
        if (best.epoch() == 0) {
          throw new UserException(
              "the metric "
                  + recipe.metric().label()
                  + " is undefined on the validation split, which lacks classes; split again with a"
                  + " larger --validation, or choose another --metric");
        }
        if (better) {
          bestWeights = session.checkpoint();
        }
        progress.say(describe(result, better));
      }
    }
    return new TrainingResult(
        bestWeights, best.epoch(), best.value(), history, history.size() < recipe.epochs());
  }

  /** Index of the class with the fewest images to train on. */
  public int rarestClass() {
    return rarest;
  }

  private EpochResult epoch(Run run, int epoch) {
    long begin = System.nanoTime();
    List<Showing> showings = Showing.shuffled(data.train(), recipe.seed(), epoch);
    double lossSum = 0;
    double weightSum = 0;
    long images = 0;
    double rate = 0;
    long lastLine = begin;
    try (Prefetcher<?, Batch> batches =
        run.batches().augmented(showings, run.augment(), recipe.seed(), epoch)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        rate = run.rate().at(run.session().step());
        double weight = batch.weight();
        double loss = step(run.session(), batch, weight, rate, epoch);
        lossSum += loss * weight;
        weightSum += weight;
        images += batch.size();
        long now = System.nanoTime();
        if (now - lastLine > LINE_EVERY_NANOS) {
          lastLine = now;
          double speed = images / ((now - begin) / 1e9);
          progress.say(describe(run, epoch, lossSum / weightSum, speed, rate, now));
        }
      }
    }
    double speed = images / ((System.nanoTime() - begin) / 1e9);
    Evaluation validation = evaluate(run);
    return new EpochResult(
        epoch,
        run.session().step(),
        lossSum / weightSum,
        rate,
        validation,
        (System.nanoTime() - begin) / 1e9,
        speed);
  }

  /** Forward, backward and update on one batch; returns its weighted mean loss. */
  private double step(
      ViTTrainingSession session, Batch batch, double weight, double rate, int epoch) {
    double loss =
        session.backward(batch.pixels(), batch.size(), batch.labels(), batch.weights(), weight);
    requireFinite(loss, "loss", session, epoch);
    if (recipe.clipNorm() > 0) {
      requireFinite(session.clipGradients(recipe.clipNorm()), "gradient", session, epoch);
    }
    session.update(rate);
    return loss;
  }

  private void requireFinite(double value, String what, ViTTrainingSession session, int epoch) {
    if (!Double.isFinite(value)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "training diverged: the %s is %s in epoch %d, step %d, with --learning-rate %s; use a"
                  + " lower one, or a larger --warmup-ratio",
              what,
              value,
              epoch,
              session.step() + 1,
              recipe.learningRate()));
    }
  }

  private Evaluation evaluate(Run run) {
    Scorebook book = new Scorebook(labels.size());
    try (Prefetcher<?, Batch> batches = run.batches().plain(Showing.once(data.validation()))) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        float[] logits = run.session().logits(batch.pixels(), batch.size());
        for (int i = 0; i < batch.size(); i++) {
          float[] probabilities = BatchInference.softmax(logits, i, labels.size());
          if (Float.isNaN(probabilities[0])) {
            throw new UserException(
                "training diverged: the model gives no numbers for the validation split any more;"
                    + " use a lower --learning-rate than "
                    + recipe.learningRate());
          }
          book.add(batch.labels()[i], probabilities);
        }
      }
    }
    return book.evaluation();
  }

  private String describe(Run run, int epoch, double loss, double speed, double rate, long now) {
    long done = run.session().step();
    long seconds = Math.round((now - run.started()) / 1e9 * (run.rate().steps() - done) / done);
    return String.format(
        Locale.ROOT,
        "train: epoch %d of %d, step %d of %d, loss %.4f, %.1f images/s, learning rate %.2e, about"
            + " %d:%02d left",
        epoch,
        recipe.epochs(),
        done,
        run.rate().steps(),
        loss,
        speed,
        rate,
        seconds / 60,
        seconds % 60);
  }

  private String describe(EpochResult result, boolean best) {
    Evaluation validation = result.validation();
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "train: epoch %d of %d done in %.1f s (%.1f images/s), loss %.4f; validation: log_loss"
                + " %.4f, accuracy %.4f, f1_macro %.4f, %s roc_auc %.4f, average_precision %.4f",
            result.epoch(),
            recipe.epochs(),
            result.seconds(),
            result.imagesPerSecond(),
            result.trainLoss(),
            validation.value(Metric.LOG_LOSS),
            validation.value(Metric.ACCURACY),
            validation.value(Metric.F1_MACRO),
            labels.name(rarest),
            validation.value(ClassMetric.ROC_AUC, rarest),
            validation.value(ClassMetric.AVERAGE_PRECISION, rarest)));
    if (best) {
      line.append(
          String.format(
              Locale.ROOT,
              "; best %s so far, %.4f",
              recipe.metric().label(),
              validation.value(recipe.metric())));
    }
    return line.toString();
  }
}
