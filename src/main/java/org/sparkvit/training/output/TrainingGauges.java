package org.sparkvit.training.output;

import org.sparkvit.monitoring.StageMetrics;
import org.sparkvit.training.loop.Step;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;

/** Shows the loss of a training, and how far it is, in Spark's metrics system. */
public record TrainingGauges(StageMetrics metrics) implements TrainingListener {
  @Override
  public void stepEnds(TrainingRun trainingRun, Step step) {
    metrics.training(step.loss(), step.number(), trainingRun.plannedSteps());
  }
}
