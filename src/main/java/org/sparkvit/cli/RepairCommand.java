package org.sparkvit.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.audit.Finding;
import org.sparkvit.pipeline.repair.RepairConfig;
import org.sparkvit.pipeline.repair.RepairConfig.WrongLabels;
import org.sparkvit.pipeline.repair.RepairStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit repair}. */
@Command(
    name = "repair",
    description = {
      "Applies a policy to what audit and labels found: which images to leave out, which labels to"
          + " change.",
      "Writes a list of them with the reason for each, and a manifest without them that 'catalog'"
          + " reads. No image is touched."
    })
final class RepairCommand extends SparkCommand {
  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "FINDING",
      defaultValue = "UNREADABLE,EXACT_DUPLICATE,NEAR_DUPLICATE",
      description =
          "Kinds of findings whose images are left out; of duplicates the largest image stays. ''"
              + " for none. Default: ${DEFAULT-VALUE}.")
  private List<String> exclude;

  @Option(
      names = "--wrong-labels",
      paramLabel = "KEEP|EXCLUDE|RELABEL",
      defaultValue = "KEEP",
      description =
          "What becomes of the labels that 'labels' finds wrong: RELABEL takes the suggested one."
              + " Default: ${DEFAULT-VALUE}.")
  private WrongLabels wrongLabels;

  @Option(
      names = "--require",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns of the table 'images' that have to be filled, such as licence or source; images"
              + " without are left out.")
  private List<String> required;

  @Option(
      names = "--slices",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns whose values' losses are compared. Default: your own columns that have from 2 to"
              + " 20 values; '' for none.")
  private List<String> slices;

  @Option(
      names = "--max-share",
      paramLabel = "SHARE",
      defaultValue = "0.2",
      description =
          "A policy that leaves out more of the images stops before it writes. Default:"
              + " ${DEFAULT-VALUE}.")
  private double maxShare;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    List<String> findings = names(exclude);
    List<String> known = Arrays.stream(Finding.values()).map(Finding::name).toList();
    List<String> upper = findings.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
    for (String name : upper) {
      if (!known.contains(name)) {
        throw new UserException("--exclude names '" + name + "'; there are " + known);
      }
    }
    RepairConfig config =
        new RepairConfig(
            workspace(),
            upper,
            wrongLabels,
            names(required),
            Optional.ofNullable(slices).map(RepairCommand::names),
            maxShare);
    return new RepairStage(config, progress)::run;
  }

  private static List<String> names(List<String> given) {
    return given == null
        ? List.of()
        : given.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
  }
}
