package org.sparkvit.training;

/**
 * Linear warm-up, then half a cosine from the peak to the minimum (Loshchilov and Hutter 2017,
 * without restarts).
 *
 * @param peak the highest rate
 * @param minimum the rate that the cosine tends to
 * @param warmupSteps updates before the one that has the peak
 * @param steps updates in all
 */
record LearningRate(double peak, double minimum, long warmupSteps, long steps) {

  /** The schedule of a recipe over this many updates. */
  static LearningRate of(Recipe recipe, long steps) {
    return new LearningRate(
        recipe.learningRate(),
        recipe.minLearningRate(),
        (long) (recipe.warmupRatio() * steps),
        steps);
  }

  /**
   * The rate of one update.
   *
   * @param step number of the update, from 0
   */
  double at(long step) {
    if (step < warmupSteps) {
      // Not from 0: the first update would be wasted.
      return peak * (step + 1) / (warmupSteps + 1);
    }
    double progress = (double) (step - warmupSteps) / (steps - warmupSteps);
    return minimum + (peak - minimum) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
