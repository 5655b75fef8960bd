package org.sparkvit.pipeline.split;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SeedOption;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link SplitStage}.
 *
 * @param workspace URI of the workspace
 * @param train share of the images for training, 0 to 1; decimal, so that 0.8 means just that
 * @param validation share for choosing the best epoch and the threshold, 0 to 1
 * @param test share for the final figures, 0 to 1; the three sum to 1
 * @param seed another seed gives another, equally good split
 * @param given what becomes of the split that the folder or manifest names
 * @param extend whether the images of an earlier split stay where they are
 * @param overwrite whether an earlier split is replaced
 * @param groupColumn column of {@code images} whose values never part, e.g. a patient
 * @param labelsColumn column of {@code images} with further labels of each image, see {@link
 *     LabelSet}, whose shares are kept beside the classes'
 * @param keepDuplicatesTogether whether images of equal content, and those that the audit found
 *     alike, never part either
 * @param folds parts of equal size that the images outside the test split are shared among; 0 for
 *     none
 * @param fold the one that is the validation split, from 1; the others are the train split
 */
public record SplitConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "SHARE",
            standard = "0.8",
            least = 0,
            greatest = 1,
            help = "Share of each class for training.")
        BigDecimal train,
    @Option(
            label = "SHARE",
            standard = "0.1",
            least = 0,
            greatest = 1,
            help = "Share for choosing the best epoch and the threshold.")
        BigDecimal validation,
    @Option(
            label = "SHARE",
            standard = "0.1",
            least = 0,
            greatest = 1,
            help = "Share for the final figures. The three sum to 1.")
        BigDecimal test,
    @SeedOption long seed,
    @Option(
            standard = "keep",
            help =
                "keep takes validation and test sets named by folders or the manifest as they are"
                    + " and shares out all other images, those named as training images too, among"
                    + " train and the sets that are not named. ignore splits as if none were"
                    + " named.")
        Given given,
    @Option(
            help =
                "Leave the images of an earlier split where they are and place only the new ones."
                    + " Without an earlier split, all are new.")
        boolean extend,
    @OverwriteOption boolean overwrite,
    @Option(
            label = "NAME",
            help =
                "Column of the table 'images' whose values never part, e.g. a patient or a"
                    + " document. Blank values group nothing.")
        Optional<String> groupColumn,
    @Option(
            label = "NAME",
            advanced = true,
            help =
                "Column of the table 'images' with further labels of each image, separated by |,"
                    + " that are to have their share of each split as well; without one only the"
                    + " classes.")
        Optional<String> labelsColumn,
    @Option(
            standard = "true",
            help =
                "Whether images of equal content, and those that an audit found alike, stay in one"
                    + " split, so that none is both learnt and tested.")
        boolean keepDuplicatesTogether,
    @Option(
            label = "K",
            standard = "0",
            least = 0,
            greatest = 100,
            help =
                "For cross-validation: shares all but the test split among so many folds, of which"
                    + " --fold is the validation split and the others are the train split. Each"
                    + " class is shared out exactly and groups stay whole. 0 for none.")
        int folds,
    @Option(
            label = "I",
            standard = "1",
            least = 1,
            greatest = 100,
            help =
                "Which fold is the validation split. Runs with 1, 2 ... K hold out each image"
                    + " once.")
        int fold) {

  /** What becomes of the split that the folder or manifest names. */
  public enum Given {
    /** Given validation and test sets are taken as they are. */
    KEEP,
    /** The images are split as if none were given. */
    IGNORE
  }

  /** Checks what ranges do not say. */
  public SplitConfig {
    if (extend && overwrite) {
      throw new UserException(
          "--extend and --overwrite exclude each other: extend keeps the earlier split, overwrite"
              + " replaces it");
    }
    BigDecimal sum = train.add(validation).add(test);
    if (sum.compareTo(BigDecimal.ONE) != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--train %s, --validation %s and --test %s sum to %s; they must sum to 1",
              plain(train),
              plain(validation),
              plain(test),
              plain(sum)));
    }
    UserException.require(folds != 1, "--folds", folds, "2 or more, or 0 for none");
    UserException.require(
        folds == 0 ? fold == 1 : fold <= folds,
        "--fold",
        fold,
        folds == 0 ? "given with --folds" : "1 to " + folds);
    if (folds > 0 && extend) {
      throw new UserException(
          "--folds and --extend exclude each other: with more images the folds are others");
    }
    if (groupColumn.isPresent() && groupColumn.get().isBlank()) {
      throw new UserException("--group-column is empty; name a column of the table 'images'");
    }
  }

  /** Images of each class, or set of labels, in each split or fold. */
  SortedMap<String, long[]> quotas(
      SortedMap<String, ClassCount> classes, List<BigDecimal> shares, boolean[] open) {
    SortedMap<String, ClassCount> whole = new TreeMap<>();
    classes.forEach((set, count) -> whole.merge(LabelSet.className(set), count, ClassCount::plus));
    SortedMap<String, long[]> quotas = new TreeMap<>();
    whole.forEach(
        (label, c) -> quotas.put(label, Quotas.fill(c.total(), c.placed(), shares, open)));
    return labelsColumn.isPresent() ? LabelSetQuotas.fill(classes, quotas, shares, open) : quotas;
  }

  /** The shares in the order of {@code SplitsTable.NAMES}. */
  List<BigDecimal> shares() {
    return List.of(train, validation, test);
  }

  private static String plain(BigDecimal value) {
    return value.stripTrailingZeros().toPlainString();
  }
}
