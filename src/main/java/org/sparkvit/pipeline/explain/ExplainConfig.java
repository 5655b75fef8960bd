package org.sparkvit.pipeline.explain;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SlicesOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;

/**
 * Options of {@link ExplainStage}.
 *
 * @param workspace URI of the workspace
 * @param model the model whose predictions are explained
 * @param split of which images are chosen; empty for the test split, or all where there is none
 * @param images of each rule for the whole split, 0 or more
 * @param perGroup of each class and of each value of a slice, 0 or more
 * @param slices columns of {@code images}
 * @param positive class of {@code threshold}; empty where that is
 * @param threshold probability near which the model is uncertain, 0 to 1; empty where the two most
 *     probable classes are near each other
 * @param faithfulness how many images deletion and insertion are measured on, 0 or more
 * @param nearest images of the train split to show beside each mistake, 0 to 20; 0 for none, and
 *     then no image of that split is embedded
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per Spark task that read and decode
 * @param overwrite whether earlier explanations are replaced
 */
public record ExplainConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = ModelReference.LABEL,
            standard = "vit",
            help = "The model whose predictions are explained. " + ModelReference.HELP)
        String model,
    @Option(
            label = "NAME",
            help = "Where the sample is from. Without it test, or all images where there is none.")
        Optional<String> split,
    @Option(
            standard = "16",
            least = 0,
            greatest = MOST,
            help = "Confident mistakes, as many confident right ones, as many uncertain ones.")
        int images,
    @Option(
            standard = "4",
            least = 0,
            greatest = MOST,
            help =
                "Of each class those with the lowest probability of it, of each value of --slices"
                    + " the confident mistakes.")
        int perGroup,
    @SlicesOption List<String> slices,
    @Option(label = "CLASS", help = "The class of --threshold.") Optional<String> positive,
    @Option(
            label = "P",
            least = 0,
            aboveLeast = true,
            greatest = 1,
            belowGreatest = true,
            help =
                "Uncertain is what has a probability of --positive near this. Without it what has"
                    + " two classes of about the same probability.")
        Optional<Double> threshold,
    @Option(
            standard = "16",
            least = 0,
            greatest = MOST,
            help = "Images to measure the maps on, which takes 74 forward passes each.")
        int faithfulness,
    @Option(
            standard = "3",
            least = 0,
            greatest = 20,
            help =
                "Images of the train split to show beside each mistake, those with the most alike"
                    + " embeddings; of images that have none yet they are computed.")
        int nearest,
    @DeviceOption String device,
    @Option(
            standard = "8",
            least = 1,
            greatest = 65536,
            advanced = true,
            help = "Images in a forward pass; the attentions of all layers are kept for each.")
        int batchSize,
    @DecodeThreadsOption int decodeThreads,
    @OverwriteOption boolean overwrite) {
  /** Explanations hold some hundred kilobytes an image, and people look at each. */
  static final int MOST = 1000;

  /** Of all rules together, whatever the number of classes. */
  static final int MOST_IN_ALL = 10_000;

  /** Checks what ranges do not say. */
  public ExplainConfig {
    slices = List.copyOf(slices);
    UserException.require(images + perGroup > 0, "--images", 0, "above 0, or --per-group");
    UserException.require(
        threshold.isPresent() == positive.isPresent(),
        "--positive",
        positive.orElse(""),
        "given where --threshold is, which is for that class");
  }
}
