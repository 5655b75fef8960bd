package org.sparkvit.pipeline.evaluate;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SlicesOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.tracking.MlflowOptions;

/**
 * Options of {@link EvaluateStage}.
 *
 * @param workspace URI of the workspace
 * @param model the only model to evaluate; empty for every model with predictions
 * @param slices columns of {@code images}; every value of each gets figures of its own
 * @param positive the class that the summary and the run record are about; where absent, the
 *     rarest. Figures and curves are written for every class, so it changes none of them
 * @param resamples of the bootstrap from which intervals come, 0 for no intervals
 * @param rankBins ranges of the log-odds in which scores of a ranking count as one; 0 for exact
 *     rankings
 * @param overwrite whether figures that exist are replaced
 * @param mlflow the tracking server that the figures are logged to
 */
public record EvaluateConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = ModelReference.LABEL,
            help =
                "The only model to judge; without it every model with predictions. "
                    + ModelReference.HELP)
        Optional<String> model,
    @SlicesOption List<String> slices,
    @Option(
            label = "CLASS",
            help =
                "The class that the summary on the console and the run record are about; figures"
                    + " are written for every class. Without it the rarest of the test split.")
        Optional<String> positive,
    @Option(
            standard = "200",
            least = 0,
            greatest = 10_000,
            advanced = true,
            help =
                "Resamples of the bootstrap from which the intervals of all figures come; 0 for no"
                    + " intervals.")
        int resamples,
    @Option(
            standard = "0",
            least = 0,
            greatest = 1_048_576,
            advanced = true,
            help =
                "For hundreds of millions of images: ROC-AUC, average precision and curves from so"
                    + " many ranges of the log-odds instead of from every score, with a bound of"
                    + " the error; 0 for exact ones.")
        int rankBins,
    @OverwriteOption boolean overwrite,
    MlflowOptions mlflow) {

  /** Checks the numbers of which a few mean nothing. */
  public EvaluateConfig {
    slices = List.copyOf(slices);
    UserException.require(
        resamples == 0 || resamples >= 50,
        "--resamples",
        resamples,
        "0 (no intervals), or 50 or more");
    UserException.require(
        rankBins == 0 || rankBins >= 64, "--rank-bins", rankBins, "0 (exact), or 64 or more");
  }
}
