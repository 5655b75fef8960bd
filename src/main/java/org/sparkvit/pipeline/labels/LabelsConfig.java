package org.sparkvit.pipeline.labels;

import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.FoldsOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SeedOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * Options of {@link LabelsStage}.
 *
 * @param workspace the URI of the workspace
 * @param model the model whose embeddings are used, as a name in the workspace or the URI of a
 *     model directory
 * @param probabilities the URI of a table of probabilities that is used instead; exactly one of the
 *     two is given
 * @param rule the rule by which a label is an issue
 * @param folds the number of parts, each of which is predicted by a head that was trained on the
 *     others, 2 or more
 * @param regularization the regularization of these heads, 0 or more (MLlib's regParam)
 * @param neighbors the number of neighbours that vote on each label, 1 or more
 * @param seed the seed of the folds and of the search for neighbours
 * @param embedding the settings of the embedding
 */
public record LabelsConfig(
    @WorkspaceOption String workspace,
    @Option(
            name = "from",
            label = "NAME|URI",
            help =
                "The model that embeds: one of the workspace, or the URI of a Hugging Face model"
                    + " directory.")
        Optional<String> model,
    @Option(
            label = "URI",
            help =
                "Instead of a model: a Parquet, .csv or .jsonl table with a column id or path,"
                    + " perhaps label, and one for each class, with its name, that holds its"
                    + " probability. Use probabilities of models that have not seen the image.")
        Optional<String> probabilities,
    @Option(
            name = "filter-by",
            label = "RULE",
            standard = "prune-by-noise-rate",
            help =
                "What makes a label an issue: prune-by-noise-rate, prune-by-class, both,"
                    + " confident-learning or predicted-neq-given. The table has a column for"
                    + " each.")
        IssueRule rule,
    @FoldsOption int folds,
    @Option(
            label = "R",
            standard = "0.01",
            least = 0,
            advanced = true,
            help = "Strength of the heads' regularization (MLlib's regParam).")
        double regularization,
    @Option(
            label = "K",
            standard = "10",
            least = 1,
            greatest = 1000,
            help = "How many of the nearest images vote.")
        int neighbors,
    @SeedOption long seed,
    EmbeddingSettings embedding) {

  /** Checks what the ranges of the options cannot. */
  public LabelsConfig {
    if (model.isPresent() == probabilities.isPresent()) {
      throw new UserException(
          "give either --from, a model whose embeddings tell what an image is, or --probabilities,"
              + " a table that does"
              + (model.isPresent() ? "; not both" : ""));
    }
  }
}
