package org.sparkvit.tracking;

import java.util.Map;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;

/**
 * Logs the curves of a training. The step of every value is the number of updates done, so that
 * curves by step and by epoch lie above one another. A training that is resumed begins a new run,
 * which gets the earlier epochs again.
 */
final class MlflowListener implements TrainingListener {
  private final Tracking tracking;
  private final int everySteps;

  /**
   * Creates a listener.
   *
   * @param everySteps the number of steps between those that are logged
   */
  MlflowListener(Tracking tracking, int everySteps) {
    this.tracking = tracking;
    this.everySteps = everySteps;
  }

  @Override
  public void trainingBegins(TrainingRun trainingRun) {
    trainingRun.history().forEach(epoch -> epoch(tracking, epoch));
  }

  @Override
  public void stepEnds(TrainingRun trainingRun, Step step) {
    if (step.number() % everySteps == 0) {
      tracking.metrics(
          Map.of(
              "train/loss", step.loss(),
              "train/learning_rate", step.learningRate(),
              "train/gradient_norm", step.gradientNorm()),
          step.number());
    }
  }

  @Override
  public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
    epoch(tracking, result);
  }

  /** Says so before the process ends, where the training was interrupted. */
  @Override
  public void trainingEnds(TrainingRun trainingRun, boolean finished) {
    if (!finished) {
      tracking.killed();
    }
  }

  /** Logs what an epoch has come to. */
  static void epoch(Tracking tracking, EpochResult epoch) {
    tracking.metrics(
        Map.of(
            "train/epoch", (double) epoch.epoch(),
            "train/epoch_loss", epoch.trainLoss(),
            "train/images_per_second", epoch.imagesPerSecond()),
        epoch.steps());
    tracking.metrics("validation", epoch.validation(), epoch.recall(), epoch.steps());
  }
}
