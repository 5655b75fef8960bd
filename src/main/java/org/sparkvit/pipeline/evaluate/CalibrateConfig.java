package org.sparkvit.pipeline.evaluate;

import java.util.Optional;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.stats.metrics.Objective;

/**
 * Options of {@link CalibrateStage}.
 *
 * @param workspace URI of the workspace
 * @param model the only model to calibrate; empty for every model with predictions
 * @param method {@code temperature}, {@code platt} or {@code isotonic}
 * @param positive the class that thresholds are for; where absent, the rarer of two, or each
 * @param priorShift whether what the plan shows more often than it occurs is discounted
 * @param terms what the thresholds go by
 * @param reviewCapacity share of the images that people can look at, 0 to 1
 * @param imagesPerDay for saying what a threshold means in images; 0 where not asked
 * @param prevalence share of the images of the future that are of the class, for the same; where
 *     absent, that of the split
 * @param overwrite whether an earlier calibration is replaced
 */
public record CalibrateConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = ModelReference.LABEL,
            help =
                "The only model to calibrate; without it every model with predictions. "
                    + ModelReference.HELP)
        Optional<String> model,
    @Option(
            standard = CalibrationsTable.TEMPERATURE,
            choices = {
              CalibrationsTable.TEMPERATURE,
              CalibrationsTable.PLATT,
              CalibrationsTable.ISOTONIC
            },
            help =
                "What is fitted: one number for all classes, which keeps every prediction; for each"
                    + " class a logistic curve over its log-odds; or for each class any rising"
                    + " curve, which wants a thousand validation images of it and more.")
        String method,
    @Option(
            label = "CLASS",
            help =
                "The class that thresholds are for. Without it the rarer of two, or each of more.")
        Optional<String> positive,
    @Option(
            help =
                "Discount what the plan shows more often, or weighs more, than it occurs in the"
                    + " train split; for models trained on the plan.")
        boolean priorShift,
    Objective.Terms terms,
    @Option(
            label = "SHARE",
            standard = "0.05",
            least = 0,
            greatest = 1,
            help = "Share of the images that people can look at.")
        double reviewCapacity,
    @Option(
            standard = "0",
            least = 0,
            help = "To say how many images a day a threshold flags; 0 for not.")
        long imagesPerDay,
    @Option(
            label = "SHARE",
            least = 0,
            greatest = 1,
            help =
                "Of those the share that are of the class. Without it the share in the test split.")
        Optional<Double> prevalence,
    @OverwriteOption boolean overwrite) {}
