package org.sparkvit.training.recipe;

import java.util.OptionalInt;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.ViTConfig;

/**
 * The weights that a training begins with: those of a checkpoint, or random ones. {@link
 * InitializationOptions} are the options that say which.
 */
public sealed interface Initialization {

  /** Returns the same initialization with the model's current version pinned. */
  Initialization pinned(Workspace workspace);

  /** Returns the peak learning rate that is used where none is given. */
  double defaultLearningRate();

  /**
   * Starts from the weights of a checkpoint.
   *
   * @param model the name of a model of the workspace, or the URI of a Hugging Face model directory
   * @param imageSize the side of the input in pixels, if it is not the checkpoint's
   * @param newHead whether the head gets random weights even for classes that the checkpoint knows
   */
  record Pretrained(String model, OptionalInt imageSize, boolean newHead)
      implements Initialization {
    public Pretrained {
      if (model.isBlank()) {
        throw new UserException("--from is empty; name a model or the URI of a model directory");
      }
      if (model.equals("scratch")) {
        throw new UserException("--from is 'scratch'; leave --from out to start anew");
      }
    }

    @Override
    public Initialization pinned(Workspace workspace) {
      return new Pretrained(new ModelReference(model).pinned(workspace), imageSize, newHead);
    }

    /** Returns the usual choice of Hugging Face and Touvron et al. for fine-tuning with AdamW. */
    @Override
    public double defaultLearningRate() {
      return 5e-5;
    }
  }

  /**
   * Starts from random weights.
   *
   * @param architecture the sizes of the model; its labels are replaced
   */
  record Scratch(ViTConfig architecture) implements Initialization {
    @Override
    public Initialization pinned(Workspace workspace) {
      return this;
    }

    /**
     * Returns DeiT's rate (Touvron et al. 2021) for a batch of 512. Smaller batches work with it
     * when gradients are clipped.
     */
    @Override
    public double defaultLearningRate() {
      return 5e-4;
    }
  }
}
