package org.sparkvit.pipeline.run;

import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.MaxMinutesOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.monitoring.CostOptions;

/**
 * Options of a run of a pipeline.
 *
 * @param file the path or URI of the pipeline's file
 * @param workspace the URI of the workspace, in place of the one that the file names
 * @param set the values of the file's variables
 * @param resume whether to go on where the last run stopped
 * @param from the step to begin with
 * @param dryRun whether nothing is run
 * @param maxMinutes the minutes after which nothing new begins; 0 for no limit
 * @param summary the local file that the summary is written to
 * @param cost the price of a node, in place of the one that the file names
 * @param webhook the address that gets the summary, in place of the one that the file names
 */
public record RunOptions(
    @Option(positional = true, label = "FILE", help = "The pipeline's file, YAML.") String file,
    @Option(
            letter = "w",
            label = "URI",
            help = "Folder of the tables, in place of the one that the file names.")
        Optional<String> workspace,
    @Option(
            label = "NAME=VALUE",
            help = "The value of a variable of the file; may be given several times.")
        Map<String, String> set,
    @Option(
            help =
                "Go on where the last run of this pipeline stopped; begin where none has stopped.")
        boolean resume,
    @Option(
            label = "STEP",
            help = "Begin with this step: its command, with #2 for the second of that name.")
        Optional<String> from,
    @Option(help = "Check all steps, show their options, and run nothing.") boolean dryRun,
    @MaxMinutesOption int maxMinutes,
    @Option(label = "FILE", help = "Write the summary, JSON, into this local file, too.")
        Optional<String> summary,
    CostOptions cost,
    @Option(
            label = "URL",
            help =
                "Post the summary, JSON, to this http(s) address at the end, however the run ends."
                    + " Its field 'text' is a sentence, as Slack and Teams show it. The file may"
                    + " name the address as well, where no list of processes shows it.")
        Optional<String> webhook) {

  /** Checks that the options fit together. */
  public RunOptions {
    webhook.ifPresent(Webhook::address);
    if (resume && from.isPresent()) {
      throw new UserException("--resume and --from are both given; give one of them");
    }
  }

  /** Returns options that run a whole file with these values of its variables. */
  public static RunOptions of(String file, String workspace, Map<String, String> set) {
    return new RunOptions(
        file,
        Optional.of(workspace),
        set,
        false,
        Optional.empty(),
        false,
        0,
        Optional.empty(),
        CostOptions.NONE,
        Optional.empty());
  }
}
