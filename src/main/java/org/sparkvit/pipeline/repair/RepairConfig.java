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
 * Options of {@link RepairStage}: the policy.
 *
 * @param workspace URI of the workspace
 * @param exclude kinds of findings whose images are left out
 * @param wrongLabels what becomes of labels that look wrong
 * @param required columns of {@code images} that have to be filled, such as a licence
 * @param slices columns whose values' losses are compared; the user's own with a few values each
 *     where not given
 * @param maxShare share of the images that may be left out, 0 to 1; more stops the stage
 * @param dryRun whether nothing is written
 * @param export whether what is left is written into a manifest, too
 * @param revert run whose decisions are taken back instead
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
  /** What becomes of labels that look wrong. */
  public enum WrongLabels {
    /** They stay. */
    KEEP,
    /** Their images are left out. */
    EXCLUDE,
    /** The suggested one takes their place. */
    RELABEL
  }

  /** Checks what ranges do not say. */
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
