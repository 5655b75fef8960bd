package org.sparkvit.model.architecture;

import org.sparkvit.model.runtime.ViTTrainingSession;

/**
 * How {@link ViTTrainingSession} trains.
 *
 * @param optimizer of all weights
 * @param layerDecay the learning rate of a block is this times that of the block above; 1 treats
 *     all alike (Clark et al. 2020; ViTs: Bao et al. 2022)
 * @param dropPath chance that an image skips a branch of the last block, 0 to below 1; it falls
 *     evenly to 0 at the first block (stochastic depth, Huang et al. 2016)
 * @param loss what is made small
 * @param averageDecay share of the former average that stays at each step, 0 (no average is kept)
 *     to below 1; in the first steps less of it stays, at most (1 + t) / (10 + t)
 * @param recompute whether the backward pass computes each block anew instead of keeping what the
 *     forward pass had in it (Chen et al. 2016)
 */
public record TrainingOptions(
    AdamW optimizer,
    double layerDecay,
    double dropPath,
    Loss loss,
    double averageDecay,
    boolean recompute) {

  /** Plain AdamW on cross-entropy. */
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
