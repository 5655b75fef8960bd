package org.sparkvit.model.checkpoint;

import java.util.Optional;
import org.sparkvit.core.options.Option;

/**
 * What a model's card says that no measurement gives: options of every command that makes a model.
 *
 * @param license name of the new model's licence; empty for that of the model it starts from
 * @param knownBiases of the model it starts from; empty for what that model's card says
 */
public record CardFields(
    @Option(
            label = "NAME",
            advanced = true,
            help =
                "Licence of the new model, for its card; without it that of the model in --from, if"
                    + " it names one.")
        Optional<String> license,
    @Option(
            label = "TEXT",
            advanced = true,
            help =
                "What is known of the starting model's biases, for the card; without it what that"
                    + " model's own card says.")
        Optional<String> knownBiases) {
  /** What the starting model's card says. */
  public static final CardFields INHERITED = new CardFields(Optional.empty(), Optional.empty());
}
