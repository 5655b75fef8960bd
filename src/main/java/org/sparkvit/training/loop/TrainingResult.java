package org.sparkvit.training.loop;

import java.util.List;
import org.sparkvit.model.checkpoint.Checkpoint;

/**
 * The result of a training.
 *
 * @param finished whether it is finished; otherwise it was interrupted and can be resumed
 * @param best the weights of the best epoch, or null before the end of the first
 * @param bestEpoch the number of the best epoch, from 1, or 0 before the end of the first
 * @param bestValue the metric in the best epoch
 * @param history the results of all epochs
 * @param steps the number of updates done
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
