package org.sparkvit.training.recipe;

import java.util.Optional;
import org.sparkvit.core.options.Option;

/**
 * Options of a {@link Schedule}. Where no peak is given, it depends on what the training begins
 * with.
 *
 * @param learningRate the highest rate
 * @param minLearningRate the rate at which the decay ends
 * @param warmupRatio the share of all updates over which the rate rises to its peak, 0 to below 1
 * @param schedule the shape of the decay
 * @param scheduleBy the points in time at which the rate changes
 */
public record ScheduleOptions(
    @Option(
            least = 0,
            aboveLeast = true,
            help = "Peak learning rate of AdamW; without it 5e-5 with --from, 5e-4 from scratch.")
        Optional<Double> learningRate,
    @Option(standard = "0", least = 0, advanced = true, help = "Where the learning rate ends.")
        double minLearningRate,
    @Option(
            label = "SHARE",
            standard = "0.1",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help = "Share of all steps in which the learning rate rises to its peak.")
        double warmupRatio,
    @Option(
            standard = "cosine",
            advanced = true,
            help = "How the learning rate falls after the warm-up, to --min-learning-rate.")
        Schedule.Shape schedule,
    @Option(standard = "step", advanced = true, help = "When the learning rate changes.")
        By scheduleBy) {

  /** The points in time at which the learning rate changes. */
  public enum By {
    /** The rate changes at every update. */
    STEP,
    /** The rate changes between epochs only. */
    EPOCH
  }

  /** Returns the options that give a schedule. */
  static ScheduleOptions of(Schedule schedule) {
    return new ScheduleOptions(
        Optional.of(schedule.peak()),
        schedule.minimum(),
        schedule.warmupRatio(),
        schedule.shape(),
        schedule.byEpoch() ? By.EPOCH : By.STEP);
  }

  /**
   * Returns the schedule that the options give.
   *
   * @param standard the peak where none is given
   * @throws org.sparkvit.core.UserException when the rate would rise after the warm-up
   */
  Schedule schedule(double standard) {
    return new Schedule(
        learningRate.orElse(standard),
        minLearningRate,
        warmupRatio,
        schedule,
        scheduleBy == By.EPOCH);
  }
}
