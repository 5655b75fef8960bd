package org.sparkvit.training.loop;

/**
 * Follows a training and may end it. All methods are called by the thread that trains, in between
 * its work. So slow listeners delay the training, and an exception ends it.
 *
 * <p>Implementations named by {@code --listeners} need a public constructor without parameters.
 */
public interface TrainingListener {

  /** Called before the first step, or before the first step after a resumption. */
  default void trainingBegins(TrainingRun trainingRun) {}

  /** Called before the first step of an epoch, or before its first step after a resumption. */
  default void epochBegins(TrainingRun trainingRun, int epoch) {}

  /** Called after each update. */
  default void stepEnds(TrainingRun trainingRun, Step step) {}

  /**
   * Called after an epoch and its evaluation.
   *
   * @param best whether the epoch is the best so far
   */
  default void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {}

  /**
   * Called after the last epoch, or where the training was interrupted.
   *
   * @param finished whether there is nothing left to do
   */
  default void trainingEnds(TrainingRun trainingRun, boolean finished) {}
}
