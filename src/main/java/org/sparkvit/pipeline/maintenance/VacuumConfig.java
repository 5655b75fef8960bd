package org.sparkvit.pipeline.maintenance;

import java.time.Duration;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code vacuum} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param keep how long a version stays readable after another has replaced it
 * @param dryRun whether to say only what would be deleted
 */
public record VacuumConfig(String workspace, Duration keep, boolean dryRun) {
  /** Runs that began before a version was replaced go on reading it. */
  private static final Duration LEAST = Duration.ofHours(1);

  /** Checks the range. */
  public VacuumConfig {
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    UserException.require(
        keep.compareTo(LEAST) >= 0,
        "--keep",
        keep.toHours() + "h",
        "1h or more, and longer than a run takes, as runs go on reading the versions that they"
            + " began with");
  }

  /**
   * With a length of time as people write it.
   *
   * @param keep a whole number, and h or d for hours or days
   * @throws UserException when it is something else
   */
  public static VacuumConfig of(String workspace, String keep, boolean dryRun) {
    try {
      return new VacuumConfig(workspace, Numbers.duration(keep), dryRun);
    } catch (IllegalArgumentException e) {
      throw new UserException("--keep is '" + keep + "', which " + e.getMessage(), e);
    }
  }
}
