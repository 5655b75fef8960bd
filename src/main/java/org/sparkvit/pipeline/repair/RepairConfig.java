package org.sparkvit.pipeline.repair;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SlicesOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.schema.Finding;

/**
 * Options of {@link RepairStage}, which are the policy of a repair.
 *
 * @param workspace the URI of the workspace
 * @param exclude the kinds of findings whose images are left out
 * @param wrongLabels the treatment of labels that are likely wrong
 * @param required the columns of {@code images} that must not be empty, such as a licence
 * @param slices the columns whose values' losses are compared, or empty for the user's own columns
 *     with a few values each
 * @param maxShare the largest share of the images that may be left out, 0 to 1; a larger one stops
 *     the stage
 * @param dryRun whether nothing is written
 * @param export whether the remaining images are written into a manifest as well
 * @param revert the run whose decisions are taken back instead, or empty
 */
public record RepairConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "FINDING",
            standard = "UNREADABLE,EXACT_DUPLICATE,NEAR_DUPLICATE",
            help =
                "Kinds of findings whose images are left out; of duplicates the largest image"
                    + " stays. '' for none.")
        List<String> exclude,
    @Option(
            standard = "keep",
            help =
                "What becomes of the labels that 'labels' finds wrong: relabel takes the suggested"
                    + " one.")
        WrongLabels wrongLabels,
    @Option(
            name = "require",
            label = "COLUMN",
            help =
                "Columns of the table 'images' that have to be filled, such as licence or source;"
                    + " images without are left out.")
        List<String> required,
    @SlicesOption Optional<List<String>> slices,
    @Option(
            label = "SHARE",
            standard = "0.2",
            least = 0,
            greatest = 1,
            help = "A policy that leaves out more of the images stops before it writes.")
        double maxShare,
    @Option(help = "Say what would be left out and changed, and write nothing.") boolean dryRun,
    @Option(help = "Also write a manifest of what is left, for other tools and for 'catalog'.")
        boolean export,
    @Option(
            label = "RUN",
            help =
                "Take all decisions of an earlier run of this command back, and do nothing else."
                    + " 'spark-vit decisions list' shows the runs.")
        Optional<String> revert) {
  /** The treatments of labels that are likely wrong. */
  public enum WrongLabels {
    /** The labels stay. */
    KEEP,
    /** The images are left out. */
    EXCLUDE,
    /** The suggested labels replace them. */
    RELABEL
  }

  /** Checks what the ranges of the options cannot. */
  public RepairConfig {
    exclude = exclude.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
    required = List.copyOf(required);
    List<String> known = Arrays.stream(Finding.values()).map(Finding::name).toList();
    for (String name : exclude) {
      UserException.require(
          known.contains(name), "--exclude", name, "kinds of findings, which are " + known);
    }
    if (exclude.isEmpty() && required.isEmpty() && wrongLabels == WrongLabels.KEEP) {
      throw new UserException(
          "the policy changes nothing; name findings to --exclude, columns to --require, or what"
              + " becomes of --wrong-labels");
    }
    if (revert.isPresent() && dryRun) {
      throw new UserException("--revert and --dry-run are both given; give one of them");
    }
  }
}
