package org.sparkvit.model.checkpoint;

import java.util.Optional;
import org.sparkvit.core.options.Option;

/**
 * The facts on a model's card that no measurement gives. They are options of every command that
 * makes a model.
 *
 * @param license the name of the new model's licence; empty takes that of the starting model
 * @param knownBiases the biases of the starting model; empty takes what that model's card says
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
  /** Takes both from the card of the starting model. */
  public static final CardFields INHERITED = new CardFields(Optional.empty(), Optional.empty());
}
