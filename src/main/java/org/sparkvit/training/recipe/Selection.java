package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.options.Option;
import org.sparkvit.stats.metrics.Metric;

/**
 * The choice of the epoch that is kept, and of when training stops.
 *
 * @param metric the metric on the validation split that makes an epoch the best
 * @param patience the number of evaluations without improvement after which training stops; 0 never
 *     stops
 * @param minDelta the difference that an improvement must exceed to count for the patience
 */
public record Selection(
    @Option(
            label = "METRIC",
            standard = "f1-macro",
            help =
                "What makes an epoch the best, on the validation split: accuracy, f1-macro,"
                    + " roc-auc-macro, log-loss, ...")
        Metric metric,
    @Option(
            label = "EPOCHS",
            standard = "5",
            least = 0,
            help = "Stop after so many epochs without improvement; 0 never stops early.")
        int patience,
    @Option(
            standard = "0",
            least = 0,
            advanced = true,
            help = "What the metric must gain to count as improvement.")
        double minDelta)
    implements Serializable {}
