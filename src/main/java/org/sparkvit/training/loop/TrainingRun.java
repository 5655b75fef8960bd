package org.sparkvit.training.loop;

import java.nio.file.Path;
import java.util.List;
import org.sparkvit.core.Labels;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.training.recipe.Recipe;

/** A running training. A {@link TrainingListener} gets it and may end it. */
public interface TrainingRun {

  /** Returns the recipe. */
  Recipe recipe();

  /** Returns the classes. */
  Labels labels();

  /** Returns the class with the fewest images to train on. */
  String rarestClass();

  /** Returns the number of updates done. */
  long steps();

  /** Returns the number of updates of the whole training, unless it ends early. */
  long plannedSteps();

  /** Returns the results of the epochs done. */
  List<EpochResult> history();

  /** Returns the number of the best epoch, or 0 before the end of the first. */
  int bestEpoch();

  /** Returns the weights of the best epoch, or null before the end of the first. */
  Checkpoint best();

  /**
   * Writes everything that is needed to go on from here: a model directory with the state of the
   * optimizer and {@code trainer_state.json}.
   *
   * @param directory a local directory, which is created if it does not exist
   */
  void save(Path directory);

  /** Ends the training after the current step, without another evaluation. */
  void interrupt();

  /** Ends the training after the current epoch. */
  void stop();
}
