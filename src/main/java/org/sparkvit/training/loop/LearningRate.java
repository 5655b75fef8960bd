package org.sparkvit.training.loop;

import java.io.Serializable;
import org.sparkvit.training.recipe.Schedule;

/**
 * A {@link Schedule} over the updates of one training.
 *
 * @param schedule the peak, minimum and shape
 * @param stepsPerEpoch the number of updates in an epoch
 * @param steps the number of updates of the whole training
 */
record LearningRate(Schedule schedule, long stepsPerEpoch, long steps) implements Serializable {

  /**
   * Returns the learning rate of one update.
   *
   * @param step the number of the update, from 0
   */
  double at(long step) {
    long at = schedule.byEpoch() ? step / stepsPerEpoch * stepsPerEpoch : step;
    long warmup = warmupSteps();
    if (at < warmup) {
      // The rate does not begin at 0, which would waste the first update.
      return schedule.peak() * (at + 1) / (warmup + 1);
    }
    double progress = (double) (at - warmup) / (steps - warmup);
    double share =
        switch (schedule.shape()) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - progress;
          case COSINE -> (1 + Math.cos(Math.PI * progress)) / 2;
        };
    return schedule.minimum() + (schedule.peak() - schedule.minimum()) * share;
  }

  /** Returns the number of updates before the one that has the peak. */
  long warmupSteps() {
    return (long) (schedule.warmupRatio() * steps);
  }
}
