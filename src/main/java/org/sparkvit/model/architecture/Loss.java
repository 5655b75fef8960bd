package org.sparkvit.model.architecture;

import java.io.Serializable;
import java.util.Map;

/**
 * The loss that training minimises. Every image has a target for each class, from 0 to 1, and a
 * weight. The total is the sum of the images' losses times their weights.
 */
public sealed interface Loss extends Serializable {

  /** Returns the class in {@code training.py} that computes the loss. */
  String module();

  /** Returns the constants of that class by name. */
  default Map<String, Object> constants() {
    return Map.of();
  }

  /**
   * The sum over the classes of target times -log(softmax). Where targets are 1 for one class and 0
   * elsewhere, and weights depend on the class, this is torch's weighted {@code CrossEntropyLoss}.
   */
  record CrossEntropy() implements Loss {
    @Override
    public String module() {
      return "CrossEntropy";
    }
  }

  /**
   * The focal loss: cross-entropy in which confident predictions count less. Each term is
   * multiplied by (1 - p) to the power of gamma (Lin et al. 2017).
   *
   * @param gamma the exponent, 0 or more; 0 is cross-entropy, 2 the paper's choice
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
   * The binary cross-entropy, which treats every class as a yes-or-no question of its own. It is
   * the mean over the classes of torch's {@code BCEWithLogitsLoss}.
   *
   * @param positiveWeight the weight of a yes where a no has weight 1; above 0
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
