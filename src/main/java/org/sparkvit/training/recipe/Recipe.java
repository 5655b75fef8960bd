package org.sparkvit.training.recipe;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.architecture.TrainingOptions;

/**
 * The settings of a training that decide its result.
 *
 * @param epochs the largest number of passes over the plan
 * @param batchSize the number of images per forward and backward pass
 * @param accumulate the number of passes whose gradients make one step
 * @param schedule the schedule of the learning rate
 * @param freezing the part of the model that is not trained
 * @param regularization the settings against divergence and overfitting
 * @param loss the loss that is minimized
 * @param augmentation the random changes of images from one epoch to the next
 * @param selection the choice of the epoch that is kept
 * @param recompute whether the backward pass computes each block again, to save memory
 * @param seed decides random weights, order and augmentation
 */
public record Recipe(
    int epochs,
    int batchSize,
    int accumulate,
    Schedule schedule,
    Freezing freezing,
    Regularization regularization,
    Loss loss,
    Augmentation augmentation,
    Selection selection,
    boolean recompute,
    long seed)
    implements Serializable {

  public Recipe {
    UserException.require(epochs >= 1, "--epochs", epochs, "1 or more");
    UserException.require(batchSize >= 1, "--batch-size", batchSize, "1 or more");
    UserException.require(accumulate >= 1, "--accumulate", accumulate, "1 or more");
    Objects.requireNonNull(schedule);
    Objects.requireNonNull(freezing);
    Objects.requireNonNull(regularization);
    Objects.requireNonNull(augmentation);
    Objects.requireNonNull(selection);
    if (loss instanceof Loss.Focal focal) {
      UserException.require(
          focal.gamma() >= 0 && focal.gamma() < Double.POSITIVE_INFINITY,
          "--focal-gamma",
          focal.gamma(),
          "0 or more");
    } else if (loss instanceof Loss.Binary binary) {
      UserException.require(
          binary.positiveWeight() > 0 && binary.positiveWeight() < Double.POSITIVE_INFINITY,
          "--positive-weight",
          binary.positiveWeight(),
          "a number above 0");
    }
  }

  /** Returns the number of images per step. The last step of an epoch may have fewer. */
  public long imagesPerStep() {
    return (long) batchSize * accumulate;
  }

  /** Returns the options of the model's training session. */
  public TrainingOptions options() {
    return new TrainingOptions(
        AdamW.withWeightDecay(regularization.weightDecay()),
        regularization.layerDecay(),
        regularization.dropPath(),
        loss,
        regularization.averageDecay(),
        recompute);
  }

  /** Returns the names and values of the options, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epochs", epochs);
    map.put("batch-size", batchSize);
    map.put("accumulate", accumulate);
    map.putAll(schedule.toMap());
    map.putAll(freezing.toMap());
    map.putAll(regularization.toMap());
    if (loss instanceof Loss.Focal focal) {
      map.put("loss", "focal");
      map.put("focal-gamma", focal.gamma());
    } else if (loss instanceof Loss.Binary binary) {
      map.put("loss", "bce");
      map.put("positive-weight", binary.positiveWeight());
    } else {
      map.put("loss", "cross-entropy");
    }
    map.putAll(augmentation.toMap());
    map.putAll(selection.toMap());
    map.put("gradient-checkpointing", recompute);
    map.put("seed", seed);
    return map;
  }
}
