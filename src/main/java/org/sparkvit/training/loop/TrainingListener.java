package org.sparkvit.training.loop;

/**
 * Follows a training and may end it. All methods are called by the thread that trains, in between
 * its work, so what takes long holds up the training; what they throw ends it.
 *
 * <p>Implementations named by {@code --listeners} need a public constructor without parameters.
 */
public interface TrainingListener {

  /** Before the first step, or the first one after a resumption. */
  default void trainingBegins(TrainingRun trainingRun) {}

  /** Before the first step of an epoch, or the first one of it after a resumption. */
  default void epochBegins(TrainingRun trainingRun, int epoch) {}

  /** After each update. */
  default void stepEnds(TrainingRun trainingRun, Step step) {}

  /**
   * After an epoch and its evaluation.
   *
   * @param best whether it is the best so far
   */
  default void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {}

  /**
   * After the last epoch, or where the training was interrupted.
   *
   * @param finished whether there is nothing left to do
   */
  default void trainingEnds(TrainingRun trainingRun, boolean finished) {}
}
