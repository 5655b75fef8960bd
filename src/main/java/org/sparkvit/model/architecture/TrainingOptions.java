package org.sparkvit.model.architecture;

import org.sparkvit.model.runtime.ViTTrainingSession;

/**
 * The options by which {@link ViTTrainingSession} trains.
 *
 * @param optimizer the optimizer of all weights
 * @param layerDecay the factor of a block's learning rate relative to that of the block above; 1
 *     treats all blocks alike (Clark et al. 2020; for ViTs Bao et al. 2022)
 * @param dropPath the probability that an image skips a branch of the last block, 0 to below 1; it
 *     falls evenly to 0 at the first block (stochastic depth, Huang et al. 2016)
 * @param loss the loss that is minimised
 * @param averageDecay the share of the former average that stays at each step, 0 (no average is
 *     kept) to below 1; at the step t at most (1 + t) / (10 + t) of it stays
 * @param recompute whether the backward pass computes each block again, so that the forward pass
 *     need not keep its intermediate results (Chen et al. 2016)
 */
public record TrainingOptions(
    AdamW optimizer,
    double layerDecay,
    double dropPath,
    Loss loss,
    double averageDecay,
    boolean recompute) {

  /** Returns options for plain AdamW on cross-entropy. */
  public static TrainingOptions of(AdamW optimizer) {
    return new TrainingOptions(optimizer, 1, 0, new Loss.CrossEntropy(), 0, false);
  }

  public TrainingOptions withLayerDecay(double decay) {
    return new TrainingOptions(optimizer, decay, dropPath, loss, averageDecay, recompute);
  }

  public TrainingOptions withDropPath(double rate) {
    return new TrainingOptions(optimizer, layerDecay, rate, loss, averageDecay, recompute);
  }

  public TrainingOptions withLoss(Loss other) {
    return new TrainingOptions(optimizer, layerDecay, dropPath, other, averageDecay, recompute);
  }

  public TrainingOptions withAverage(double decay) {
    return new TrainingOptions(optimizer, layerDecay, dropPath, loss, decay, recompute);
  }

  public TrainingOptions withRecomputing() {
    return new TrainingOptions(optimizer, layerDecay, dropPath, loss, averageDecay, true);
  }
}
