package org.sparkvit.training;

import java.util.List;
import org.sparkvit.vit.Checkpoint;

/**
 * What a training came to.
 *
 * @param best the weights of the best epoch
 * @param bestEpoch its number, from 1
 * @param bestValue its metric
 * @param history all epochs
 * @param stoppedEarly whether patience ended it
 */
public record TrainingResult(
    Checkpoint best,
    int bestEpoch,
    double bestValue,
    List<EpochResult> history,
    boolean stoppedEarly) {}
