package org.sparkvit.training.recipe;

import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SeedOption;

/**
 * Options of a {@link Recipe}, for every command that trains a whole model. Each recipe has options
 * that give it again.
 *
 * @param epochs passes over the plan, at most
 * @param batchSize images per forward and backward pass
 * @param accumulate passes whose gradients make one step
 * @param schedule of the learning rate
 * @param freezing what is not trained
 * @param regularization what keeps it from running away or learning by heart
 * @param loss what is made small
 * @param augmentation how images change from one epoch to the next
 * @param selection which epoch is kept
 * @param gradientCheckpointing whether the backward pass computes each block again
 * @param seed decides fresh weights, order and augmentation
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

  /** The options that give a recipe. */
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
   * The recipe.
   *
   * @param learningRate where none is given, see {@link Initialization#defaultLearningRate}
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
