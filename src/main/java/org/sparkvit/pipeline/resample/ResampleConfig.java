package org.sparkvit.pipeline.resample;

import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SeedOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * Options of {@link ResampleStage}.
 *
 * @param workspace URI of the workspace
 * @param model whose embeddings they are: a name in the workspace, or URI of a model directory
 * @param method which images points are made from
 * @param cleaning which images of large classes to go without; it comes first
 * @param ratio of the smallest over the largest class that is aimed for, above 0 to 1
 * @param seed another seed makes other points
 * @param embedding how the model embeds
 */
public record ResampleConfig(
    @WorkspaceOption String workspace,
    @Option(
            name = "from",
            label = "NAME|URI",
            help =
                "The model that embeds: one of the workspace, or the URI of a Hugging Face model"
                    + " directory.")
        String model,
    @Option(
            standard = "smote",
            choices = {NONE, "smote", "borderline-smote", "adasyn"},
            help =
                "Which images points are made from: all, those at a border with other classes, or"
                    + " each by how many others are around it.")
        String method,
    @Option(
            standard = NONE,
            choices = {NONE, "enn-all", "enn-mode", "tomek"},
            help =
                "Images of large classes to go without: of whose three nearest not all, or most"
                    + " not, are of their class; or that are with one of another class each"
                    + " other's nearest.")
        String cleaning,
    @Option(
            label = "R",
            standard = "1",
            least = 0,
            aboveLeast = true,
            greatest = 1,
            help = "Smaller classes are filled up to this share of the largest one.")
        double ratio,
    @SeedOption long seed,
    EmbeddingSettings embedding) {

  private static final String NONE = "none";

  /** Checks what ranges do not say. */
  public ResampleConfig {
    if (method.equals(NONE) && cleaning.equals(NONE)) {
      throw new UserException("--method none and --cleaning none leave all as it is");
    }
  }

  /** Returns whether points are made up. */
  boolean makesPoints() {
    return !method.equals(NONE);
  }
}
