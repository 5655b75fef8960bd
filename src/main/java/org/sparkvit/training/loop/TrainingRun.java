package org.sparkvit.training.loop;

import java.nio.file.Path;
import java.util.List;
import org.sparkvit.core.Labels;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.training.recipe.Recipe;

/** A training that is going on. A {@link TrainingListener} gets it and may end it. */
public interface TrainingRun {

  /** How it trains. */
  Recipe recipe();

  /** Returns the classes. */
  Labels labels();

  /** Returns the class with the fewest images to train on. */
  String rarestClass();

  /** Updates done. */
  long steps();

  /** Updates in all, unless it ends early. */
  long plannedSteps();

  /** Epochs done. */
  List<EpochResult> history();

  /** Number of the best epoch; 0 before the first. */
  int bestEpoch();

  /** Weights of the best epoch; null before the first. */
  Checkpoint best();

  /**
   * Writes all that is needed to go on from here: a model directory with the state of the optimizer
   * and {@code trainer_state.json}.
   *
   * @param directory a local one, made if need be
   */
  void save(Path directory);

  /** Ends the training after the present step, and evaluates no more. */
  void interrupt();

  /** Ends the training after the present epoch. */
  void stop();
}
