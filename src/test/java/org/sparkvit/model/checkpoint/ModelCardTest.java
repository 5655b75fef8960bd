package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelCardTest {
  @Test
  void findsWhatAnotherCardSaysOfBiases() {
    String card =
        """
        ---
        license: apache-2.0
        ---
        # Model
        ## Uses
        Many.
        ## Bias, Risks, and Limitations
        It favours daylight.
        ### Recommendations
        Look at nights.
        ## Training
        Long.
        # Ethical considerations
        Think.
        """;
    assertThat(ModelCard.aboutBias(card))
        .containsExactly("It favours daylight.\n### Recommendations\nLook at nights.", "Think.");
    assertThat(ModelCard.aboutBias("# Model\nNo word.")).isEmpty();
  }
}
