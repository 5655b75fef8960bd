package org.sparkvit.pipeline.repair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;

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
 */
public record RepairConfig(
    String workspace,
    List<String> exclude,
    WrongLabels wrongLabels,
    List<String> required,
    Optional<List<String>> slices,
    double maxShare) {
  /** What becomes of labels that look wrong. */
  public enum WrongLabels {
    /** They stay. */
    KEEP,
    /** Their images are left out. */
    EXCLUDE,
    /** The suggested one takes their place. */
    RELABEL
  }

  public RepairConfig {
    exclude = List.copyOf(exclude);
    required = List.copyOf(required);
    UserException.require(maxShare >= 0 && maxShare <= 1, "--max-share", maxShare, "0 to 1");
    if (exclude.isEmpty() && required.isEmpty() && wrongLabels == WrongLabels.KEEP) {
      throw new UserException(
          "the policy changes nothing; name findings to --exclude, columns to --require, or what"
              + " becomes of --wrong-labels");
    }
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("exclude", new ArrayList<>(exclude));
    map.put("wrong-labels", wrongLabels.name());
    map.put("require", new ArrayList<>(required));
    map.put("slices", slices.orElse(null));
    map.put("max-share", maxShare);
    return map;
  }
}
