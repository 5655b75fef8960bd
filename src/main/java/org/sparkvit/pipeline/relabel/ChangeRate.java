package org.sparkvit.pipeline.relabel;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * The share of changes among the labels that could change. These are the labels of images that have
 * a prediction and are in no protected split. Images that get their first label are not counted.
 *
 * @param changes the number of labels that change
 * @param labels the number of labels that could change
 * @param allowed the largest share that is allowed, 0 to 1
 * @param movements the most frequent changes, in words
 */
record ChangeRate(long changes, long labels, double allowed, String movements) {
  private static final Set<Reason> SILENT =
      EnumSet.of(Reason.NO_PREDICTION, Reason.FAILED, Reason.UNKNOWN_LABEL);

  static ChangeRate of(Totals totals, RelabelConfig config) {
    long labels =
        totals.images(
            line ->
                line.from() != null
                    && !SILENT.contains(line.reason())
                    && !config.protectedSplits().contains(String.valueOf(line.split())));
    return new ChangeRate(
        totals.images(Reason.CONFIDENT), labels, config.maxChangeRate(), totals.movements());
  }

  /** Returns the share, 0 to 1, which is 0 where no label could change. */
  double share() {
    return labels == 0 ? 0 : (double) changes / labels;
  }

  String shown() {
    return String.format(
        Locale.ROOT, "%.2f %% of the %,d labels that could", 100 * share(), labels);
  }

  /**
   * Checks that the share is not so large that it looks like a mistake.
   *
   * @throws UserException when it is larger than allowed
   */
  void requireUsual() {
    if (share() > allowed) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d labels would change, %s, more than --max-change-rate %s allows (%s); nothing was"
                  + " published. Is --model one of these classes? If so, raise --min-confidence, or"
                  + " --max-change-rate if so many are meant to change",
              changes,
              shown(),
              allowed,
              movements));
    }
  }
}
