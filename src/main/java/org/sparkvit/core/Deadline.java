package org.sparkvit.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time at which long work should have ended. Work looks at it between steps that it can stop
 * after, so it may end a step later.
 */
public final class Deadline {
  /** Never comes. */
  public static final Deadline NONE = new Deadline(Instant.MAX, InstantSource.system());

  private final Instant end;
  private final InstantSource clock;

  private Deadline(Instant end, InstantSource clock) {
    this.end = end;
    this.clock = clock;
  }

  /** Returns the deadline of an option that is in minutes, of which 0 is no limit. */
  public static Deadline inMinutes(int minutes) {
    return minutes == 0 ? NONE : in(Duration.ofMinutes(minutes));
  }

  /**
   * A deadline some time from now.
   *
   * @param time until then; zero is over at once
   */
  public static Deadline in(Duration time) {
    return in(time, InstantSource.system());
  }

  /** As {@link #in(Duration)}, by another clock. */
  public static Deadline in(Duration time, InstantSource clock) {
    return new Deadline(clock.instant().plus(time), clock);
  }

  /** Whether the time has come. */
  public boolean isOver() {
    return !clock.instant().isBefore(end);
  }

  /** The seconds until then; negative afterwards. */
  public double secondsLeft() {
    Instant now = clock.instant();
    return end.getEpochSecond() - now.getEpochSecond() + (end.getNano() - now.getNano()) / 1e9;
  }
}
