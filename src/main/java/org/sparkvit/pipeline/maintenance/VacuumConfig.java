package org.sparkvit.pipeline.maintenance;

import java.time.Duration;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link VacuumStage}.
 *
 * @param workspace URI of the workspace
 * @param keep how long a version stays readable after another has replaced it: a whole number, and
 *     h or d for hours or days
 * @param dryRun whether to say only what would be deleted
 */
public record VacuumConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "TIME",
            standard = "7d",
            help =
                "How long a version stays readable after another has replaced it: hours or days,"
                    + " e.g. 12h, longer than a run takes.")
        String keep,
    @Option(help = "Say what would be deleted, and delete nothing.") boolean dryRun) {
  /** Runs that began before a version was replaced go on reading it. */
  private static final Duration LEAST = Duration.ofHours(1);

  /** Checks the range. */
  public VacuumConfig {
    UserException.require(
        duration(keep).compareTo(LEAST) >= 0,
        "--keep",
        keep,
        "1h or more, and longer than a run takes, as runs go on reading the versions that they"
            + " began with");
  }

  /** How long a version stays readable after another has replaced it. */
  Duration kept() {
    return duration(keep);
  }

  private static Duration duration(String text) {
    try {
      return Numbers.duration(text);
    } catch (IllegalArgumentException e) {
      throw new UserException("--keep is '" + text + "', which " + e.getMessage(), e);
    }
  }
}
