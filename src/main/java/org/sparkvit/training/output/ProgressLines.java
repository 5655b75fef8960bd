package org.sparkvit.training.output;

import java.util.Locale;
import java.util.Map;
import org.sparkvit.core.Progress;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;

/** Reports every few seconds how far a training is, and the results of each epoch. */
public final class ProgressLines implements TrainingListener {
  private static final long LINE_EVERY_NANOS = 5_000_000_000L;

  private final Progress progress;
  private long began;
  private long stepsBefore;
  private long lastLine;
  private long epochBegan;
  private long images;
  private double loss;
  private double weight;

  public ProgressLines(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void trainingBegins(TrainingRun trainingRun) {
    began = System.nanoTime();
    stepsBefore = trainingRun.steps();
  }

  @Override
  public void epochBegins(TrainingRun trainingRun, int epoch) {
    epochBegan = System.nanoTime();
    lastLine = epochBegan;
    images = 0;
    loss = 0;
    weight = 0;
  }

  @Override
  public void stepEnds(TrainingRun trainingRun, Step step) {
    images += step.images();
    loss += step.loss() * step.weight();
    weight += step.weight();
    long now = System.nanoTime();
    if (now - lastLine < LINE_EVERY_NANOS) {
      return;
    }
    lastLine = now;
    long done = step.number() - stepsBefore;
    double secondsPerStep = (now - began) / 1e9 / Math.max(1, done);
    long left = Math.round(secondsPerStep * (trainingRun.plannedSteps() - step.number()));
    progress.say(
        String.format(
            Locale.ROOT,
            "train: epoch %d of %d, step %d of %d, loss %.4f, %.1f images/s, learning rate %.2e,"
                + " gradient norm %.2f, about %d:%02d left",
            step.epoch(),
            trainingRun.recipe().epochs(),
            step.number(),
            trainingRun.plannedSteps(),
            loss / weight,
            images / ((now - epochBegan) / 1e9),
            step.learningRate(),
            step.gradientNorm(),
            left / 60,
            left % 60));
  }

  @Override
  public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
    Map<String, Double> validation = result.validation();
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "train: epoch %d of %d done in %.1f s (%.1f images/s), loss %.4f; validation: log_loss"
                + " %.4f, accuracy %.4f, f1_macro %.4f, %s roc_auc %.4f, average_precision %.4f",
            result.epoch(),
            trainingRun.recipe().epochs(),
            result.seconds(),
            result.imagesPerSecond(),
            result.trainLoss(),
            result.value(Metric.LOG_LOSS),
            result.value(Metric.ACCURACY),
            result.value(Metric.F1_MACRO),
            trainingRun.rarestClass(),
            validation.get(ClassMetric.ROC_AUC.label()),
            validation.get(ClassMetric.AVERAGE_PRECISION.label())));
    if (best) {
      Metric metric = trainingRun.recipe().selection().metric();
      line.append(
          String.format(
              Locale.ROOT, "; best %s so far, %.4f", metric.label(), result.value(metric)));
    }
    progress.say(line.toString());
  }
}
