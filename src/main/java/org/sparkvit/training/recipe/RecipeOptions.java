package org.sparkvit.training.recipe;

import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SeedOption;

/**
 * Options of a {@link Recipe}, for every command that trains a whole model. Any recipe can be
 * written as such options.
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
 * @param gradientCheckpointing whether the backward pass computes each block again, to save memory
 * @param seed the seed of random weights, order and augmentation
 */
public record RecipeOptions(
    @Option(
            standard = "10",
            least = 1,
            greatest = 1_000_000,
            help = "Passes over the training images, at most.")
        int epochs,
    @Option(
            standard = "32",
            least = 1,
            greatest = 65_536,
            help = "Images in a forward and backward pass.")
        int batchSize,
    @Option(
            standard = "1",
            least = 1,
            greatest = 1_000_000,
            advanced = true,
            help = "Passes whose gradients make one step, for steps of N x --batch-size images.")
        int accumulate,
    ScheduleOptions schedule,
    Freezing freezing,
    Regularization regularization,
    LossOptions loss,
    Augmentation augmentation,
    Selection selection,
    @Option(
            advanced = true,
            help =
                "Keep less of the forward pass and compute it again in the backward pass: less"
                    + " memory, a third more time.")
        boolean gradientCheckpointing,
    @SeedOption long seed) {

  /** Returns the options that give a recipe. */
  public static RecipeOptions of(Recipe recipe) {
    return new RecipeOptions(
        recipe.epochs(),
        recipe.batchSize(),
        recipe.accumulate(),
        ScheduleOptions.of(recipe.schedule()),
        recipe.freezing(),
        recipe.regularization(),
        LossOptions.of(recipe.loss()),
        recipe.augmentation(),
        recipe.selection(),
        recipe.recompute(),
        recipe.seed());
  }

  /**
   * Returns the recipe that the options give.
   *
   * @param learningRate the peak learning rate where none is given, see {@link
   *     Initialization#defaultLearningRate}
   * @throws org.sparkvit.core.UserException when options contradict one another
   */
  public Recipe recipe(double learningRate) {
    return new Recipe(
        epochs,
        batchSize,
        accumulate,
        schedule.schedule(learningRate),
        freezing,
        regularization,
        loss.toLoss(),
        augmentation,
        selection,
        gradientCheckpointing,
        seed);
  }
}
