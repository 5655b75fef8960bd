package org.sparkvit.tools.demo;

import java.util.Optional;
import java.util.OptionalDouble;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of the demo.
 *
 * @param workspace folder on this machine
 * @param images how many images are drawn
 * @param sensitive share of the images that are sensitive; by default by the number of images
 * @param epochs times that training goes through the data; by default by the number of images
 * @param wrongLabels share of each class that gets the other class's label
 * @param seed decides what is drawn, split and learnt
 * @param overwrite whether what an earlier demo left is replaced
 */
public record DemoConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "N",
            standard = "" + FEW_IMAGES,
            least = 1,
            greatest = 10_000_000,
            help = "Images to draw.")
        int images,
    @Option(
            label = "SHARE",
            help =
                "Share of the images that are sensitive, 0.1 to 0.5. Default: 0.25 of up to 2,000"
                    + " images, 0.1 of more.")
        Optional<Double> sensitive,
    @Option(
            label = "N",
            least = 1,
            greatest = 1_000_000,
            help =
                "Times that training goes through the data. Default: 12 for up to 2,000 images, 10"
                    + " for more.")
        Optional<Integer> epochs,
    @Option(
            label = "SHARE",
            help =
                "Give this share of each class the other class's label, 0 to 0.4, to see what"
                    + " relabel finds of them; training then sees the classes as they are. Default:"
                    + " 0.02 of the sensitive images, 0.001 of the others.")
        Optional<Double> wrongLabels,
    @Option(label = "N", standard = "7", help = "Decides what is drawn, split and learnt.")
        long seed,
    @OverwriteOption boolean overwrite) {

  /** With what is the default for so few, the demo takes two minutes on two cores. */
  private static final int FEW_IMAGES = 2_000;

  /** A tenth of few images would be too few sensitive ones to learn from and to measure by. */
  private static final double SENSITIVE_OF_FEW = 0.25;

  /** Checks where the demo is to be. */
  public DemoConfig {
    if (workspace.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
      throw new UserException(
          "--workspace is '" + workspace + "', but the demo needs a folder on this machine");
    }
  }

  /**
   * Returns what decides the data set.
   *
   * @throws UserException when a number is out of range
   */
  public SampleRecipe recipe() {
    return new SampleRecipe(
        images,
        sensitive.orElse(isSmall() ? SENSITIVE_OF_FEW : SampleRecipe.USUAL_SENSITIVE),
        seed,
        wrongLabels.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
  }

  /** Returns how often training goes through the data. */
  public int rounds() {
    return epochs.orElse(isSmall() ? 12 : 10);
  }

  private boolean isSmall() {
    return images <= FEW_IMAGES;
  }

  /**
   * Returns how the demo samples. With many wrong labels, a large part of the rare class is of the
   * frequent one. Showing it more often would teach that part with more weight than what
   * contradicts it.
   */
  public String sampling() {
    return wrongLabels.isEmpty() ? "oversample" : "none";
  }

  /**
   * Returns the confidence from which on labels change. The rarer wrong labels are, the larger the
   * part of contradictions that are the model's own mistakes; and from oversampled classes it is
   * more certain than it should be.
   */
  public String floor() {
    return wrongLabels.isEmpty() ? "0.995" : "0.95";
  }
}
