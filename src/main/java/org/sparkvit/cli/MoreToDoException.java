package org.sparkvit.cli;

import java.util.Locale;
import java.util.Map;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Says that a command ended in time, as it was asked to, but before all was done. The same command
 * would go on from there. It has an exit code of its own, so that a scheduler can tell this from a
 * failure.
 */
final class MoreToDoException extends UserException {
  /**
   * The exit code of a temporary failure in {@code sysexits.h}, after which the same command would
   * go on.
   */
  static final int EXIT_CODE = 75;

  MoreToDoException(String message) {
    super(message);
  }

  /**
   * Checks that a stage has processed all images.
   *
   * @throws MoreToDoException when it has left images for the next run
   */
  static void throwIfLeft(String stage, RunRecord record) {
    Map<?, ?> results = (Map<?, ?>) record.toMap().get("results");
    if (results.get(StageContext.LEFT) instanceof Number left && left.longValue() > 0) {
      throw new MoreToDoException(
          String.format(
              Locale.ROOT,
              "%s: %,d images are left, as --max-minutes was over; run it again to go on (exit code"
                  + " %d)",
              stage,
              left.longValue(),
              EXIT_CODE));
    }
  }
}
