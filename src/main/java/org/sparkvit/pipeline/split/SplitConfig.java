package org.sparkvit.pipeline.split;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code split} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param train share of the images for training, 0 to 1; decimal, so that 0.8 means just that
 * @param validation share for choosing the best epoch and the threshold, 0 to 1
 * @param test share for the final figures, 0 to 1; the three sum to 1
 * @param seed another seed gives another, equally good split
 * @param given what becomes of the split that the folder or manifest names
 * @param existing what becomes of an earlier {@code splits} table
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
    String workspace,
    BigDecimal train,
    BigDecimal validation,
    BigDecimal test,
    long seed,
    Given given,
    Existing existing,
    Optional<String> groupColumn,
    Optional<String> labelsColumn,
    boolean keepDuplicatesTogether,
    int folds,
    int fold) {

  /** Each fold is a training of its own. */
  private static final int MAX_FOLDS = 100;

  /** What becomes of the split that the folder or manifest names. */
  public enum Given {
    /** Given validation and test sets are taken as they are. */
    KEEP,
    /** The images are split as if none were given. */
    IGNORE
  }

  /** What becomes of an earlier {@code splits} table. */
  public enum Existing {
    /** It stops the stage. */
    REFUSE,
    /** Its images stay where they are. */
    EXTEND,
    /** It is replaced. */
    OVERWRITE
  }

  /** Checks the shares and the names. */
  public SplitConfig {
    Objects.requireNonNull(given);
    Objects.requireNonNull(existing);
    requireShare("train", train);
    requireShare("validation", validation);
    requireShare("test", test);
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
    UserException.require(
        folds == 0 || (folds >= 2 && folds <= MAX_FOLDS),
        "--folds",
        folds,
        "2 to " + MAX_FOLDS + ", or left out");
    UserException.require(
        folds == 0 ? fold == 1 : fold >= 1 && fold <= folds,
        "--fold",
        fold,
        folds == 0 ? "given with --folds" : "1 to " + folds);
    if (folds > 0 && existing == Existing.EXTEND) {
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

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("train", train);
    map.put("validation", validation);
    map.put("test", test);
    map.put("seed", seed);
    map.put("given", given.name());
    map.put("existing", existing.name());
    groupColumn.ifPresent(column -> map.put("group-column", column));
    labelsColumn.ifPresent(column -> map.put("labels-column", column));
    map.put("keep-duplicates-together", keepDuplicatesTogether);
    map.put("folds", folds);
    map.put("fold", fold);
    return map;
  }

  private static void requireShare(String option, BigDecimal share) {
    if (share.signum() < 0 || share.compareTo(BigDecimal.ONE) > 0) {
      throw new UserException("--" + option + " is " + plain(share) + "; give a share from 0 to 1");
    }
  }

  private static String plain(BigDecimal value) {
    return value.stripTrailingZeros().toPlainString();
  }
}
