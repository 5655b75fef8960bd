package org.sparkvit.pipeline.decisions;

import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link DecisionsStage}.
 *
 * @param workspace the URI of the workspace
 * @param action the action to take
 * @param classes the new class of each former one, with {@link Action#MAP}
 * @param where the column and the value by which images are chosen, with {@link Action#MAP}; empty
 *     for all images
 * @param run the run to take back, with {@link Action#REVERT}
 * @param actor the one who decides, with {@link Action#MAP}
 * @param reason the reason, with {@link Action#MAP}
 * @param dryRun whether nothing is written
 */
public record DecisionsConfig(
    @WorkspaceOption String workspace,
    @Option(
            positional = true,
            label = "list|map|revert",
            standard = "list",
            help =
                "list says what each run has decided, what of it no longer counts, and where"
                    + " people's labels and the catalog's differ; map gives classes other names;"
                    + " revert takes back all decisions of a run.")
        Action action,
    @Option(
            name = "class",
            label = "OLD=NEW",
            help =
                "With map: the new name of a class. Two with one new name are merged. Several with"
                    + " commas, or the option again; all of one run apply at the same time, so two"
                    + " classes can change names.")
        Map<String, String> classes,
    @Option(
            label = "COLUMN=VALUE",
            help =
                "With map: only images with this value in a column of the table 'images'. So a"
                    + " class is split.")
        Map<String, String> where,
    @Option(label = "RUN", help = "With revert: the run, as list shows it.") Optional<String> run,
    @Option(label = "NAME", standard = "unnamed", help = "With map: the person who decides.")
        String actor,
    @Option(label = "TEXT", help = "With map: why.") Optional<String> reason,
    @Option(help = "With map: say how many images it concerns, and write nothing.")
        boolean dryRun) {

  /** The actions on decisions. */
  public enum Action {
    LIST,
    MAP,
    REVERT
  }

  /** Checks that the options fit the action. */
  public DecisionsConfig {
    if ((action == Action.MAP) == classes.isEmpty()) {
      throw new UserException(
          action == Action.MAP
              ? "'decisions map' needs --class OLD=NEW"
              : "--class is for 'decisions map'");
    }
    if ((action == Action.REVERT) != run.isPresent()) {
      throw new UserException(
          action == Action.REVERT
              ? "'decisions revert' needs --run RUN; 'spark-vit decisions list' shows them"
              : "--run is for 'decisions revert'");
    }
    if (action != Action.MAP && (!where.isEmpty() || dryRun)) {
      throw new UserException("--where and --dry-run are for 'decisions map'");
    }
    UserException.require(where.size() <= 1, "--where", where, "one column and its value");
    classes.forEach(
        (from, to) ->
            UserException.require(
                !to.isBlank() && !from.equals(to),
                "--class",
                from + "=" + to,
                "two different names"));
  }
}
