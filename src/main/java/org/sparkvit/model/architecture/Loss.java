package org.sparkvit.model.architecture;

import java.io.Serializable;
import java.util.Map;

/**
 * What a training makes small. Every image has a target for each class, from 0 to 1, and a weight;
 * the losses of the images times their weights are added up.
 */
public sealed interface Loss extends Serializable {

  /** The class in {@code training.py} that computes it. */
  String module();

  /** The constants of that class by name. */
  default Map<String, Object> constants() {
    return Map.of();
  }

  /**
   * Sum over the classes of target times -log(softmax). With targets that are 1 for one class and 0
   * elsewhere, and weights by class, this is torch's weighted {@code CrossEntropyLoss}.
   */
  record CrossEntropy() implements Loss {
    @Override
    public String module() {
      return "CrossEntropy";
    }
  }

  /**
   * Cross-entropy in which what is known already counts less: each term is multiplied by (1 - p) to
   * the power of gamma (Lin et al. 2017).
   *
   * @param gamma 0 or more; 0 is cross-entropy, 2 the paper's choice
   */
  record Focal(double gamma) implements Loss {
    @Override
    public String module() {
      return "FocalLoss";
    }

    @Override
    public Map<String, Object> constants() {
      return Map.of("gamma", gamma);
    }
  }

  /**
   * Every class a yes-or-no question of its own: the mean over the classes of torch's {@code
   * BCEWithLogitsLoss}.
   *
   * @param positiveWeight what a yes counts where a no counts 1; above 0
   */
  record Binary(double positiveWeight) implements Loss {
    @Override
    public String module() {
      return "BinaryCrossEntropy";
    }

    @Override
    public Map<String, Object> constants() {
      return Map.of("positive_weight", positiveWeight);
    }
  }
}
