package org.sparkvit.training.loop;

import java.util.List;
import org.sparkvit.model.checkpoint.Checkpoint;

/**
 * What a training came to.
 *
 * @param finished false when it was interrupted and can be resumed
 * @param best the weights of the best epoch, or null before the end of the first
 * @param bestEpoch its number, from 1; 0 before the end of the first
 * @param bestValue its metric
 * @param history all epochs
 * @param steps updates done
 * @param stoppedEarly whether it ended before all epochs were done
 */
public record TrainingResult(
    boolean finished,
    Checkpoint best,
    int bestEpoch,
    double bestValue,
    List<EpochResult> history,
    long steps,
    boolean stoppedEarly) {}
