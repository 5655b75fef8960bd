package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.options.Option;

/**
 * The settings by which several workers train one model (DiLoCo, Douillard et al. 2023, arXiv
 * 2311.08105). In each round every worker takes AdamW steps of its own on its own share of the
 * images. The changes of the workers' weights are averaged, and the model is updated by the average
 * with Nesterov momentum.
 *
 * @param workers the number of workers; with 1 the driver trains instead
 * @param innerSteps the number of a worker's steps in a round, H; with 1 every step is averaged
 * @param outerLearningRate the share of the averaged change that is applied, above 0
 * @param outerMomentum the Nesterov momentum, 0 to below 1
 */
public record Diloco(
    @Option(
            standard = "1",
            least = 1,
            greatest = 10_000,
            help =
                "Train with so many workers on the executors (DiLoCo): each takes --inner-steps"
                    + " steps on its share of the images, then what they moved is averaged. 1"
                    + " trains on the driver.")
        int workers,
    @Option(
            label = "H",
            standard = "50",
            least = 1,
            greatest = 100_000_000,
            advanced = true,
            help =
                "With --workers: steps of a worker between two averages; 1 averages after every"
                    + " step.")
        int innerSteps,
    @Option(
            standard = "0.7",
            least = 0,
            aboveLeast = true,
            advanced = true,
            help =
                "With --workers: share of the averaged move that the model makes; 1 for plain"
                    + " averaging.")
        double outerLearningRate,
    @Option(
            standard = "0.9",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help =
                "With --workers: Nesterov momentum of the averaged moves; 0 for plain averaging.")
        double outerMomentum)
    implements Serializable {
  /** The settings without workers, where the driver trains alone. */
  public static final Diloco NONE = new Diloco(1, 50, 0.7, 0.9);

  /** Returns whether there are workers besides the driver. */
  public boolean isDistributed() {
    return workers > 1;
  }
}
