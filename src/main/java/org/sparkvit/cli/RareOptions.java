package org.sparkvit.cli;

import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.RareClasses.Rare;
import picocli.CommandLine.Option;

/** What becomes of rare classes, for every command that trains. */
final class RareOptions {
  @Option(
      names = "--rare",
      paramLabel = "keep|drop|error",
      defaultValue = "keep",
      description =
          "What becomes of classes that have no image in the train or validation split, or fewer"
              + " than --min-class: keep learns all that have an image to train on, and figures are"
              + " of the classes that the validation split has; drop leaves them out; error stops."
              + " Default: ${DEFAULT-VALUE}.")
  private Rare rare;

  @Option(
      names = "--min-class",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "With --rare drop or error: images in train and validation together that a class needs."
              + " Default: ${DEFAULT-VALUE}.")
  private int minClass;

  RareClasses classes() {
    return new RareClasses(rare, minClass);
  }
}
