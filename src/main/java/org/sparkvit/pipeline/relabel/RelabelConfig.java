package org.sparkvit.pipeline.relabel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SlicesOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;

/**
 * Options of {@link RelabelStage}.
 *
 * @param workspace the URI of the workspace
 * @param model the model that decides, or empty where only one has predictions
 * @param calibrated whether probabilities are first calibrated by the table {@code calibrations}
 * @param minConfidence the least probability of a class to which a label changes, 0 to 1
 * @param classFloors the least probabilities for changes to single classes, in place of {@code
 *     minConfidence}
 * @param minMargin the least distance of the second class from the first for a change, 0 to 1
 * @param reviewConfidence the least probability of another class for a review by people, 0 to 1
 * @param protectedSplits the splits whose labels only people change
 * @param maxChangeRate the largest share of changes among the labels that could change, 0 to 1
 * @param slices the columns of {@code images} for the summary, or empty for the columns that have
 *     few values
 * @param reviewLimit the largest number of images in the review queue
 * @param overwrite whether an earlier relabelling is replaced
 * @param dryRun whether nothing is written
 * @param export whether the labels are written into a manifest as well
 * @param revert the run whose decisions are taken back instead, or empty
 */
public record RelabelConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = ModelReference.LABEL,
            help =
                "The model that decides; without it the only one with predictions. "
                    + ModelReference.HELP)
        Optional<String> model,
    @Option(
            help =
                "Go by probabilities as 'calibrate' mends them, whose 0.9 should be right in about"
                    + " nine of ten cases.")
        boolean calibrated,
    @Option(
            label = "P",
            standard = "0.95",
            least = 0,
            greatest = 1,
            help = "Floor: a label changes only to a class of at least this probability.")
        double minConfidence,
    @Option(
            name = "class-floor",
            label = "CLASS=P",
            least = 0,
            greatest = 1,
            help =
                "The floor for changes to one class, in place of --min-confidence; several with"
                    + " commas between them, or the option again.")
        Map<String, Double> classFloors,
    @Option(
            label = "P",
            standard = "0",
            least = 0,
            greatest = 1,
            help =
                "A label changes only where the second class is at least this much less probable.")
        double minMargin,
    @Option(
            label = "P",
            standard = "0.5",
            least = 0,
            greatest = 1,
            help =
                "People look at what contradicts its label with at least this probability and does"
                    + " not change.")
        double reviewConfidence,
    @Option(
            name = "protect-splits",
            label = "SPLIT",
            standard = "validation,test",
            choices = {"train", "validation", "test", NONE},
            help =
                "Splits whose labels people alone change: what would change there goes to review;"
                    + " none for none.")
        List<String> protectedSplits,
    @Option(
            label = "SHARE",
            standard = "0.1",
            least = 0,
            greatest = 1,
            help = "Publish nothing when a larger share of the labels that could change does.")
        double maxChangeRate,
    @SlicesOption Optional<List<String>> slices,
    @Option(standard = "10000", least = 0, help = "Images in the review queue at most.")
        long reviewLimit,
    @OverwriteOption boolean overwrite,
    @Option(help = "Say what would change, and write nothing.") boolean dryRun,
    @Option(
            help =
                "Also write all labels as they are then into a manifest, for other tools and"
                    + " for 'catalog'.")
        boolean export,
    @Option(
            label = "RUN",
            help =
                "Take all decisions of an earlier run of this command back, and do nothing else."
                    + " 'spark-vit decisions list' shows the runs.")
        Optional<String> revert) {

  /** The text that stands for an empty list of names. */
  static final String NONE = "none";

  /** Checks what the ranges of the options cannot. */
  public RelabelConfig {
    classFloors = Map.copyOf(classFloors);
    protectedSplits = orNone(protectedSplits);
    slices = slices.map(RelabelConfig::orNone);
    if (reviewConfidence > minConfidence) {
      throw new UserException(
          "--review-confidence "
              + reviewConfidence
              + " is above --min-confidence "
              + minConfidence
              + ", so labels would change more readily than people look at them; lower it");
    }
    for (String slice : slices.orElse(List.of())) {
      if (slice.isBlank() || slices.get().indexOf(slice) != slices.get().lastIndexOf(slice)) {
        throw new UserException("--slices " + slices.get() + ": name each column once");
      }
    }
    if (revert.isPresent() && dryRun) {
      throw new UserException("--revert and --dry-run are both given; give one of them");
    }
  }

  private static List<String> orNone(List<String> names) {
    return names.equals(List.of(NONE)) ? List.of() : List.copyOf(names);
  }
}
