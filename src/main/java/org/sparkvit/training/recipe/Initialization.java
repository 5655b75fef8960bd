package org.sparkvit.training.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.ViTConfig;

/** The weights that a training begins with: those of a checkpoint, or random ones. */
public sealed interface Initialization {

  /** Option names and values, for the run record. */
  Map<String, Object> toMap();

  /** The same start, of the version of the model that is current now. */
  Initialization pinned(Workspace workspace);

  /** Peak learning rate where none is asked for. */
  double defaultLearningRate();

  /**
   * With the weights of a checkpoint.
   *
   * @param model name of a model of the workspace, or URI of a Hugging Face model directory
   * @param imageSize side of the input in pixels, if not the checkpoint's
   * @param newHead whether the head is drawn even for classes that the checkpoint knows
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
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("from", model);
      imageSize.ifPresent(side -> map.put("image-size", side));
      if (newHead) {
        map.put("new-head", true);
      }
      return map;
    }

    @Override
    public Initialization pinned(Workspace workspace) {
      return new Pretrained(workspace.pinned(model), imageSize, newHead);
    }

    /** Hugging Face's and Touvron et al.'s usual choice for fine-tuning with AdamW. */
    @Override
    public double defaultLearningRate() {
      return 5e-5;
    }
  }

  /**
   * With random weights.
   *
   * @param architecture the model's sizes; its labels are replaced
   */
  record Scratch(ViTConfig architecture) implements Initialization {
    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("hidden-size", architecture.hiddenSize());
      map.put("layers", architecture.layers());
      map.put("heads", architecture.heads());
      map.put("intermediate-size", architecture.intermediateSize());
      map.put("image-size", architecture.imageSize());
      map.put("patch-size", architecture.patchSize());
      map.put("initializer-range", architecture.initializerRange());
      return map;
    }

    @Override
    public Initialization pinned(Workspace workspace) {
      return this;
    }

    /** DeiT's (Touvron et al. 2021) for a batch of 512; smaller batches bear it with clipping. */
    @Override
    public double defaultLearningRate() {
      return 5e-4;
    }
  }
}
