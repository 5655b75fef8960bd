package org.sparkvit.training.recipe;

import org.sparkvit.core.options.Option;
import org.sparkvit.model.architecture.Loss;

/**
 * Options of a {@link Loss}.
 *
 * @param loss the loss that is minimized
 * @param focalGamma the gamma of {@link Loss.Focal}, 0 or more
 * @param positiveWeight the positive weight of {@link Loss.Binary}, above 0
 */
public record LossOptions(
    @Option(
            standard = "cross-entropy",
            advanced = true,
            help =
                "What is made small; the weights of the plan apply to each. bce asks each class on"
                    + " its own.")
        Kind loss,
    @Option(
            standard = "2",
            least = 0,
            advanced = true,
            help = "With --loss focal: how much less counts what is known already.")
        double focalGamma,
    @Option(
            standard = "1",
            least = 0,
            aboveLeast = true,
            advanced = true,
            help = "With --loss bce: what a yes counts where a no counts 1.")
        double positiveWeight) {

  /** The losses by name. */
  public enum Kind {
    /** {@link Loss.CrossEntropy}. */
    CROSS_ENTROPY,
    /** {@link Loss.Focal}. */
    FOCAL,
    /** {@link Loss.Binary}. */
    BCE
  }

  private static final double STANDARD_GAMMA = 2;
  private static final double STANDARD_WEIGHT = 1;

  /** Returns the options that give a loss. */
  static LossOptions of(Loss loss) {
    if (loss instanceof Loss.Focal focal) {
      return new LossOptions(Kind.FOCAL, focal.gamma(), STANDARD_WEIGHT);
    } else if (loss instanceof Loss.Binary binary) {
      return new LossOptions(Kind.BCE, STANDARD_GAMMA, binary.positiveWeight());
    }
    return new LossOptions(Kind.CROSS_ENTROPY, STANDARD_GAMMA, STANDARD_WEIGHT);
  }

  /** Returns the loss that the options give. */
  Loss toLoss() {
    return switch (loss) {
      case CROSS_ENTROPY -> new Loss.CrossEntropy();
      case FOCAL -> new Loss.Focal(focalGamma);
      case BCE -> new Loss.Binary(positiveWeight);
    };
  }
}
