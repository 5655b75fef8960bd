package org.sparkvit.monitoring;

import java.util.Optional;
import org.sparkvit.core.options.Option;

/**
 * Options for the cost of a run.
 *
 * @param nodePrice the price of a node and hour, in any currency
 */
public record CostOptions(
    @Option(
            label = "PRICE",
            least = 0,
            advanced = true,
            help =
                "What one node costs an hour, in any currency. At the end it is said what the run"
                    + " has cost, and how many images a unit of the currency was enough for.")
        Optional<Double> nodePrice) {
  /** No price. */
  public static final CostOptions NONE = new CostOptions(Optional.empty());
}
