package org.sparkvit.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.relabel.RelabelConfig;
import org.sparkvit.pipeline.relabel.RelabelStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit relabel}. */
@Command(
    name = "relabel",
    description = {
      "Decides with a model's predictions which labels change, which people should look at, and"
          + " which stay;",
      "writes them down, with a review queue and an export of all labels that catalog reads.",
      "",
      "The rarer wrong labels are, the higher the floor has to be, or most changes are the model's"
          + " own mistakes.",
      "In its train split a model may repeat a wrong label that it learnt by heart; it is not found"
          + " there then."
    })
final class RelabelCommand extends SparkCommand {
  private static final String NONE = "none";

  @Option(
      names = "--model",
      paramLabel = "NAME|HASH",
      description =
          "The model whose folder has this name or whose hash begins with this. Default: the only"
              + " one with predictions.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--min-confidence",
      paramLabel = "P",
      defaultValue = "0.95",
      description =
          "Floor: a label changes only to a class of at least this probability. Default:"
              + " ${DEFAULT-VALUE}.")
  private double minConfidence;

  @Option(
      names = "--class-floor",
      split = ",",
      paramLabel = "CLASS=P",
      description =
          "The floor for changes to one class, in place of --min-confidence; several with commas"
              + " between them, or the option again. Default: none.")
  private Map<String, Double> classFloors = Map.of();

  @Option(
      names = "--min-margin",
      paramLabel = "P",
      defaultValue = "0",
      description =
          "A label changes only where the second class is at least this much less probable."
              + " Default: ${DEFAULT-VALUE}.")
  private double minMargin;

  @Option(
      names = "--review-confidence",
      paramLabel = "P",
      defaultValue = "0.5",
      description =
          "People look at what contradicts its label with at least this probability and does not"
              + " change. Default: ${DEFAULT-VALUE}.")
  private double reviewConfidence;

  @Option(
      names = "--review-limit",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Images in the review queue at most. Default: ${DEFAULT-VALUE}.")
  private long reviewLimit;

  @Option(
      names = "--protect-splits",
      split = ",",
      paramLabel = "SPLIT",
      defaultValue = "validation,test",
      description =
          "Splits whose labels people alone change: what would change there goes to review; none"
              + " for none. Default: ${DEFAULT-VALUE}.")
  private List<String> protectedSplits;

  @Option(
      names = "--max-change-rate",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Publish nothing when a larger share of the labels that could change does. Default:"
              + " ${DEFAULT-VALUE}.")
  private double maxChangeRate;

  @Option(
      names = "--slices",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns of the images table for the summary; none for none. Default: the first 10 of"
              + " your own with 2 to 20 values.")
  private List<String> slices;

  @Option(
      names = "--calibrated",
      fallbackValue = "true",
      description =
          "Go by probabilities as 'calibrate' mends them, whose 0.9 should be right in about nine"
              + " of ten cases.")
  private boolean calibrated;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace an earlier relabelling; its export stays.")
  private boolean overwrite;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    RelabelConfig config =
        new RelabelConfig(
            workspace(),
            model,
            calibrated,
            minConfidence,
            classFloors,
            minMargin,
            reviewConfidence,
            orNone(protectedSplits),
            maxChangeRate,
            Optional.ofNullable(slices).map(RelabelCommand::orNone),
            reviewLimit,
            overwrite);
    return asOf.reading(new RelabelStage(config, progress)::run);
  }

  private static List<String> orNone(List<String> names) {
    return names.equals(List.of(NONE)) ? List.of() : names;
  }
}
