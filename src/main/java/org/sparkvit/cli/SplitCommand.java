package org.sparkvit.cli;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.split.SplitConfig;
import org.sparkvit.pipeline.split.SplitConfig.Existing;
import org.sparkvit.pipeline.split.SplitConfig.Given;
import org.sparkvit.pipeline.split.SplitStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of the stage {@code split}. */
@Command(
    name = "split",
    description = {
      "Puts every usable, labelled image into train, validation or test.",
      "",
      "Each class is shared out exactly; the same images and seed always give the same split."
    })
final class SplitCommand extends SparkCommand {
  @Option(
      names = "--train",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description = "Share of each class for training. Default: ${DEFAULT-VALUE}.")
  private BigDecimal train;

  @Option(
      names = "--validation",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Share for choosing the best epoch and the threshold. Default: ${DEFAULT-VALUE}.")
  private BigDecimal validation;

  @Option(
      names = "--test",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Share for the final figures. The three sum to 1. Default: ${DEFAULT-VALUE}.")
  private BigDecimal test;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Another seed gives another, equally good split. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--given",
      paramLabel = "KEEP|IGNORE",
      defaultValue = "KEEP",
      description =
          "KEEP takes validation and test sets named by folders or the manifest as they are and"
              + " shares out all other images, those named as training images too, among train and"
              + " the sets that are not named. IGNORE splits as if none were named."
              + " Default: ${DEFAULT-VALUE}.")
  private Given given;

  @Option(
      names = "--group-column",
      paramLabel = "NAME",
      description =
          "Column of the table 'images' whose values never part, e.g. a patient or a document."
              + " Blank values group nothing.")
  private String groupColumn;

  @Option(
      names = "--labels-column",
      paramLabel = "COLUMN",
      description =
          "Column of the table 'images' with further labels of each image, separated by |, that"
              + " are to have their share of each split as well; without one only the classes.")
  private String labelsColumn;

  @Option(
      names = "--keep-duplicates-together",
      paramLabel = "true|false",
      arity = "1",
      defaultValue = "true",
      description =
          "Whether images of equal content, and those that an audit found alike, stay in one"
              + " split, so that none is both learnt and tested. Default: ${DEFAULT-VALUE}.")
  private boolean keepDuplicatesTogether;

  @Option(
      names = "--folds",
      paramLabel = "K",
      defaultValue = "0",
      description =
          "For cross-validation: shares all but the test split among so many folds, of which --fold"
              + " is the validation split and the others are the train split. Each class is shared"
              + " out exactly and groups stay whole. Default: none.")
  private int folds;

  @Option(
      names = "--fold",
      paramLabel = "I",
      defaultValue = "1",
      description =
          "Which fold is the validation split. Runs with 1, 2 ... K hold out each image once."
              + " Default: ${DEFAULT-VALUE}.")
  private int fold;

  @Option(
      names = "--extend",
      fallbackValue = "true",
      description =
          "Leave the images of an earlier split where they are and place only the new ones."
              + " Without an earlier split, all are new.")
  private boolean extend;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace an earlier split by a new one.")
  private boolean overwrite;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    if (extend && overwrite) {
      throw new UserException(
          "--extend and --overwrite exclude each other: extend keeps the earlier split, overwrite"
              + " replaces it");
    }
    Existing existing = extend ? Existing.EXTEND : overwrite ? Existing.OVERWRITE : Existing.REFUSE;
    SplitConfig config =
        new SplitConfig(
            workspace(),
            train,
            validation,
            test,
            seed,
            given,
            existing,
            Optional.ofNullable(groupColumn),
            Optional.ofNullable(labelsColumn),
            keepDuplicatesTogether,
            folds,
            fold);
    return new SplitStage(config, progress)::run;
  }
}
