package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.options.Option;

/**
 * The settings that keep a training from diverging or overfitting.
 *
 * @param weightDecay the weight decay of AdamW, for all parameters but biases and norms
 * @param clipNorm the largest global L2 norm of the gradients; 0 for no clipping
 * @param layerDecay the learning rate of a block over that of the block above, above 0 to 1
 * @param labelSmoothing the share of an image's label that is spread over all classes, 0 to below 1
 *     (Szegedy et al. 2016)
 * @param dropPath the probability that an image skips a branch of the last block, 0 to below 1
 * @param averageDecay the decay of the moving average over the steps that is evaluated and kept in
 *     place of the weights, 0 (none) to below 1
 */
public record Regularization(
    @Option(
            standard = "0.05",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help = "Weight decay of AdamW.")
        double weightDecay,
    @Option(
            standard = "1.0",
            least = 0,
            advanced = true,
            help = "Largest global norm of the gradients; 0 for no clipping.")
        double clipNorm,
    @Option(
            standard = "1",
            least = 0,
            aboveLeast = true,
            greatest = 1,
            advanced = true,
            help =
                "Learning rate of a block over that of the block above; 0.65 to 0.9 for"
                    + " fine-tuning, 1 for all alike.")
        double layerDecay,
    @Option(
            standard = "0",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help = "Share of a label that is spread over all classes.")
        double labelSmoothing,
    @Option(
            standard = "0",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help =
                "Chance that an image skips a branch of the last block; less in the blocks below.")
        double dropPath,
    @Option(
            name = "ema-decay",
            standard = "0",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help =
                "Evaluate and keep an average of the weights over the steps, of which this share"
                    + " stays at each, such as 0.9998; 0 for none.")
        double averageDecay)
    implements Serializable {

  /** Returns a regularization by weight decay and clipping only. */
  public static Regularization of(double weightDecay, double clipNorm) {
    return new Regularization(weightDecay, clipNorm, 1, 0, 0, 0);
  }
}
