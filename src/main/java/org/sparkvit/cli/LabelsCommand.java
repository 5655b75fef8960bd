package org.sparkvit.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.labels.IssueRule;
import org.sparkvit.pipeline.labels.LabelsConfig;
import org.sparkvit.pipeline.labels.LabelsStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit labels}. */
@Command(
    name = "labels",
    description = {
      "Finds labels that are likely wrong, by confident learning, and images that are like no"
          + " other.",
      "Linear heads on the embeddings of a model judge the images they have not seen, nor any that"
          + " repeats one they have;",
      "or a table judges that another tool made. The nearest images vote as well."
    })
final class LabelsCommand extends SparkCommand {
  @Option(
      names = "--from",
      paramLabel = "NAME|URI",
      description =
          "The model that embeds: of the workspace, or the URI of a Hugging Face model directory.")
  private String from;

  @Option(
      names = "--probabilities",
      paramLabel = "URI",
      description =
          "Instead of a model: a Parquet, .csv or .jsonl table with a column id or path, perhaps"
              + " label, and one for each class, with its name, that holds its probability. Use"
              + " probabilities of models that have not seen the image.")
  private String probabilities;

  @Option(
      names = "--filter-by",
      paramLabel = "RULE",
      defaultValue = "prune_by_noise_rate",
      description =
          "What makes a label an issue: prune_by_noise_rate, prune_by_class, both,"
              + " confident_learning or predicted_neq_given. The table has a column for each."
              + " Default: ${DEFAULT-VALUE}.")
  private String filterBy;

  @Option(
      names = "--folds",
      defaultValue = "5",
      description =
          "Parts that are judged by a head trained on the others. Default: ${DEFAULT-VALUE}.")
  private int folds;

  @Option(
      names = "--regularization",
      paramLabel = "R",
      defaultValue = "0.01",
      description = "Of the heads, 0 or more (MLlib's regParam). Default: ${DEFAULT-VALUE}.")
  private double regularization;

  @Option(
      names = "--neighbors",
      paramLabel = "K",
      defaultValue = "10",
      description = "How many of the nearest images vote. Default: ${DEFAULT-VALUE}.")
  private int neighbors;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Decides which images are in which fold. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private EmbeddingOptions embedding;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    LabelsConfig config =
        new LabelsConfig(
            workspace(),
            Optional.ofNullable(from),
            Optional.ofNullable(probabilities),
            rule(),
            folds,
            regularization,
            neighbors,
            seed,
            embedding.settings());
    return new LabelsStage(config, progress)::run;
  }

  private IssueRule rule() {
    return Arrays.stream(IssueRule.values())
        .filter(rule -> rule.option().equals(filterBy.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "--filter-by is '" + filterBy + "'; use one of " + IssueRule.options()));
  }
}
