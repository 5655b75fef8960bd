package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.Objects;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.architecture.TrainingOptions;

/**
 * The settings of a training that decide its result. {@link RecipeOptions} are the options that
 * give them.
 *
 * @param epochs the largest number of passes over the plan
 * @param batchSize the number of images per forward and backward pass
 * @param accumulate the number of passes whose gradients make one step
 * @param schedule the schedule of the learning rate
 * @param freezing the part of the model that is not trained
 * @param regularization the settings against divergence and overfitting
 * @param loss the loss that is minimized
 * @param augmentation the random changes of images from one epoch to the next
 * @param selection the choice of the epoch that is kept
 * @param recompute whether the backward pass computes each block again, to save memory
 * @param seed the seed of random weights, order and augmentation
 */
public record Recipe(
    int epochs,
    int batchSize,
    int accumulate,
    Schedule schedule,
    Freezing freezing,
    Regularization regularization,
    Loss loss,
    Augmentation augmentation,
    Selection selection,
    boolean recompute,
    long seed)
    implements Serializable {

  /** Checks that nothing is missing. */
  public Recipe {
    Objects.requireNonNull(schedule);
    Objects.requireNonNull(freezing);
    Objects.requireNonNull(regularization);
    Objects.requireNonNull(loss);
    Objects.requireNonNull(augmentation);
    Objects.requireNonNull(selection);
  }

  /** Returns the number of images per step. The last step of an epoch may have fewer. */
  public long imagesPerStep() {
    return (long) batchSize * accumulate;
  }

  /** Returns the options of the model's training session. */
  public TrainingOptions options() {
    return new TrainingOptions(
        AdamW.withWeightDecay(regularization.weightDecay()),
        regularization.layerDecay(),
        regularization.dropPath(),
        loss,
        regularization.averageDecay(),
        recompute);
  }
}
